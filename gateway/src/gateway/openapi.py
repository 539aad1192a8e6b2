"""One OpenAPI document of all services, as it looks from outside: what cannot be reached is not in it."""

import asyncio
import copy
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import httpx
import orjson
import structlog

from chassis.problems import BadRequest, ContentTooLarge, GatewayTimeout, RequestTimeout, ServiceUnavailable
from chassis.web.problems import responses
from gateway.cors import ALLOWED_HEADERS, EXPOSED_HEADERS
from gateway.errors import (
    BadGateway,
    ExpectationFailed,
    HeadersTooLarge,
    Overloaded,
    QuotaExceeded,
    UpgradeNotOffered,
    UriTooLong,
    VersionNotSupported,
)
from gateway.hygiene import METHODS
from gateway.routes import RouteTable

log = structlog.get_logger()

Document = dict[str, Any]

_FRESH_SECONDS = 60.0
_RETRY_SECONDS = 2.0
# A service makes its document when it is first asked for it.
_FETCH_SECONDS = 6.0


def _named(headers: Iterable[str]) -> str:
    return ", ".join(f"`{header}`" for header in headers)


_DESCRIPTION = f"""Accounts, todos, their synchronisation. Errors are `application/problem+json` (RFC 9457).

HEAD is answered wherever GET is.

A method that an address does not have is answered 405 `method-not-allowed`, with `Allow`; one that no address has, such
as `TRACE`, everywhere. What is not HTTP as RFC 9112 has it, and an address that is not in its plain form, is a 400
`bad-request`; another version than HTTP/1.1 is a 505 `http-version-not-supported`.

Pages of other origins (CORS): those that this installation lists may read answers, errors too, and send credentials.
They may send {_named(ALLOWED_HEADERS)}, and read {_named(EXPOSED_HEADERS)}.
`OPTIONS` with `Origin` and `Access-Control-Request-Method` is answered 204 everywhere, and counts towards no limit.
"""

# What the gateway itself may answer on behalf of any operation, and of those with a body.
_ANYWHERE = (
    BadRequest, RequestTimeout, UriTooLong, ExpectationFailed, UpgradeNotOffered, QuotaExceeded, HeadersTooLarge,
    BadGateway, Overloaded, ServiceUnavailable, GatewayTimeout, VersionNotSupported,
)  # fmt: skip
_WITH_BODY = (ContentTooLarge,)

_RETRY_AFTER = {"description": "Seconds until it is worth trying again", "schema": {"type": "integer", "minimum": 0}}
_HEADERS: Mapping[str, Any] = {
    "X-Request-Id": {
        "description": "Names this request in every log: quote it when you ask for help",
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": 'Each policy that counted this request: `"name";q=requests;w=seconds`',
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": 'What is left of each: `"name";r=requests;t=seconds until all of it is there again`',
        "schema": {"type": "string"},
    },
}


class Documentation:
    """The merged document: fetched when somebody first asks, renewed behind the back of later ones."""

    def __init__(
        self, services: Mapping[str, Sequence[str]], routes: RouteTable, client: httpx.AsyncClient, *, public_url: str
    ) -> None:
        """`services` are base addresses by the names that routes use; one of each that answers is enough."""
        self._services, self._routes, self._public_url = services, routes, public_url
        self._client = client
        self._described: dict[str, Document] = {}
        self._merged: bytes | None = None
        self._asked_at = float("-inf")
        self._flight: asyncio.Task[None] | None = None

    async def document(self) -> bytes:
        """JSON. Raises ServiceUnavailable until every service has described itself once."""
        age = time.monotonic() - self._asked_at
        if self._merged is None:
            if age > _RETRY_SECONDS or self._flight is not None:
                await asyncio.shield(self._fetching())
        elif age > _FRESH_SECONDS:
            _ = self._fetching()  # stale but good: nobody waits for the next
        if self._merged is None:
            missing = sorted(self._services.keys() - self._described.keys())
            raise ServiceUnavailable("Not every service has described itself yet", missing=missing)
        return self._merged

    def use(self, routes: RouteTable) -> None:
        """Describe these from now on."""
        self._routes, self._asked_at = routes, float("-inf")

    def _fetching(self) -> asyncio.Task[None]:
        if self._flight is None:
            self._asked_at = time.monotonic()
            self._flight = asyncio.create_task(self._fetch())
        return self._flight

    async def _fetch(self) -> None:
        try:
            await asyncio.gather(*(self._describe(name, urls) for name, urls in self._services.items()))
            if self._described.keys() == self._services.keys():
                self._merged = orjson.dumps(merge(self._described, self._routes, public_url=self._public_url))
        except (TypeError, ValueError, AttributeError, KeyError):
            log.exception("openapi.merge_failed")
        finally:
            self._flight = None

    async def _describe(self, name: str, urls: Sequence[str]) -> None:
        for url in urls:
            try:
                response = await self._client.get(f"{url}/openapi.json", timeout=_FETCH_SECONDS)
                response.raise_for_status()
                self._described[name] = _checked(response.json())
            except (httpx.HTTPError, ValueError) as error:
                log.warning("openapi.fetch_failed", upstream=name, error=f"{type(error).__name__}: {error}")
            else:
                return


