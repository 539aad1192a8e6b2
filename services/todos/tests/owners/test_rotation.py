from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from services.todos.tests.support import SignIn, Start, Todo, key_file, rows
from sqlalchemy import text

from chassis.database import Database
from chassis.encryption import KeyRing
from todos_service.owners import rotation, service


async def wrapped_by(database: Database, owner_id: UUID) -> set[str]:
    found = await rows(database, "SELECT wrapped FROM data_keys WHERE owner_id = :owner", owner=owner_id)
    return {KeyRing.wrapped_by(row["wrapped"]) for row in found}


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """The key file after a new key was put on top."""
    return key_file(tmp_path, "second", "first")


class TestRotate:
    async def test_wraps_every_key_anew_while_it_is_in_use(
        self,
        *,
        client: httpx.AsyncClient,
        todo: Todo,
        database: Database,
        user_id: UUID,
        both: Path,
        start: Start,
        sign_in: SignIn,
        tmp_path: Path,
    ) -> None:
        (found,) = await rows(database, "SELECT count(*) FROM data_keys")
        # Several batches, whatever other tests have left.
        rotated = await rotation.rotate(database, KeyRing.from_file(both), batch=found["count"] // 3 + 1)

        assert rotated.wrapped_anew >= 1
        assert await wrapped_by(database, user_id) == {"second"}
        # A process that knows the old ring only goes on with the keys it has unwrapped.
        assert (await client.get(f"/todos/{todo['id']}")).json() == todo
        (tmp_path / "new").mkdir()
        async with start(key_encryption_key_file=key_file(tmp_path / "new", "second")) as app:
            assert (await sign_in(user_id, to=app).get(f"/todos/{todo['id']}")).json() == todo
        # Put back, for the tests that share this database.
        await rotation.rotate(database, KeyRing.from_file(key_file(tmp_path, "first", "second")))

    async def test_leaves_alone_what_it_did_before(
        self, database: Database, ring: KeyRing, user_id: UUID, todo: Todo
    ) -> None:
        before = await rows(database, "SELECT wrapped FROM data_keys WHERE owner_id = :owner", owner=user_id)

        rotated = await rotation.rotate(database, ring)

        assert rotated.already_right >= 1
        assert before == await rows(database, "SELECT wrapped FROM data_keys WHERE owner_id = :owner", owner=user_id)
        assert todo

    @pytest.mark.parametrize("wrapped", [b"", b"\x07nonsense", b"\x01\x02\xff\xfe" + bytes(60), b"\x01\xff"], ids=repr)
    async def test_goes_on_past_what_is_no_wrapped_key(
        self, database: Database, ring: KeyRing, tmp_path: Path, wrapped: bytes
    ) -> None:
        broken, whole = UUID(int=0), uuid4()
        async with database.transaction() as tx:
            for owner_id in (broken, whole):
                await service.add(tx, ring, owner_id=owner_id)
            await tx.execute(
                text("UPDATE data_keys SET wrapped = :wrapped WHERE owner_id = :owner"),
                {"wrapped": wrapped, "owner": broken},
            )

        rotated = await rotation.rotate(database, KeyRing.from_file(key_file(tmp_path, "second", "first")))

        assert broken in rotated.unreadable
        assert await wrapped_by(database, whole) == {"second"}
        await rotation.rotate(database, KeyRing.from_file(key_file(tmp_path, "first", "second")))
        async with database.transaction() as tx:
            for table in ("data_keys", "streams"):
                await tx.execute(text(f"DELETE FROM {table} WHERE owner_id = :owner"), {"owner": broken})  # noqa: S608

    async def test_names_those_whose_key_nothing_unwraps(self, database: Database, tmp_path: Path) -> None:
        lost = uuid4()
        async with database.transaction() as tx:
            await service.add(tx, KeyRing.from_file(key_file(tmp_path, "lost")), owner_id=lost)

        rotated = await rotation.rotate(database, KeyRing.from_file(key_file(tmp_path, "first")))

        assert lost in rotated.unreadable
        async with database.transaction() as tx:
            await service.erase(tx, owner_id=lost)
