"""Our own format: everything, losslessly. Read as it arrives, so that its size does not matter."""

import re
from collections.abc import AsyncIterator
from typing import Any, Final

import ijson

from chassis.problems import ContentTooLarge
from todos_service.transfer.candidates import Candidate, Source
from todos_service.transfer.errors import UnknownFormat
from todos_service.transfer.uploads import Upload

NAME: Final = "daybook.todos"
_BEGINNING = re.compile(rb'\s*\{\s*"format"\s*:\s*"daybook\.todos"\s*,')
# One todo is in memory as a whole, with all its history.
_LARGEST_TODO = 16 * 1024 * 1024
_LONGEST_HISTORY = 10_000


async def read(upload: Upload) -> AsyncIterator[Candidate]:
    if not _BEGINNING.match(await upload.peek()):
        raise UnknownFormat(f'A Daybook export begins with {{"format": "{NAME}"')
    pieces = _Pieces(upload)
    try:
        async for item in ijson.items_async(pieces, "todos.item", use_float=True):
            pieces.begin_another()
            yield _candidate(item)
    except (ijson.JSONError, UnicodeDecodeError, ValueError) as error:
        raise UnknownFormat(f"The file is not JSON to its end: {error}") from error


class _Pieces:
    """The file as it is read, for as long as each todo in it ends somewhere."""

    def __init__(self, upload: Upload) -> None:
        self._upload, self._read = upload, 0

    def begin_another(self) -> None:
        self._read = 0

    async def read(self, size: int) -> bytes:
        if self._read > _LARGEST_TODO:
            raise ContentTooLarge(f"One todo has at most {_LARGEST_TODO} bytes", limit=_LARGEST_TODO)
        piece = await self._upload.read(size)
        self._read += len(piece)
        return piece


def _candidate(item: Any) -> Candidate:
    if not isinstance(item, dict):
        return Candidate(Source(), item)
    candidate = Candidate(Source.of_id(item.get("id")), item)
    past = item.get("history")
    if isinstance(past, list) and len(past) > _LONGEST_HISTORY:
        candidate.losses.append(f"the beginning of a history of {len(past)} changes")
        item["history"] = past[-_LONGEST_HISTORY:]
    return candidate
