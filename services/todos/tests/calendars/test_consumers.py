from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from services.todos.tests.support import execute

from chassis.database import Database
from chassis.messaging.consumers import Consumers
from chassis.messaging.events import Envelope
from contracts.users import UserReclaimed
from todos_service.calendars import consumers

WEEK = timedelta(days=7)


async def reclaim(
    database: Database, user_id: UUID, *, within: timedelta | None = WEEK, ago: timedelta = timedelta()
) -> None:
    handlers, at = Consumers(), datetime.now(UTC) - ago
    consumers.add_to(handlers)
    event = UserReclaimed(user_id=user_id, since=at - within if within else None, at=at)
    await handlers.handle(database, Envelope.wrap(event, source="auth"))


async def is_there(client: httpx.AsyncClient) -> bool:
    return (await client.get("/todos/calendar")).json()["created_at"] is not None


@pytest.fixture
async def link(client: httpx.AsyncClient) -> str:
    """Of a calendar that was just made."""
    made = await client.post("/todos/calendar")
    assert made.status_code == 201, made.text
    return str(made.json()["url"]).partition(".test")[2]


class TestRevokeLink:
    async def test_ends_what_was_made_lately(
        self, database: Database, client: httpx.AsyncClient, user_id: UUID, link: str
    ) -> None:
        await reclaim(database, user_id)

        assert not await is_there(client)
        assert (await client.get(link)).status_code == 404

    @pytest.mark.usefixtures("link")
    @pytest.mark.parametrize("within, stays", [(WEEK, True), (None, False)])
    async def test_leaves_what_is_older_unless_it_is_everything(
        self, database: Database, client: httpx.AsyncClient, user_id: UUID, within: timedelta | None, stays: bool
    ) -> None:
        aged = "UPDATE calendars SET created_at = now() - interval '8 days' WHERE owner_id = :owner"
        await execute(database, aged, owner=user_id)

        await reclaim(database, user_id, within=within)

        assert await is_there(client) is stays

    @pytest.mark.usefixtures("link")
    async def test_leaves_what_the_owner_made_before_the_event_came(
        self, database: Database, client: httpx.AsyncClient, user_id: UUID
    ) -> None:
        await reclaim(database, user_id, ago=timedelta(hours=1))

        assert await is_there(client)

    @pytest.mark.usefixtures("link")
    async def test_ends_what_an_intruder_made_in_the_last_moment(
        self, database: Database, client: httpx.AsyncClient, user_id: UUID
    ) -> None:
        await reclaim(database, user_id, ago=timedelta(seconds=2))

        assert not await is_there(client)
