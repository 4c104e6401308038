"""Why the service does not start, in words."""


class CannotStart(Exception):
    """The service cannot be started as it is configured. The message says why, and what would help."""
