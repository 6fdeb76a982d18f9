"""How a command refuses: with one clear sentence and an exit code, never a traceback."""


class Refusal(Exception):
    """A command cannot go on. Its message says what to do; `cli.main` prints it and leaves with `exit_code`."""

    exit_code = 1


class Failed(Refusal):
    """Something was found wrong or did not work: exit 1."""


class UserMistake(Refusal):
    """The person at the keyboard can mend it: exit 2."""

    exit_code = 2


class ServerUnreachable(Refusal):
    """Kafka, PostgreSQL, a service or a registry does not answer: exit 3."""

    exit_code = 3
