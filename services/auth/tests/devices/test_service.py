from uuid import UUID, uuid4

from fastapi import FastAPI
from services.auth.tests.mailbox import Mailbox
from services.auth.tests.support import Person, client_of
from sqlalchemy import func, select

from auth_service.devices import service
from auth_service.devices.models import KnownDeviceRow
from chassis.database import Database

NOTICE = "New sign-in to your Daybook account"


async def remember(database: Database, user_id: UUID, secret: str) -> bool:
    async with database.transaction() as tx:
        return await service.remember(tx, user_id, secret)


class TestRemember:
    async def test_tells_of_a_new_browser_once(self, person: Person, database: Database) -> None:
        assert await remember(database, person.id, "a new one")
        assert not await remember(database, person.id, "a new one")

    async def test_does_not_tell_again_and_again_of_a_script_without_cookies(
        self, person: Person, database: Database
    ) -> None:
        told = [await remember(database, person.id, f"browser {number}") for number in range(60)]

        assert sum(told) <= 4
        async with database.reads() as reads:
            known = select(func.count()).where(KnownDeviceRow.user_id == person.id)
            assert (await reads.scalar(known) or 0) <= 51


class TestIsKnown:
    async def test_is_about_one_account(self, person: Person, database: Database) -> None:
        await remember(database, person.id, "secret")
        async with database.reads() as reads:
            assert await service.is_known(reads, person.id, "secret")
            assert not await service.is_known(reads, uuid4(), "secret")
            assert not await service.is_known(reads, None, "secret")
        assert service.hash_of(person.id, "secret") != service.hash_of(uuid4(), "secret")


class TestNotice:
    async def test_comes_from_a_new_browser_and_not_from_one_that_was_here_before(
        self, person: Person, app: FastAPI
    ) -> None:
        await person.sign_in()
        assert NOTICE not in await Mailbox(app).subjects(person.email)

        async with client_of(app) as elsewhere:
            await Person(elsewhere, email=person.email).sign_in()

        mailbox = Mailbox(app)
        assert (await mailbox.subjects(person.email)).count(NOTICE) == 1
