from email.message import EmailMessage
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, update

from auth_service.mail import service
from auth_service.mail.kinds import Template
from auth_service.mail.models import MailRow
from auth_service.mail.post import UndeliverableError
from chassis.database import Database

LINK = "https://app.test/reset#token=canary"


class Server:
    """A mail server that fails as often as it is told to."""

    def __init__(self, *failures: Exception) -> None:
        self.failures, self.taken = list(failures), list[EmailMessage]()

    async def send(self, message: EmailMessage) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append(message)

    def of(self, address: str) -> list[EmailMessage]:
        return [message for message in self.taken if message["To"] == address]


@pytest.fixture
async def address(app: FastAPI) -> str:
    """Somebody for whom one mail waits, and nothing else does."""
    database: Database = app.state.database
    while await service.deliver_one(database, Server(), app.state.settings):
        continue
    address = f"{uuid4().hex}@example.com"
    async with database.transaction() as tx:
        await service.enqueue(tx, Template.PASSWORD_RESET, address, link=LINK)
    return address


async def waiting(database: Database) -> int:
    async with database.reads() as reads:
        return await reads.scalar(select(func.count()).where(MailRow.expires_at > func.now())) or 0


class TestEnqueue:
    async def test_leaves_nothing_to_read_in_the_table(self, database: Database, address: str) -> None:
        async with database.reads() as reads:
            stored = (await reads.execute(select(MailRow).order_by(MailRow.created_at.desc()).limit(1))).one()

        assert address not in str(stored)
        assert "canary" not in str(stored)

    async def test_is_undone_with_its_transaction(self, database: Database, address: str) -> None:
        assert address
        before = await waiting(database)
        with pytest.raises(RuntimeError):
            async with database.transaction() as tx:
                await service.enqueue(tx, Template.PASSWORD_RESET, "nobody@example.com", link=LINK)
                raise RuntimeError

        assert await waiting(database) == before


class TestDeliverOne:
    async def test_sends_once(self, app: FastAPI, database: Database, address: str) -> None:
        server = Server()
        while await service.deliver_one(database, server, app.state.settings):
            continue

        [message] = server.of(address)
        body = message.get_body(("plain",))
        assert body is not None
        assert LINK in body.get_content()
        assert not await waiting(database)

    async def test_tries_again_later_with_the_same_id(self, app: FastAPI, database: Database, address: str) -> None:
        server = Server(ConnectionRefusedError())
        assert await service.deliver_one(database, server, app.state.settings)
        assert not await service.deliver_one(database, server, app.state.settings)
        assert await waiting(database) == 1

        async with database.transaction() as tx:
            await tx.execute(update(MailRow).values(due_at=func.now()))
        await service.deliver_one(database, server, app.state.settings)

        assert len(server.of(address)) == 1
        assert not await waiting(database)

    async def test_gives_up_what_will_never_be_taken(self, app: FastAPI, database: Database, address: str) -> None:
        assert address
        assert await service.deliver_one(database, Server(UndeliverableError()), app.state.settings)

        assert not await waiting(database)

    async def test_sends_nothing_that_is_worth_nothing_any_more(
        self, app: FastAPI, database: Database, address: str
    ) -> None:
        async with database.transaction() as tx:
            await tx.execute(update(MailRow).values(expires_at=func.now()))

        server = Server()
        assert not await service.deliver_one(database, server, app.state.settings)
        assert server.of(address) == []
