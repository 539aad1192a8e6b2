"""How todos are sent: bytes, entity tags and links, and what the documentation says of those."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import Response, status
from fastapi.responses import StreamingResponse

from todos_service.todos import documents, etags
from todos_service.todos.documents import TodoDocument
from todos_service.todos.schemas import TodoOut

ETAG = {"ETag": {"description": "The version of the answer", "schema": {"type": "string"}, "example": '"v3"'}}
LINK = {
    "Link": {
        "description": "The next page, if there is one",
        "schema": {"type": "string"},
        "example": '</todos?limit=50&cursor=WyJUMG0>; rel="next"',
    }
}
LOCATION = {"Location": {"description": "Where the todo is", "schema": {"type": "string"}}}
ONE_TODO: dict[str, Any] = {"description": "The todo", "model": TodoOut, "headers": ETAG}
UNCHANGED: dict[str, Any] = {"description": "You have it already", "headers": ETAG}
# Somebody else's cache must not keep it, and one's own asks first whether it has changed.
FRESH = {"Cache-Control": "private, no-cache"}


def todo(document: TodoDocument, code: int = status.HTTP_200_OK, headers: dict[str, str] | None = None) -> Response:
    return json(document, {"ETag": etags.of_version(document["version"])} | (headers or {}), code)


def json(content: Any, headers: dict[str, str], code: int = status.HTTP_200_OK) -> Response:
    """Straight to bytes: what is sent has been checked when it was stored."""
    return Response(documents.to_bytes(content), code, headers, media_type="application/json")


async def stream(pieces: AsyncIterator[bytes], headers: dict[str, str], *, media_type: str) -> Response:
    """The first piece is made before the answer begins: what goes wrong with it is the answer instead."""
    return StreamingResponse(_chained(await anext(pieces), pieces), headers=headers, media_type=media_type)


async def _chained(first: bytes, others: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in others:
        yield piece


def page(path: str, items: Any, next_cursor: str | None, query: Mapping[str, Any], headers: dict[str, str]) -> Response:
    """A page of a list, with a link to the next one that asks for the same."""
    if next_cursor:
        following = urlencode({**query, "cursor": next_cursor})
        headers = headers | {"Link": f'<{path}?{following}>; rel="next"'}
    return json({"items": items, "next_cursor": next_cursor}, headers)
