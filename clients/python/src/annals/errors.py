"""Why an act could not be recorded: the caller of a strict or spooled one must not act then."""


class Refused(Exception):
    """The server did not record it, or will not. `code` is the problem's code, if it sent one."""

    def __init__(self, message: str, code: str | None = None, status: int | None = None):
        super().__init__(message)
        self.code = code
        self.status = status


class SpoolError(Exception):
    """The spool cannot promise to keep it."""


class Full(SpoolError):
    """The spool has no room left; is the server reachable?"""


class InUse(SpoolError):
    """Another process uses the folder; give each process its own."""


class Damaged(SpoolError):
    """A file of the spool is not what was written; move the folder away and keep it."""


class Stopped(SpoolError):
    """The disk failed earlier, or the recorder is closed."""
