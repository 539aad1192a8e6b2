import asyncio
from uuid import UUID

import httpx
import pytest
from services.todos.tests.support import Todo, execute, rows, slug
from services.todos.tests.sync.device import Device, change, operation
from sqlalchemy import RowMapping

from chassis.database import Database
from todos_service.settings import Settings
from todos_service.sync import commands


async def put_back(database: Database, owner_id: UUID, todo: RowMapping) -> None:
    """A todo as it was, and nothing that happened to it since."""
    await execute(
        database,
        "UPDATE todos SET version = :version, seq = :seq, sealed = :sealed WHERE owner_id = :owner",
        owner=owner_id,
        **{name: todo[name] for name in ("version", "seq", "sealed")},
    )
    await execute(
        database, "DELETE FROM history WHERE owner_id = :owner AND seq > :seq", owner=owner_id, seq=todo["seq"]
    )
    await execute(database, "UPDATE streams SET head = :seq WHERE owner_id = :owner", owner=owner_id, seq=todo["seq"])


class TestRenew:
    async def test_lets_no_version_of_before_a_restore_stand_for_another(
        self,
        *,
        phone: Device,
        laptop: Device,
        client: httpx.AsyncClient,
        todo: Todo,
        database: Database,
        user_id: UUID,
        settings: Settings,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        (backup,) = await rows(database, "SELECT * FROM todos WHERE owner_id = :owner", owner=user_id)
        rename = operation("update", todo["id"], 1, title=change(todo["title"], "Lost with the server"))
        assert [each["todo"]["version"] for each in await phone.push(rename)] == [2]
        await phone.pull()
        await put_back(database, user_id, backup)

        await asyncio.to_thread(commands.renew, settings)

        assert "begin a new epoch" in capsys.readouterr().out
        assert slug(await phone.ask()) == "resync-required"
        await laptop.pull()
        base = laptop.todos[todo["id"]]["version"]
        (written,) = await laptop.push(
            operation("update", todo["id"], base, title=change(todo["title"], "Nobody else has seen this"))
        )
        assert written["outcome"] == "applied"
        # What the phone saw was another second version.
        (unseen,) = await phone.push(operation("delete", todo["id"], 2))
        stale = await client.delete(f"/todos/{todo['id']}", headers={"If-Match": '"v2"'})
        assert (unseen["outcome"], stale.status_code) == ("conflict", 412)
        assert (await client.get(f"/todos/{todo['id']}")).json()["title"] == "Nobody else has seen this"
        # And whoever has seen it may.
        (seen,) = await laptop.push(operation("delete", todo["id"], written["todo"]["version"]))
        assert seen["outcome"] == "applied"
