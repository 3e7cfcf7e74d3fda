"""Logs as JSON lines on standard error, ours and the libraries' alike: fields say which message, never who.

What a library logs is cut to what cannot hold a value: uvicorn's first line, of others only who logged and which error.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, Processor

OWN = ("vardbro",)
TELLING = ("uvicorn",)
"""Libraries whose texts hold no value."""


def start(level: str) -> None:
    """Once in a process, before anything is served."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_traceback,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _bare],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_line),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level.upper()]))
    logging.getLogger("vardbro").setLevel(level.upper())


def _line(event: EventDict, **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()


def _without_traceback(_: Any, __: str, event: EventDict) -> EventDict:
    """The kind of an error only: its text, and the lines of its traceback, may hold a value."""
    error = event.pop("exc_info", None)
    error = error[1] if isinstance(error, tuple) else sys.exc_info()[1] if error is True else error
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
    return event


def _bare(_: Any, __: str, event: EventDict) -> EventDict:
    name = str(event.get("logger", ""))
    if name.startswith(TELLING):
        event["event"] = str(event["event"]).partition("\n")[0]
    elif not name.startswith(OWN):
        event["event"] = "library.logged"
    return event
