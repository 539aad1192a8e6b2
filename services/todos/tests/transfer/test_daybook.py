from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from todos_service.transfer import daybook
from todos_service.transfer.candidates import Candidate
from todos_service.transfer.errors import UnknownFormat
from todos_service.transfer.uploads import Upload


async def read(content: bytes) -> list[Candidate]:
    async def pieces() -> AsyncIterator[bytes]:
        for begin in range(0, len(content), 7):
            yield content[begin : begin + 7]

    return [each async for each in daybook.read(Upload(pieces(), most=10**7))]


def file(**members: Any) -> bytes:
    return orjson.dumps({"format": "daybook.todos", "version": 1, "todos": [{"id": "a"}, {"id": "b"}]} | members)


class TestRead:
    @pytest.mark.parametrize(
        "content",
        [
            file(),
            b"\xef\xbb\xbf" + file(),
            b"\n " + file(exported_at="2026-11-22T00:00:00Z"),
            b'{"todos":[{"id":"a"},{"id":"b"}],"version":1,"exported_at":[{}],"format":"daybook.todos"}',
        ],
    )
    async def test_takes_a_byte_order_mark_and_members_in_any_order(self, content: bytes) -> None:
        assert [each.content["id"] for each in await read(content)] == ["a", "b"]

    @pytest.mark.parametrize(
        "version, said",
        [
            (2, "is of version “2”"),
            (0, "is of version “0”"),
            ("1", "is of version “1”"),
            (True, "is of version “True”"),
            (None, "says none"),
            ([1], "is of version “start_array”"),
        ],
    )
    async def test_refuses_a_version_it_does_not_know(self, version: Any, said: str) -> None:
        with pytest.raises(UnknownFormat) as raised:
            await read(file(version=version))

        assert raised.value.detail == f"This server reads version 1 of a Daybook export; the file {said}"

    @pytest.mark.parametrize(
        "content",
        [
            b'{"format":"daybook.todos","version":1}',
            b'{"format":"daybook.todos","version":1,"todo":[]}',
            b'{"format":"daybook.todos","version":1,"x":{"todos":[]}}',
            file(todos={"a": {}}),
            file(todos=None),
        ],
    )
    async def test_refuses_a_file_without_todos(self, content: bytes) -> None:
        with pytest.raises(UnknownFormat) as raised:
            await read(content)

        assert raised.value.detail == "A Daybook export has its todos in a list, “todos”; the file has none"

    async def test_refuses_one_that_says_a_thing_twice(self) -> None:
        with pytest.raises(UnknownFormat):
            await read(file()[:-1] + b',"todos":[]}')

    @pytest.mark.parametrize("kept", [-1, -2, -30, 40])
    async def test_gives_nothing_of_a_file_that_ends_too_early(self, kept: int) -> None:
        with pytest.raises(UnknownFormat) as raised:
            await read(file()[:kept])

        assert str(raised.value.detail).endswith("Nothing of it was imported")

    async def test_names_what_it_does_not_know(self) -> None:
        first, *others = await read(file(lists=[{"todos": [1]}]))

        assert first.fault == "“lists” of the file is not known here"
        assert len(others) == 2
