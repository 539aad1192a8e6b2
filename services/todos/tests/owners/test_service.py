from uuid import UUID, uuid4

import pytest
from services.todos.tests.support import rows

from chassis.database import Database
from chassis.encryption import CannotDecryptError, KeyRing, new_key
from todos_service.owners import service
from todos_service.owners.service import DataKeys


async def add(database: Database, ring: KeyRing, owner_id: UUID) -> UUID:
    """The epoch of the new owner's stream."""
    async with database.transaction() as tx:
        await service.add(tx, ring, owner_id=owner_id)
    (stream,) = await rows(database, "SELECT epoch FROM streams WHERE owner_id = :owner", owner=owner_id)
    epoch: UUID = stream["epoch"]
    return epoch


class TestAdd:
    async def test_begins_a_stream_and_wraps_a_key(self, database: Database, ring: KeyRing) -> None:
        owner_id = uuid4()

        await add(database, ring, owner_id)

        (stream,) = await rows(database, "SELECT * FROM streams WHERE owner_id = :owner", owner=owner_id)
        (key,) = await rows(database, "SELECT * FROM data_keys WHERE owner_id = :owner", owner=owner_id)
        assert (stream["head"], stream["floor"], stream["live"]) == (0, 0, 0)
        assert (key["version"], KeyRing.wrapped_by(key["wrapped"])) == (1, ring.current)

    async def test_keeps_the_key_that_is_there(self, database: Database, ring: KeyRing) -> None:
        owner_id = uuid4()
        await add(database, ring, owner_id)
        before = await rows(database, "SELECT wrapped FROM data_keys WHERE owner_id = :owner", owner=owner_id)

        await add(database, ring, owner_id)

        assert before == await rows(database, "SELECT wrapped FROM data_keys WHERE owner_id = :owner", owner=owner_id)


class TestDataKeys:
    async def test_open_what_they_sealed_after_a_restart(self, database: Database, ring: KeyRing) -> None:
        owner_id = uuid4()
        epoch = await add(database, ring, owner_id)
        async with database.reads() as reads:
            sealed = (await DataKeys(ring).of(reads, owner_id=owner_id, epoch=epoch)).seal(b"text", b"context\0")

            keys = await DataKeys(ring).of(reads, owner_id=owner_id, epoch=epoch)

        assert keys.open(1, sealed, b"context\0") == b"text"

    async def test_are_read_once(self, database: Database, ring: KeyRing) -> None:
        owner_id, keys = uuid4(), DataKeys(ring)
        epoch = await add(database, ring, owner_id)
        async with database.reads() as reads:
            first = await keys.of(reads, owner_id=owner_id, epoch=epoch)

            assert await keys.of(reads, owner_id=owner_id, epoch=epoch) is first

    async def test_are_read_again_in_another_epoch(self, database: Database, ring: KeyRing) -> None:
        owner_id, keys = uuid4(), DataKeys(ring)
        epoch = await add(database, ring, owner_id)
        async with database.reads() as reads:
            first = await keys.of(reads, owner_id=owner_id, epoch=epoch)

            assert await keys.of(reads, owner_id=owner_id, epoch=uuid4()) is not first

    async def test_are_forgotten_when_there_are_too_many(self, database: Database, ring: KeyRing) -> None:
        keys, people = DataKeys(ring, remember=2), [uuid4() for _ in range(3)]
        epochs = [await add(database, ring, owner_id) for owner_id in people]
        async with database.reads() as reads:
            first, second = [
                await keys.of(reads, owner_id=owner_id, epoch=epoch)
                for owner_id, epoch in zip(people[:2], epochs[:2], strict=True)
            ]
            # Used last, so it stays when the third one comes.
            assert await keys.of(reads, owner_id=people[0], epoch=epochs[0]) is first
            await keys.of(reads, owner_id=people[2], epoch=epochs[2])

            assert await keys.of(reads, owner_id=people[0], epoch=epochs[0]) is first
            assert await keys.of(reads, owner_id=people[1], epoch=epochs[1]) is not second

    async def test_of_one_owner_do_not_unwrap_for_another(self, database: Database, ring: KeyRing) -> None:
        owner_id, thief = uuid4(), uuid4()
        await add(database, ring, owner_id)
        epoch = await add(database, ring, thief)
        async with database.transaction() as tx:
            await tx.exec_driver_sql(
                "UPDATE data_keys SET wrapped = other.wrapped FROM data_keys other "
                "WHERE other.owner_id = $1 AND data_keys.owner_id = $2",
                (owner_id, thief),
            )
        async with database.reads() as reads:
            with pytest.raises(CannotDecryptError):
                await DataKeys(ring).of(reads, owner_id=thief, epoch=epoch)

    async def test_need_the_key_encryption_key_they_were_wrapped_with(self, database: Database, ring: KeyRing) -> None:
        owner_id = uuid4()
        epoch = await add(database, ring, owner_id)
        async with database.reads() as reads:
            with pytest.raises(CannotDecryptError):
                await DataKeys(KeyRing({"another": new_key()})).of(reads, owner_id=owner_id, epoch=epoch)
