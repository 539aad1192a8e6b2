from services.auth.tests.support import COOKIE, Person
from sqlalchemy import select
from structlog.testing import capture_logs

from auth_service.sessions.models import SessionRow
from chassis.database import Database


class TestLogout:
    async def test_ends_the_session_for_both_tokens(self, person: Person, database: Database) -> None:
        token = person.refresh_token

        with capture_logs() as lines:
            response = await person.client.post("/auth/logout", content="{}")

        assert response.status_code == 204
        assert response.content == b""
        assert "content-type" not in response.headers
        assert (await person.me()).status_code == 401
        assert (await person.refresh(token)).status_code == 401
        async with database.reads() as reads:
            ended = select(SessionRow.end_reason).where(
                SessionRow.user_id == person.id, SessionRow.ended_at.is_not(None)
            )
            assert await reads.scalar(ended) == "signed_out"
        [line] = [line for line in lines if line["event"] == "session.ended"]
        assert (line["user_id"], line["reason"]) == (person.id, "signed_out")

    async def test_takes_the_cookie_away(self, person: Person) -> None:
        response = await person.client.post("/auth/logout", content="{}")

        assert f'{COOKIE}=""' in response.headers["set-cookie"]
        assert "Max-Age=0" in response.headers["set-cookie"]
        assert COOKIE not in person.client.cookies

    async def test_twice_without_a_cookie_or_with_nonsense_is_fine(self, person: Person) -> None:
        token = person.refresh_token
        for cookie in (token, token, None, "nonsense"):
            person.client.cookies.clear()
            if cookie:
                person.hold(cookie)
            assert (await person.client.post("/auth/logout", content="{}")).status_code == 204

    async def test_works_with_a_token_that_was_replaced(self, person: Person) -> None:
        old = person.refresh_token
        await person.refresh()
        person.hold(old)

        await person.client.post("/auth/logout", content="{}")

        assert (await person.me()).status_code == 401

    async def test_leaves_other_sessions_alone(self, person: Person) -> None:
        first, bearer = person.refresh_token, person.bearer
        await person.sign_in()

        await person.client.post("/auth/logout", content="{}")

        assert (await person.client.get("/auth/me", headers=bearer)).status_code == 200
        assert (await person.refresh(first)).status_code == 200
