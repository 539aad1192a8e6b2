"""Fixtures every suite may use live in tests/support, one file per thing they stand up."""

import functools

import httpx._transports.default
import structlog

# Before pytest comes to the folder of the same name, which it would take for the package.
import gateway  # noqa: F401

pytest_plugins = ["tests.support.engines", "tests.support.logs", "tests.support.promises", "tests.support.tokens"]

# structlog's own default draws tracebacks with every local variable in them, which takes seconds.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

# httpx reads the system's authorities for each client, which takes longer than most tests; nothing here speaks TLS.
setattr(httpx._transports.default, "create_ssl_context", functools.cache(httpx.create_ssl_context))  # noqa: B010, SLF001
