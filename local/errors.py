"""How the local stack refuses: what is wrong and how to mend it, in words."""


class StackRefusal(Exception):
    """The stack cannot be brought to where it was asked to be. The command line leaves with `exit_code`."""

    exit_code = 1


class RegistryUnreachable(StackRefusal):
    """A download could not be finished."""

    exit_code = 3


class CannotStart(StackRefusal):
    """A server of the stack ended or did not answer; its log says why."""

    exit_code = 3


class WrongPlace(StackRefusal):
    """The folder or the account cannot be used; the person at the keyboard can choose another."""

    exit_code = 2


class AlreadyRunning(StackRefusal):
    """Another process runs this home."""

    exit_code = 2


class PortsUnfit(StackRefusal):
    """A pinned port is written wrong, or somebody else listens on it."""

    exit_code = 2