def _checked(document: Any) -> Document:
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise ValueError("the document describes no paths")  # noqa: TRY004 (what came over the wire is a value)
    return {"components": {}, "tags": [], **document}


def merge(described: Mapping[str, Document], routes: RouteTable, *, public_url: str) -> Document:
    """One document from one per service."""
    merged: Document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Daybook",
            "version": "1",
            "description": _DESCRIPTION,
        },
        "servers": [{"url": public_url}],
        "paths": {},
        "components": {},
        "tags": [],
    }
    operation_ids: set[str] = set()
    for name, document in described.items():
        reachable = {
            path: item
            for path, item in document["paths"].items()
            if (route := routes.find(path.encode())) is not None and route.upstream == name
        }
        theirs = {"paths": reachable, "components": document["components"]}
        ours = _without_clashes(name, theirs, merged["components"])
        for section, components in ours["components"].items():
            merged["components"].setdefault(section, {}).update(components)
        for operation in _operations(ours["paths"]):
            _make_unique(operation, name, operation_ids)
            _add_own_answers(operation)
        merged["paths"].update(ours["paths"])
        merged["tags"] += document["tags"]
    merged["components"].setdefault("headers", {}).update(copy.deepcopy(dict(_HEADERS)))
    return merged


def _operations(paths: Document) -> Iterator[Document]:
    for item in paths.values():
        yield from (operation for method, operation in item.items() if method.upper() in METHODS)


def _make_unique(operation: Document, service: str, taken: set[str]) -> None:
    if (operation_id := operation.get("operationId")) is not None:
        operation["operationId"] = f"{service}_{operation_id}" if operation_id in taken else operation_id
        taken.add(operation["operationId"])


def _add_own_answers(operation: Document) -> None:
    problems = (*_ANYWHERE, *_WITH_BODY) if "requestBody" in operation else _ANYWHERE
    answers = operation.setdefault("responses", {})
    for status, answer in copy.deepcopy(responses(*problems)).items():
        theirs = answers.setdefault(str(status), answer)
        if theirs is not answer:
            _add_examples(theirs, answer)
    for status, answer in answers.items():
        headers = answer.setdefault("headers", {}) if "$ref" not in answer else {}
        headers |= {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
        if status in {"429", "503"}:
            headers["Retry-After"] = _RETRY_AFTER


def _add_examples(theirs: Document, ours: Document) -> None:
    for media_type, content in ours["content"].items():
        known = theirs.setdefault("content", {}).setdefault(media_type, content)
        if known is not content:
            known["examples"] = {**content["examples"], **known.get("examples", {})}


def _without_clashes(service: str, theirs: Document, taken: Document) -> Document:
    """The same with those components renamed that have another's name without being the same.

    Two components that read alike differ if they refer to ones that differ: so this goes on until nothing changes.
    """
    renamed: dict[tuple[str, str], str] = {}
    while True:
        ours = _rename(theirs, renamed)
        clashes = [
            (section, name)
            for section, components in theirs["components"].items()
            for name in components
            if (section, name) not in renamed
            and name in taken.get(section, {})
            and taken[section][name] != ours["components"][section][name]
        ]
        if not clashes:
            return ours
        renamed |= {(section, name): f"{service}.{name}" for section, name in clashes}


def _rename(document: Document, renamed: Mapping[tuple[str, str], str]) -> Document:
    references = {
        f"#/components/{section}/{name}": f"#/components/{section}/{new}" for (section, name), new in renamed.items()
    }
    schemes = {name: new for (section, name), new in renamed.items() if section == "securitySchemes"}

    def walk(node: Any) -> Any:
        if isinstance(node, dict):
            walked = {key: walk(value) for key, value in node.items()}
            if isinstance(walked.get("security"), list):
                walked["security"] = [
                    {schemes.get(name, name): scopes for name, scopes in each.items()} for each in walked["security"]
                ]
            return walked
        if isinstance(node, list):
            return [walk(value) for value in node]
        return references.get(node, node) if isinstance(node, str) else node

    result: Document = walk(document)
    for section, components in result["components"].items():
        result["components"][section] = {renamed.get((section, name), name): each for name, each in components.items()}
    return result
