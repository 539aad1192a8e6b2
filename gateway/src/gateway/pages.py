"""What the gateway answers itself: is it well, and what is there to be called."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.resources import files

import orjson
from starlette.types import Send

from chassis.problems import MethodNotAllowed, ServiceUnavailable
from chassis.web.health import Health
from chassis.web.problems import invalid_request
from chassis.web.requests import faults_of
from gateway.hygiene import Header
from gateway.openapi import Documentation

_METHODS = frozenset({"GET", "HEAD"})

_DOCS = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Daybook API</title>
<link rel="icon" href="/docs/favicon.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<noscript>The same in JSON: <a href="/openapi.json">/openapi.json</a></noscript>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START = b"""SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
});
"""
# Swagger UI writes style attributes and draws its icons from data: URLs; it loads nothing from elsewhere.
_DOCS_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Page:
    body: bytes
    media_type: bytes
    headers: tuple[Header, ...] = ((b"cache-control", b"no-cache"),)


@dataclass(frozen=True, slots=True)
class OwnPath:
    """An address of the gateway's own, as the log names it."""

    path: str
    make: Callable[[], Awaitable[Page]]


class Pages:
    def __init__(self, health: Health, documentation: Documentation) -> None:
        self._health, self._documentation = health, documentation
        asset = _Asset
        own = (
            OwnPath("/livez", self._live),
            OwnPath("/readyz", self._ready),
            OwnPath("/openapi.json", self._openapi),
            OwnPath("/docs", _docs),
            OwnPath("/docs/start.js", _start),
            OwnPath("/docs/swagger-ui.css", asset("swagger-ui.css", b"text/css; charset=utf-8")),
            OwnPath("/docs/swagger-ui-bundle.js", asset("swagger-ui-bundle.js", b"text/javascript; charset=utf-8")),
            OwnPath("/docs/favicon.png", asset("favicon.png", b"image/png")),
        )
        self._by_path = {page.path.encode(): page for page in own}

    def find(self, raw_path: bytes) -> OwnPath | None:
        return self._by_path.get(raw_path)

    async def _live(self) -> Page:
        return _json({"status": "live"})

    async def _ready(self) -> Page:
        if failures := await self._health.failures():
            raise ServiceUnavailable("Not ready", missing=failures)
        return _json(self._health.answer())

    async def _openapi(self) -> Page:
        return Page(await self._documentation.document(), b"application/json")


class _Asset:
    """A file of Swagger UI, from the package that brings it along: read when first asked for, then kept."""

    def __init__(self, name: str, media_type: bytes) -> None:
        self._name, self._media_type = name, media_type
        self._page: Page | None = None

    async def __call__(self) -> Page:
        if self._page is None:
            body = await asyncio.to_thread(files("fastapi_offline").joinpath("static", self._name).read_bytes)
            self._page = Page(body, self._media_type, ((b"cache-control", b"public, max-age=86400"),))
        return self._page


async def _docs() -> Page:
    return Page(
        _DOCS,
        b"text/html; charset=utf-8",
        ((b"cache-control", b"no-cache"), (b"content-security-policy", _DOCS_POLICY)),
    )


async def _start() -> Page:
    return Page(_START, b"text/javascript; charset=utf-8")


def _json(content: dict[str, str]) -> Page:
    return Page(orjson.dumps(content), b"application/json", ((b"cache-control", b"no-store"),))


async def answer(page: OwnPath, method: str, query: bytes, send: Send) -> None:
    if method not in _METHODS:
        raise MethodNotAllowed(headers={"Allow": ", ".join(sorted(_METHODS))})
    if faults := faults_of(query):
        raise invalid_request(faults)
    made = await page.make()
    headers = [
        (b"content-type", made.media_type),
        (b"content-length", str(len(made.body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        *made.headers,
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": made.body if method == "GET" else b""})
