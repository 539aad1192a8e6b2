"""One JSON line per event on standard output, whoever logs it: our code, uvicorn, alembic or aio-pika.

Whatever is bound with `structlog.contextvars` (the request id, above all) is in every line of that request.
"""

import logging
import sys
from typing import Any

import orjson
import structlog
from structlog.typing import Processor

from chassis.settings import LogSettings

# Without the local variables: tokens, passwords and titles are among them.
_TRACEBACKS = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))


def configure(service: str, settings: LogSettings) -> None:
    def name_service(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {**event, "service": service}

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _TRACEBACKS if settings.format == "json" else structlog.processors.StackInfoRenderer(),
        name_service,
    ]
    render: Processor = (
        structlog.processors.JSONRenderer(serializer=_to_json)
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    level = logging.getLevelNamesMapping()[settings.level]
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=render, foreign_pre_chain=shared))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # At INFO these say once per connection or statement what our own lines already say.
    for chatty in ("aiormq", "aio_pika", "httpx", "httpcore", "alembic.runtime.plugins"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))
    # It raises what it logs here as an error, and whoever tries again says so.
    logging.getLogger("aiormq.connection").setLevel(logging.CRITICAL)


def _to_json(event: Any, **_: Any) -> str:
    # structlog's own default writes what asyncpg calls a UUID as "UUID('…')".
    return orjson.dumps(event, default=str).decode()
