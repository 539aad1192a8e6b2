import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.revocations import repository, service
from auth_service.revocations.models import RevocationRow
from auth_service.revocations.repository import Revocation
from auth_service.sessions import tokens
from chassis.database import Database
from chassis.messaging.outbox import OutboxRow
from chassis.tokens import _LEEWAY_SECONDS
from contracts.sessions import SessionRevoked


async def recorded(reads: AsyncConnection, user_id: UUID) -> list[SessionRevoked]:
    envelopes = await reads.scalars(select(OutboxRow.envelope).order_by(OutboxRow.position))
    events = [SessionRevoked.model_validate(each["data"]) for each in envelopes if each["type"] == SessionRevoked.type]
    return [event for event in events if event.user_id == user_id]


async def stored(reads: AsyncConnection, user_id: UUID) -> list[Revocation]:
    columns = (getattr(RevocationRow, name) for name in Revocation._fields)
    mine = select(*columns).where(RevocationRow.user_id == user_id).order_by(RevocationRow.sequence)
    return [Revocation(*row) for row in await reads.execute(mine)]


class TestRevokeSessions:
    async def test_says_the_same_in_the_table_and_to_everybody(self, database: Database) -> None:
        user_id, sessions = uuid4(), [uuid4(), uuid4()]

        async with database.transaction() as tx:
            await service.revoke_sessions(tx, sessions, user_id=user_id, reason="signed_out")

        async with database.reads() as reads:
            rows, events = await stored(reads, user_id), await recorded(reads, user_id)
        assert [row.session_id for row in rows] == sessions
        assert rows[1].sequence == rows[0].sequence + 1
        assert [event.model_dump(exclude={"epoch", "reason"}) for event in events] == [row._asdict() for row in rows]

    async def test_of_none_takes_no_number(self, database: Database) -> None:
        async with database.transaction() as tx:
            await service.revoke_sessions(tx, [], user_id=uuid4(), reason="signed_out")
            assert await tx.scalar(text("select count(*) from pg_locks where locktype = 'transactionid'")) == 0

    async def test_that_is_rolled_back_leaves_no_gap(self, database: Database) -> None:
        async def revoke(*, fail: bool) -> None:
            async with database.transaction() as tx:
                await service.revoke_session(tx, uuid4(), user_id=user_id, reason="signed_out")
                if fail:
                    raise ValueError

        user_id = uuid4()
        async with database.reads() as reads:
            before = (await service.list_after(reads, 0)).sequence
        outcomes = await asyncio.gather(*(revoke(fail=number % 3 == 0) for number in range(9)), return_exceptions=True)

        async with database.reads() as reads:
            after = await service.list_after(reads, before)
        assert sum(outcome is None for outcome in outcomes) == 6
        assert [each.sequence for each in after.items] == list(range(before + 1, after.sequence + 1))
        assert len([each for each in after.items if each.user_id == user_id]) == 6

    async def test_holds_longer_than_any_token_that_it_concerns_is_accepted(self) -> None:
        longest = tokens._LIFETIME_SECONDS * (1 + tokens._JITTER) + 2 * _LEEWAY_SECONDS
        assert timedelta(seconds=longest) < service.HOLDS


class TestRevokeUser:
    async def test_refuses_what_was_issued_until_now_whatever_the_clocks_say(self, database: Database) -> None:
        user_id = uuid4()

        async with database.transaction() as tx:
            await service.revoke_user(tx, user_id, reason="account_deleted")

        async with database.reads() as reads:
            [row] = await stored(reads, user_id)
        assert row.session_id is None
        assert row.not_before is not None
        assert row.not_before > datetime.now(UTC) + timedelta(seconds=20)


class TestRevokeKey:
    async def test_refuses_for_longer_than_sessions_and_names_nobody_whom_older_readers_would_refuse(
        self, database: Database
    ) -> None:
        async with database.transaction() as tx:
            await service.revoke_key(tx, "lost")

        nobody = UUID(int=0)
        async with database.reads() as reads:
            [row], [event] = await stored(reads, nobody), await recorded(reads, nobody)
            told = await service.list_after(reads, row.sequence - 1)
        assert (row.kid, row.session_id, row.not_before) == ("lost", nobody, None)
        assert row.until > datetime.now(UTC) + timedelta(days=80)
        assert (event.sequence, event.kid, event.reason) == (row.sequence, "lost", "key_revoked")
        assert row in told.items


class TestListAfter:
    async def test_leaves_out_what_no_token_is_concerned_by(self, database: Database) -> None:
        user_id = uuid4()
        async with database.transaction() as tx:
            await service.revoke_sessions(tx, [uuid4(), uuid4()], user_id=user_id, reason="signed_out")
            [first, second] = await stored(tx, user_id)
            old = update(RevocationRow).where(RevocationRow.sequence == first.sequence)
            await tx.execute(old.values(until=datetime.now(UTC) - timedelta(seconds=1)))

        async with database.transaction() as tx:
            told = await service.list_after(tx, first.sequence - 1)
            removed = await repository.remove_expired(tx)
            left = await stored(tx, user_id)

        assert [each.sequence for each in told.items if each.user_id == user_id] == [second.sequence]
        assert removed >= 1
        assert left == [second]


class TestCounter:
    async def test_would_leave_gaps_if_it_were_a_postgres_sequence(self, database: Database) -> None:
        """The control: what a verifier could not tell from a revocation that it has missed."""
        async with database.transaction() as tx:
            await tx.execute(text("create sequence numbers"))
            savepoint = await tx.begin_nested()
            await tx.execute(text("select nextval('numbers')"))
            await savepoint.rollback()
            assert await tx.scalar(text("select nextval('numbers')")) == 2
            await tx.execute(text("drop sequence numbers"))

    async def test_is_one_row(self, database: Database) -> None:
        with pytest.raises(Exception, match="is_one_row"):
            async with database.transaction() as tx:
                await tx.execute(text("insert into revocation_counter values (2, 0, gen_random_uuid())"))
