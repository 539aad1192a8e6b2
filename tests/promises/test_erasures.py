"""P27: who deleted their account stays deleted, also when a backup of before is put back."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from tests.promises.conftest import Doors
from tests.support.people import Person
from tests.support.promises import Measured
from tests.support.remains import rows_of
from tests.support.signing import auth_itself
from tests.support.system import System
from tests.support.tokens import Issuer

from daybook.services import MIGRATIONS

pytestmark = [pytest.mark.promise("P27"), pytest.mark.timeout(900)]

_UNREADABLE_SECONDS = 5.0
_GIVE_UP_SECONDS = 60.0
# By how much the clocks of machines may differ, less what a request takes.
_FORGIVEN_SECONDS = 29
_TODOS = ("todos-api", "todos-worker")
_MIGRATION = next(each for each in MIGRATIONS if each.name == "todos-migrate")
_REPLAY = replace(_MIGRATION, name="todos-erasures", argv=("python", "-m", "todos_service", "erasures", "replay"))


@dataclass(frozen=True)
class Vault:
    """The database of todos, as whoever makes backups of it sees it."""

    database: "asyncpg.Connection[Any]"

    async def _tables(self) -> list[str]:
        rows = await self.database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'todos'")
        return [name for [name] in rows]

    async def backup(self) -> Mapping[str, bytes]:
        """Every row of every table, at one moment."""
        copies = {}
        async with self.database.transaction(isolation="repeatable_read"):
            for table in await self._tables():
                copied = BytesIO()
                await self.database.copy_from_table(table, schema_name="todos", output=copied, format="binary")
                copies[table] = copied.getvalue()
        return copies

    async def restore(self, backup: Mapping[str, bytes]) -> None:
        """As docs/operations.md says: everything as it was, under other epochs."""
        async with self.database.transaction():
            await self.database.execute("SET LOCAL session_replication_role = replica")
            await self.database.execute(f"TRUNCATE {', '.join(f'todos.{table}' for table in backup)}")
            for table, copied in backup.items():
                source = BytesIO(copied)
                await self.database.copy_to_table(table, schema_name="todos", source=source, format="binary")
            await self.database.execute("UPDATE todos.streams SET epoch = gen_random_uuid()")


@pytest.fixture
async def vault(system: System, postgres_admin_url: str) -> AsyncIterator[Vault]:
    name = urlsplit(system.wiring.databases["todos"]).path
    database = await asyncpg.connect(urlsplit(postgres_admin_url)._replace(path=name).geturl())
    yield Vault(database)
    await database.close()


@dataclass(frozen=True)
class Ghost:
    """Somebody whose account is gone, with a token as auth would have to sign it for them to come back."""

    issuer: Issuer
    owner_id: UUID
    door: httpx.AsyncClient

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """What ended with the account, and in the half minute after it because clocks differ, is not what is asked
        about. So the tokens are as late as a verifier forgives, and shown until they are later than that.
        """
        answer = httpx.Response(httpx.codes.UNAUTHORIZED)
        async with asyncio.timeout(_GIVE_UP_SECONDS):
            while answer.status_code == httpx.codes.UNAUTHORIZED:
                token = self.issuer.sign(self.owner_id, sid=str(uuid4()), iat=int(time.time()) + _FORGIVEN_SECONDS)
                headers = {"Authorization": f"Bearer {token}"}
                answer = await self.door.request(method, path, headers=headers, **more)
        return answer

    async def until_unreadable(self, path: str) -> float:
        """Seconds."""
        began = time.perf_counter()
        async with asyncio.timeout(_GIVE_UP_SECONDS):
            while (await self.ask("GET", path)).status_code != httpx.codes.NOT_FOUND:  # noqa: ASYNC110 (it tells nobody)
                await asyncio.sleep(0.05)
        return time.perf_counter() - began

    async def may_not_write(self) -> None:
        answer = await self.ask("POST", "/todos", json={"title": "Back again"})
        assert answer.json()["type"] == "urn:problem:account-erased"
        assert (await self.ask("GET", "/sync/changes")).status_code == httpx.codes.GONE


async def until_nothing_is_left(vault: Vault, owner_id: UUID) -> None:
    async with asyncio.timeout(_GIVE_UP_SECONDS):
        while await rows_of(vault.database, owner_id):  # noqa: ASYNC110 (as above)
            await asyncio.sleep(0.1)


async def add(door: httpx.AsyncClient, person: Person) -> str:
    answer = await door.post("/todos", json={"title": person.email}, headers=await person.bearer())
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return f"/todos/{answer.json()['id']}"


@pytest.fixture
async def grace(ada: Person) -> Person:
    """Who stays."""
    grace = Person(ada.browser, ada.cookie_name)
    await grace.register()
    return grace


class TestDeletedAccount:
    async def test_stays_deleted_when_a_backup_of_before_is_restored(
        self, *, system: System, doors: Doors, ada: Person, grace: Person, vault: Vault, measured: Measured
    ) -> None:
        hers, of_grace = await add(doors.todos, ada), await add(doors.todos, grace)
        session = await ada.sign_in()
        ghost = Ghost(await auth_itself(system, session), session.user_id, doors.todos)
        backup = await vault.backup()

        await ada.delete_account(session)
        measured["unreadable_after_seconds"] = await ghost.until_unreadable(hers)
        await ghost.may_not_write()
        await until_nothing_is_left(vault, ghost.owner_id)

        await system.kill(*_TODOS)
        await vault.restore(backup)
        await system.start(*_TODOS)
        # The control: the backup has her key and her text, and would be the end of the promise.
        restored = await ghost.ask("GET", hers)
        assert restored.json()["title"] == ada.email

        await system.run(_REPLAY)
        measured["unreadable_after_the_replay_seconds"] = await ghost.until_unreadable(hers)
        await ghost.may_not_write()
        await until_nothing_is_left(vault, ghost.owner_id)
        assert max(measured.values()) < _UNREADABLE_SECONDS

        kept = await doors.todos.get(of_grace, headers=await grace.bearer())
        assert kept.json()["title"] == grace.email
