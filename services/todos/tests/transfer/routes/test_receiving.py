"""Files as they arrive: in pieces, broken off, too long, too many at once, or something else."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from services.todos.tests.support import AddTodo, SignIn, Start, Todo, slug
from services.todos.tests.transfer.routes.files import counts, export, import_

from todos_service.transfer.uploads import Imports


class TestImportTodos:
    @pytest.mark.parametrize("kept", [-1, -3, -200])
    async def test_takes_nothing_of_a_file_that_ends_too_early(
        self, client: httpx.AsyncClient, sign_in: SignIn, add_todo: AddTodo, monkeypatch: pytest.MonkeyPatch, kept: int
    ) -> None:
        monkeypatch.setattr("todos_service.transfer.service._BATCH", 1)
        for number in range(3):
            await add_todo(str(number))
        other = sign_in()

        response = await other.post("/todos/import", content=(await export(client)).rstrip()[:kept])

        assert slug(response) == "import-not-understood"
        assert response.json()["detail"].endswith("Nothing of it was imported")
        assert (await other.get("/todos")).json()["items"] == []

    async def test_reads_a_file_as_it_arrives(self, client: httpx.AsyncClient, sign_in: SignIn, todo: Todo) -> None:
        content = await export(client)

        async def pieces() -> AsyncIterator[bytes]:
            for begin in range(0, len(content), 7):
                yield content[begin : begin + 7]

        response = await sign_in().post("/todos/import", content=pieces())

        assert counts(response.json()) == (1, 0, 0, 0)
        assert todo

    async def test_takes_one_of_an_owner_and_few_altogether(self, start: Start, sign_in: SignIn) -> None:
        arrived, go_on = asyncio.Queue[None](), asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield b'{"format":"daybook.todos","version":1,'
            arrived.put_nowait(None)
            await go_on.wait()
            yield b'"todos":[]}'

        async with start() as app:
            first, second = sign_in(uuid4(), to=app), sign_in(uuid4(), to=app)
            app.state.imports = Imports(at_once=1)
            under_way = asyncio.create_task(first.post("/todos/import", content=slowly()))
            await arrived.get()
            busy = [await each.post("/todos/import", content=b"{}") for each in (first, second)]
            go_on.set()
            report = (await under_way).json()
            after = await second.post("/todos/import", content=b"{}")

        assert [(answer.status_code, slug(answer)) for answer in busy] == [(503, "service-unavailable")] * 2
        assert all(int(answer.headers["retry-after"]) > 1 for answer in busy)
        assert [answer.json()["detail"][:7] for answer in busy] == ["Another", "Too man"]
        assert counts(report) == (0, 0, 0, 0)
        # One that failed is over, too.
        assert slug(after) == "import-not-understood"
        assert app.state.imports.under_way == 0

    @pytest.mark.parametrize("source", ["todoist", "vikunja"])
    async def test_takes_less_of_what_has_to_be_read_as_a_whole(self, client: httpx.AsyncClient, source: str) -> None:
        response = await client.post(f"/todos/import?format={source}", content=b" " * (8 * 1024 * 1024 + 1))

        assert slug(response) == "content-too-large"

    async def test_refuses_a_todo_that_never_ends(
        self, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("todos_service.transfer.daybook._LARGEST_TODO", 1024 * 1024)
        content = b'{"format":"daybook.todos","version":1,"todos":[{"title":["' + b'x","' * 1024 * 1024

        assert slug(await client.post("/todos/import", content=content)) == "content-too-large"

    async def test_keeps_nothing_of_strange_todos_while_others_are_read(self, client: httpx.AsyncClient) -> None:
        """Two hundred of 60 kB in memory each, in a file of a tenth of that."""

        async def pieces() -> AsyncIterator[bytes]:
            yield b'{"format":"daybook.todos","version":1,"todos":[{}'
            for _ in range(200):
                yield b',{"title":[' + b",".join([b'"xx"'] * 1000) + b"]}"
            yield b"]}"

        await import_(client, b'{"format":"daybook.todos","version":1,"todos":[]}')
        tracemalloc.start()
        try:
            response = await client.post("/todos/import", content=pieces())
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

        assert counts(response.json()) == (0, 0, 0, 201)
        assert most < 6_000_000

    async def test_takes_a_file_only_so_long(self, start: Start, sign_in: SignIn) -> None:
        async with start(import_bytes=1024) as app:
            response = await sign_in(to=app).post(
                "/todos/import", content=b'{"format":"daybook.todos","todos":[' + b" " * 2000
            )

        assert slug(response) == "content-too-large"

    @pytest.mark.parametrize(
        "source, content",
        [
            ("daybook", b""),
            ("daybook", b"{}"),
            ("daybook", b'{"todos":[]}'),
            ("daybook", b'{"format":"daybook.todos","version":1,"todos":['),
            ("daybook", b'{"format":"daybook.todos","version":1,"todos":[{"id":"\xff"}]}'),
            ("daybook", b"\x00" * 100),
            ("todoist", b"{}"),
            ("vikunja", b"TYPE,CONTENT"),
        ],
    )
    async def test_refuses_a_file_of_another_format(
        self, client: httpx.AsyncClient, source: str, content: bytes
    ) -> None:
        response = await client.post(f"/todos/import?format={source}", content=content)

        assert slug(response) == "import-not-understood"

    async def test_refuses_a_format_it_does_not_know(self, client: httpx.AsyncClient) -> None:
        assert slug(await client.post("/todos/import?format=outlook", content=b"x")) == "invalid-request"
