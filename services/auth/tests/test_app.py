import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from services.auth.tests.support import (
    APP,
    MIGRATIONS,
    PASSWORD,
    Line,
    Person,
    client_of,
    eventually,
    is_ready,
    running,
)
from tests.support.access import ROWS
from tests.support.belongings import filled

from auth_service.app import build
from auth_service.settings import Settings
from chassis import migrations

SIGN_IN = {"email": "ada@example.com", "password": PASSWORD}


def assert_unavailable(response: httpx.Response) -> None:
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "urn:problem:service-unavailable"
    assert int(response.headers["retry-after"]) >= 1
    assert response.headers["cache-control"] == "no-store"


class TestBuild:
    async def test_starts_without_postgres_and_is_ready_when_it_comes(
        self, settings: Settings, settings_for: Callable[..., Settings]
    ) -> None:
        async with (
            Line(settings.database.url.get_secret_value()) as line,
            running(build(settings_for(line.url))) as app,
            client_of(app) as client,
        ):
            assert (await client.get("/livez")).status_code == 200
            assert (await client.get("/readyz")).json()["missing"].keys() == {"database", "keys"}
            assert_unavailable(await client.post("/auth/login", json=SIGN_IN))
            assert_unavailable(await client.get("/.well-known/jwks.json"))

            await line.connect()

            await eventually(lambda: is_ready(app))
            assert (await client.post("/auth/login", json=SIGN_IN)).status_code == 401

    async def test_answers_in_time_when_postgres_does_not(self, settings_for: Callable[..., Settings]) -> None:
        silent: list[asyncio.StreamWriter] = []

        async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            silent.append(writer)

        async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as frozen:
            port = frozen.sockets[0].getsockname()[1]
            settings = settings_for(f"postgresql://nobody@127.0.0.1:{port}/daybook")
            async with running(build(settings)) as app, client_of(app) as client:
                started = time.perf_counter()
                assert_unavailable(await client.post("/auth/login", json=SIGN_IN))
                assert time.perf_counter() - started < 20  # seconds, of which a busy machine may waste many
            for writer in silent:
                writer.close()
        assert silent

    async def test_several_that_start_at_once_on_an_empty_database_agree_on_their_keys(
        self, empty_database_url: str, settings_for: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("auth_service.keys.pairs._BITS", 2048)  # quicker to make
        settings = settings_for(empty_database_url)
        await migrations.upgrade(settings.database, MIGRATIONS)

        async with (
            running(build(settings)) as one,
            running(build(settings)) as two,
            running(build(settings)) as three,
        ):
            apps = (one, two, three)
            for app in apps:
                await eventually(lambda app=app: has_two_keys(app))  # type: ignore[misc]

            assert len({app.state.keys.active[0] for app in apps}) == 1
            assert one.state.keys.published == two.state.keys.published == three.state.keys.published


async def has_two_keys(app: FastAPI) -> bool:
    return await is_ready(app) and len(app.state.keys.published["keys"]) == 2


class TestNotStored:
    @pytest.mark.parametrize(
        "method, path", [("GET", "/auth/me"), ("POST", "/auth/login"), ("GET", "/auth/nowhere"), ("GET", "/livez")]
    )
    async def test_no_answer_is_kept_by_a_cache(self, client: httpx.AsyncClient, method: str, path: str) -> None:
        response = await client.request(method, path)

        assert response.headers["cache-control"] == "no-store"


class TestDocument:
    @pytest.fixture
    def document(self, app: FastAPI) -> dict[str, Any]:
        return app.openapi()

    def statuses(self, document: dict[str, Any], method: str, path: str) -> set[int]:
        return {int(status) for status in document["paths"][path][method]["responses"]}

    def test_names_every_operation_for_good(self, document: dict[str, Any]) -> None:
        names = {
            f"{method.upper()} {path}": operation["operationId"]
            for path, operations in document["paths"].items()
            for method, operation in operations.items()
        }
        assert names == {
            "POST /auth/register": "register",
            "POST /auth/login": "login",
            "POST /auth/login/passkey/options": "ask_for_passkey",
            "POST /auth/login/passkey": "login_with_passkey",
            "POST /auth/refresh": "refresh",
            "POST /auth/logout": "logout",
            "GET /auth/me": "me",
            "PATCH /auth/me": "rename_me",
            "DELETE /auth/me": "delete_me",
            "POST /auth/password": "change_password",
            "POST /auth/password/forgot": "forgot_password",
            "POST /auth/password/reset": "reset_password",
            "POST /auth/email/verify": "verify_email",
            "POST /auth/email/verification": "ask_for_verification",
            "GET /auth/audit": "list_audit",
            "GET /auth/export": "export_account",
            "GET /auth/sessions": "list_sessions",
            "DELETE /auth/sessions": "end_other_sessions",
            "DELETE /auth/sessions/{session_id}": "end_session",
            "GET /auth/second-factor": "get_second_factor",
            "POST /auth/second-factor/totp": "begin_totp",
            "POST /auth/second-factor/totp/confirm": "confirm_totp",
            "POST /auth/second-factor/totp/remove": "remove_totp",
            "POST /auth/second-factor/recovery-codes": "renew_recovery_codes",
            "GET /auth/passkeys": "list_passkeys",
            "POST /auth/passkeys": "add_passkey",
            "POST /auth/passkeys/options": "begin_passkey",
            "POST /auth/passkeys/{passkey_id}/remove": "remove_passkey",
            "GET /auth/tokens": "list_api_tokens",
            "POST /auth/tokens": "make_api_token",
            "DELETE /auth/tokens/{token_id}": "revoke_api_token",
            "POST /auth/token": "exchange_api_token",
            "GET /internal/revocations": "list_revocations",
            "GET /internal/event-keys": "event_keys",
            "GET /.well-known/jwks.json": "jwks",
            "GET /auth/.well-known/jwks.json": "jwks_below_auth",
        }

    def test_describes_and_files_every_operation(self, document: dict[str, Any]) -> None:
        operations = [operation for path in document["paths"].values() for operation in path.values()]
        assert all(operation["description"] and operation["tags"] for operation in operations)

    @pytest.mark.parametrize(
        "method, path, expected",
        [
            ("post", "/auth/register", {201, 202, 400, 409, 413, 415, 422, 503, 504}),
            ("post", "/auth/login", {200, 400, 401, 403, 413, 415, 422, 429, 503, 504}),
            ("post", "/auth/refresh", {200, 204, 400, 401, 403, 413, 415, 422, 503, 504}),
            ("post", "/auth/logout", {204, 400, 403, 413, 415, 422, 503, 504}),
            ("get", "/auth/me", {200, 400, 401, 403, 413, 415, 422, 503, 504}),
        ],
    )
    def test_tells_every_status(self, document: dict[str, Any], method: str, path: str, expected: set[int]) -> None:
        assert self.statuses(document, method, path) == expected

    def test_says_what_opens_which_door(self, document: dict[str, Any]) -> None:
        assert document["paths"]["/auth/me"]["get"]["security"] == [{"HTTPBearer": []}]
        assert document["paths"]["/auth/email/verify"]["post"]["security"] == [{}, {"HTTPBearer": []}]
        assert document["paths"]["/auth/refresh"]["post"]["security"] == [{"RefreshCookie": []}]
        assert "security" not in document["paths"]["/auth/login"]["post"]

    def test_shows_no_origin_of_ours(self, document: dict[str, Any]) -> None:
        assert APP not in str(document)


@pytest.fixture(scope="module")
async def narrow(settings: Settings) -> AsyncIterator[FastAPI]:
    one = settings.database.model_copy(update={"pool_size": 1, "max_overflow": 0})
    async with running(build(settings.model_copy(update={"database": one}))) as app:
        await eventually(lambda: is_ready(app))
        yield app


OURS = {operation: row for operation, row in ROWS.items() if operation[1].startswith(("/auth", "/.well-known"))}


class TestConnections:
    """Where as many requests come as there are connections, one that wants a second one waits for itself."""

    @pytest.mark.parametrize("operation", OURS, ids=" ".join)
    async def test_one_is_enough(self, narrow: FastAPI, operation: tuple[str, str]) -> None:
        (method, path), row = operation, OURS[operation]
        async with client_of(narrow) as client:
            person = Person(client)
            assert (await person.register()).status_code == 201
            things = {"email": person.email, "new_email": Person(client).email, "token": "no such token"}
            things |= {name: str(uuid4()) for name in ("passkey_id", "token_id", "session_id")}

            answer = await client.request(
                method,
                filled(path, things),
                params=filled(dict(row.query), things),
                json=filled(row.body, things),
                headers={} if row.key in {"nothing", "cookie"} else person.bearer,
            )

            # What it names may be missing here; what serves it is not.
            assert answer.status_code in row.ok | {401, 404}, answer.text
