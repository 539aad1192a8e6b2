import httpx
import pytest
from fastapi import FastAPI
from services.auth.tests.support import APP, Person, client_of, exchanged
from sqlalchemy import select

from auth_service.sessions.models import SessionRow
from auth_service.settings import Settings
from chassis.database import Database

COOKIE_ENDPOINTS = pytest.mark.parametrize("path", ["/auth/refresh", "/auth/logout"])


async def post(app: FastAPI, path: str, token: str, headers: dict[str, str]) -> httpx.Response:
    """A request with these headers and no others."""
    async with client_of(app) as client:
        client.headers.clear()
        return await client.post(path, content="{}", headers={"Cookie": f"__Host-daybook_refresh={token}", **headers})


class TestCookieGuards:
    @COOKIE_ENDPOINTS
    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.test"},
            {"Origin": "null"},
            {"Origin": ""},
            {"Origin": f"{APP}.evil.test"},
            {"Origin": APP.replace("https", "http")},
            {"Origin": f"{APP}:8443"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-origin"},
            {"Referer": f"{APP}/"},
        ],
        ids=str,
    )
    async def test_refuse_a_page_that_is_not_ours(
        self, app: FastAPI, person: Person, path: str, headers: dict[str, str]
    ) -> None:
        response = await post(app, path, person.refresh_token, {"Content-Type": "application/json", **headers})

        assert response.status_code == 403
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["type"] == "urn:problem:origin-not-allowed"
        assert "set-cookie" not in response.headers
        assert (await person.me()).status_code == 200

    @COOKIE_ENDPOINTS
    @pytest.mark.parametrize(
        "headers",
        [{}, {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}],
        ids=str,
    )
    async def test_refuse_what_a_form_could_send(
        self, app: FastAPI, person: Person, path: str, headers: dict[str, str]
    ) -> None:
        response = await post(app, path, person.refresh_token, {"Origin": APP, **headers})

        assert response.status_code == 415
        assert response.json()["type"] == "urn:problem:json-required"
        assert (await person.me()).status_code == 200

    @COOKIE_ENDPOINTS
    @pytest.mark.parametrize("headers", [{"Origin": APP}, {}], ids=["our page", "no browser"])
    async def test_let_through_our_pages_and_programs(
        self, app: FastAPI, person: Person, path: str, headers: dict[str, str]
    ) -> None:
        json = {"Content-Type": "application/json; charset=utf-8"}
        assert (await post(app, path, person.refresh_token, {**json, **headers})).is_success


class TestCallingClient:
    @pytest.mark.parametrize("trusted, address", [(True, "203.0.113.7"), (False, "192.0.2.1")])
    async def test_is_who_the_gateway_says_if_the_gateway_is_trusted(
        self, app: FastAPI, database: Database, trusted: bool, address: str
    ) -> None:
        settings: Settings = app.state.settings
        firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        with exchanged(app, "settings", settings.model_copy(update={"trust_forwarded": trusted})):
            async with client_of(app, **{"X-Forwarded-For": "203.0.113.7", "User-Agent": firefox}) as client:
                person = Person(client)
                await person.register()

        async with database.reads() as reads:
            row = select(SessionRow.device, SessionRow.address).where(SessionRow.user_id == person.id)
            assert (await reads.execute(row)).one() == ("Firefox on Linux", address)
