from datetime import timedelta
from uuid import UUID

import pytest
from services.auth.tests.support import Person
from sqlalchemy import func, select, update

from auth_service.sessions import repository, service
from auth_service.sessions.clients import Client
from auth_service.sessions.models import SessionRow
from auth_service.sessions.tokens import RefreshToken
from chassis.database import Database
from chassis.problems import Unauthenticated


async def sessions_that_expired(database: Database, user_id: UUID, *ages: timedelta) -> list[UUID]:
    tokens = [RefreshToken.first() for _ in ages]
    async with database.transaction() as tx:
        for token, age in zip(tokens, ages, strict=True):
            await repository.add(tx, token, user_id=user_id, client=Client(None, None))
            expired = update(SessionRow).where(SessionRow.id == token.session_id)
            await tx.execute(expired.values(expires_at=func.now() - age))
    return [token.session_id for token in tokens]


class TestRemoveOld:
    async def test_removes_what_expired_a_month_ago_batch_by_batch_and_nothing_else(
        self, database: Database, person: Person
    ) -> None:
        day = timedelta(days=1)
        old = await sessions_that_expired(database, person.id, 31 * day, 40 * day, 400 * day)
        recent = await sessions_that_expired(database, person.id, 29 * day, -day)

        assert await service.remove_old(database, batch=2) >= 3

        async with database.reads() as reads:
            left = set(await reads.scalars(select(SessionRow.id).where(SessionRow.user_id == person.id)))
        assert left.isdisjoint(old)
        assert left >= set(recent)


class TestRequireLive:
    async def test_refuses_a_session_that_has_expired(self, database: Database, person: Person) -> None:
        expired, live = await sessions_that_expired(database, person.id, timedelta(seconds=1), -timedelta(hours=1))
        async with database.reads() as reads:
            await service.require_live(reads, live)
            with pytest.raises(Unauthenticated):
                await service.require_live(reads, expired)
