"""What is written of the service's life: one line an event, JSON unless a person reads it at a terminal.

Never a secret or a body. An exception's message may quote either (a database quotes the values that it refuses), so of
an exception are told its kind, its causes' kinds, and where it was raised: the text of none.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from typing import Any, Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

FRAMES_MAX: Final = 12
"""The innermost frames are told."""

_log = structlog.get_logger("tieout.libraries")


def set_up_logging(stream: TextIO = sys.stderr, *, level: int = logging.INFO) -> None:
    """Events of ours, and of the libraries, go to the stream."""
    processors: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _told_without_values,
    ]
    shown: Processor = structlog.processors.JSONRenderer(sort_keys=True)
    if stream.isatty():
        shown = structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[*processors, shown],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [_LibraryMessages()]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


class _LibraryMessages(logging.Handler):
    """A library's message is a text with values in it: only its form, before they were put in, is told."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tells it as one of ours."""
        _log.log(
            record.levelno,
            "library_message",
            library=record.name,
            form=record.msg if isinstance(record.msg, str) and record.args else "",
            where=f"{record.module}:{record.lineno}",
            exc_info=record.exc_info,
        )


def _told_without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    found: Any = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["error"] = " < ".join(_kinds(error))
        event["raised_at"] = _frames(error)
    return event


def _kinds(error: BaseException) -> Iterator[str]:
    """The kinds of the exception and of what caused it; PostgreSQL's with its code, which says what went wrong."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        code = getattr(current, "sqlstate", None)
        yield type(current).__name__ + (f"[{code}]" if isinstance(code, str) else "")
        current = current.__cause__ or current.__context__


def _frames(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_MAX:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
