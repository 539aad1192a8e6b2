"""Which web pages may read our answers. Answered here and nowhere else: services know nothing of it."""

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.hygiene import METHODS, Header

ALLOWED_HEADERS = (
    "Accept", "Authorization", "Cache-Control", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match",
    "Last-Event-ID", "Traceparent", "Tracestate", "X-Request-Id",
)  # fmt: skip
EXPOSED_HEADERS = ("ETag", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id")
# Chromium believes no answer for longer.
_PREFLIGHT_SECONDS = 7200

_VARY: Header = (b"vary", b"Origin")


class Cors:
    """Around the whole gateway, so that refusals and crashes can be read by the app as well."""

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        self._app = app
        self._by_origin: dict[bytes, list[Header]] = {
            origin.encode(): [
                _VARY,
                (b"access-control-allow-origin", origin.encode()),
                (b"access-control-allow-credentials", b"true"),
                (b"access-control-expose-headers", ", ".join(EXPOSED_HEADERS).encode()),
            ]
            for origin in origins
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        origins = [value for name, value in scope["headers"] if name == b"origin"]
        # More than one origin is none: no browser sends that.
        added = self._by_origin.get(origins[0], [_VARY]) if len(origins) == 1 else [_VARY]

        async def send_with_cors(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self._app(scope, receive, send_with_cors)


def is_preflight(scope: Scope) -> bool:
    if scope["method"] != "OPTIONS":
        return False
    names = {name for name, _ in scope["headers"]}
    return b"origin" in names and b"access-control-request-method" in names


# What a preflight is told beyond what every answer says. A page of another origin is told it as well: without
# `Access-Control-Allow-Origin` beside it, its browser stops there.
PREFLIGHT: tuple[Header, ...] = (
    (b"access-control-allow-methods", ", ".join(sorted(METHODS)).encode()),
    (b"access-control-allow-headers", ", ".join(ALLOWED_HEADERS).encode()),
    (b"access-control-max-age", str(_PREFLIGHT_SECONDS).encode()),
)
