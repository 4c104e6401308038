"""The server under the application, with its options: what it never does is unpack bodies or log what it received."""

import logging
from typing import Final

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

SHUTDOWN_SECONDS: Final = 30
"""So long may requests that are under way when it stops take to end."""
KEEP_ALIVE_SECONDS: Final = 75
LINGERING_SECONDS: Final = 2
"""So long is a body read on, and thrown away, that was refused before its end."""

_log = structlog.get_logger("tieout.http")


def runner(application: web.Application, *, shutdown_seconds: float = SHUTDOWN_SECONDS) -> web.AppRunner:
    """Runs the application once `setup` is called and a site is started; `cleanup` stops it, letting requests end.

    What is not HTTP at all never reaches the application: the server itself answers it with 400 in plain text.
    """
    return web.AppRunner(
        application,
        access_log=None,  # the application has a line of its own, which bears no address and no query
        auto_decompress=False,  # packed bodies are refused: a few bytes must not become many
        logger=_quiet_logger(),
        keepalive_timeout=KEEP_ALIVE_SECONDS,
        lingering_time=LINGERING_SECONDS,
        shutdown_timeout=shutdown_seconds,
    )


def _quiet_logger() -> logging.Logger:
    """aiohttp's own messages quote what was received, secrets too: of each only its kind is told."""
    logger = logging.Logger("tieout.http.server")  # not in the tree: nobody else's handler sees it
    logger.addFilter(_told_by_kind)
    return logger


def _told_by_kind(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        _log.info("not_http", error=type(error).__name__)
    elif error is not None:
        _log.error("server_trouble", exc_info=error)
    elif record.levelno >= logging.WARNING:
        _log.warning("server_warning", where=f"{record.module}:{record.lineno}")
    return False
