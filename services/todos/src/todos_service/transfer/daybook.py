"""Our own format: everything, losslessly. A file is seen to its end before anything of it is taken, and never held in
memory as a whole, so that its size does not matter."""

from collections.abc import AsyncGenerator
from typing import Any, Final

import ijson

from chassis.problems import ContentTooLarge
from todos_service.transfer import reports
from todos_service.transfer.candidates import Candidate, Source
from todos_service.transfer.errors import UnknownFormat
from todos_service.transfer.uploads import Pace, Spool, Upload

NAME: Final = "daybook.todos"
VERSION: Final = 1
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PIECE = 64 * 1024
# One todo is in memory as a whole, with all its history.
_LARGEST_TODO = 16 * 1024 * 1024
_LONGEST_HISTORY = 10_000
_MEMBERS: Final = frozenset({"format", "version", "exported_at", "todos"})


async def read(upload: Upload) -> AsyncGenerator[Candidate]:
    with Spool() as spool:
        outline = await _checked(upload, spool)
        for name in outline.members.keys() - _MEMBERS:
            yield Candidate(Source(), {}, fault=f"{reports.quoted(name)} of the file is not known here")
        spool.rewind()
        async for item in ijson.items_async(spool, "todos.item", use_float=True):
            yield _candidate(item)


async def _checked(upload: Upload, spool: Spool) -> "_Outline":
    """The whole file into the spool, if it is JSON to its end and one of ours."""
    outline, pace = _Outline(), Pace()
    try:
        parser = ijson.basic_parse_coro(outline, use_float=True)
        if await upload.peek(len(_BYTE_ORDER_MARK)) == _BYTE_ORDER_MARK:
            await upload.read(len(_BYTE_ORDER_MARK))
        while piece := await upload.read(_PIECE):
            outline.begin(piece)
            parser.send(piece)
            spool.write(piece)
            await pace.rest()
        parser.close()
    except (ijson.JSONError, UnicodeDecodeError, ValueError) as error:
        raise UnknownFormat(f"The file is not JSON to its end: {error}. Nothing of it was imported") from error
    outline.check()
    return outline


class _Outline:
    """What a file consists of, seen while it is parsed: no more of it is kept than the members of its first level."""

    def __init__(self) -> None:
        # Each with its value, or how it begins.
        self.members: dict[str, Any] = {}
        self._depth, self._member, self._is_object = 0, "", False
        self._since = 0

    def begin(self, piece: bytes) -> None:
        if self._since > _LARGEST_TODO:
            raise ContentTooLarge(f"One todo has at most {_LARGEST_TODO} bytes", limit=_LARGEST_TODO)
        self._since += len(piece)

    def send(self, event: tuple[str, Any]) -> None:
        """Called by the parser with each part of the file."""
        name, value = event
        if name.startswith("end_"):
            self._depth -= 1
        elif self._depth == 0:
            self._is_object = name == "start_map"
        elif self._depth == 1 and name == "map_key":
            self._member = value
        elif self._depth == 1:
            self._add(name if name.startswith("start_") else value)
        if name.startswith("start_"):
            self._depth += 1
        # Between two todos.
        if self._depth <= len(("file", "todos")):
            self._since = 0

    def _add(self, value: Any) -> None:
        if self._member in self.members:
            raise UnknownFormat(f"The file says {reports.quoted(self._member)} twice. Nothing of it was imported")
        self.members[self._member] = value

    def check(self) -> None:
        if not self._is_object or self.members.get("format") != NAME:
            raise UnknownFormat(f'A Daybook export says "format": "{NAME}"')
        if (version := self.members.get("version")) != VERSION or isinstance(version, bool):
            said = "says none" if version is None else f"is of version {reports.quoted(version)}"
            raise UnknownFormat(f"This server reads version {VERSION} of a Daybook export; the file {said}")
        if self.members.get("todos") != "start_array":
            raise UnknownFormat("A Daybook export has its todos in a list, “todos”; the file has none")


def _candidate(item: Any) -> Candidate:
    if not isinstance(item, dict):
        return Candidate(Source(), item)
    candidate = Candidate(Source.of_id(item.get("id")), item)
    past = item.get("history")
    if isinstance(past, list) and len(past) > _LONGEST_HISTORY:
        candidate.losses.append(f"the beginning of a history of {len(past)} changes")
        item["history"] = past[-_LONGEST_HISTORY:]
    return candidate
