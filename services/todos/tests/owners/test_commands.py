import asyncio
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from services.todos.tests.support import Todo, execute, rows, slug

from chassis.database import Database
from todos_service.owners import commands
from todos_service.owners.ledger import Ledger
from todos_service.settings import Settings


class TestReplay:
    async def test_erases_again_whom_a_restore_brought_back(
        self,
        *,
        settings: Settings,
        client: httpx.AsyncClient,
        todo: Todo,
        database: Database,
        user_id: UUID,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """A backup of before: the owner is there with their key, and the ledger knows better."""
        ledger = Ledger(tmp_path / "ledger")
        await ledger.add(user_id)
        with_ledger = settings.model_copy(update={"erasure_ledger_file": tmp_path / "ledger"})

        for _ in range(2):
            await asyncio.to_thread(commands.replay, with_ledger)

        told = [line for line in capsys.readouterr().out.splitlines() if "again" in line]
        assert told == ["1 owners erased again, 0 were", "0 owners erased again, 1 were"]
        assert not await rows(database, "SELECT 1 FROM data_keys WHERE owner_id = :owner", owner=user_id)
        assert slug(await client.post("/todos", json={"title": "Back again"})) == "account-erased"
        assert slug(await client.get(f"/todos/{todo['id']}")) == "todo-not-found"

    async def test_goes_on_after_a_line_that_is_none(
        self, settings: Settings, database: Database, tmp_path: Path
    ) -> None:
        erased = uuid4()
        file = tmp_path / "ledger"
        file.write_text("half a li")
        await Ledger(file).add(erased)

        with pytest.raises(SystemExit) as end:
            await asyncio.to_thread(commands.replay, settings.model_copy(update={"erasure_ledger_file": file}))

        assert end.value.code == "1 lines of the ledger are no entries"
        assert await rows(
            database, "SELECT 1 FROM streams WHERE owner_id = :owner AND erased_at IS NOT NULL", owner=erased
        )

    def test_needs_a_ledger(self, settings: Settings) -> None:
        with pytest.raises(SystemExit, match="TODOS_ERASURE_LEDGER_FILE"):
            commands.replay(settings)


class TestRotate:
    async def test_says_what_it_did(
        self, settings: Settings, todo: Todo, database: Database, capsys: pytest.CaptureFixture[str]
    ) -> None:
        # What other tests left in this database cannot be unwrapped by anybody.
        await execute(database, "DELETE FROM data_keys WHERE wrapped = ''")

        await asyncio.to_thread(commands.rotate, settings)

        assert " data keys wrapped with first, " in capsys.readouterr().out
        assert todo
