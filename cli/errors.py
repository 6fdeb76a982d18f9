"""How a command refuses: with one clear sentence and an exit code, never a traceback."""

import errno


class Refusal(Exception):
    """A command cannot go on. Its message says what to do; `cli.main` prints it and leaves with `exit_code`."""

    exit_code = 1


class Failed(Refusal):
    """Something was found wrong or did not work: exit 1."""


class UserMistake(Refusal):
    """The person at the keyboard can mend it: exit 2."""

    exit_code = 2


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG}


def about_file(error: OSError) -> Refusal | None:
    """The refusal for a file or folder that cannot be used, or None where the error is about no file.

    An error without a name that tells of a full disk is about what the command prints.
    """
    if error.filename is None:
        return Failed(f"The output cannot be written: {error.strerror}.") if error.errno in _FULL else None
    kind = Failed if error.errno in _FULL else UserMistake
    return kind(f"{error.filename2 or error.filename} cannot be used: {error.strerror}.")


class ServerUnreachable(Refusal):
    """Kafka, PostgreSQL, a service or a registry does not answer: exit 3."""

    exit_code = 3
