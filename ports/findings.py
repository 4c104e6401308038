"""What an examination finds, in words for whoever runs the service."""

from enum import StrEnum

import attrs


class Severity(StrEnum):
    """How bad it is."""

    FINE = "fine"
    NOTE = "note"
    """It works, but somebody should know."""
    WRONG = "wrong"
    """The service does not work, or not safely."""


@attrs.frozen(kw_only=True)
class Finding:
    """One thing that was looked at."""

    severity: Severity
    words: str

    @classmethod
    def fine(cls, words: str) -> "Finding":
        """As it should be."""
        return cls(severity=Severity.FINE, words=words)

    @classmethod
    def note(cls, words: str) -> "Finding":
        """Worth knowing."""
        return cls(severity=Severity.NOTE, words=words)

    @classmethod
    def wrong(cls, words: str) -> "Finding":
        """To be mended."""
        return cls(severity=Severity.WRONG, words=words)
