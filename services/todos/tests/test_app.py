import asyncio
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from services.todos.tests.support import (
    EVERY_DOOR,
    EVERY_ENDPOINT,
    AddTodo,
    SignIn,
    Start,
    Todo,
    all_at_once,
    eventually,
    is_ready,
    running,
    slug,
)
from sqlalchemy import text
from tests.support.faults import faults_before
from tests.support.servers import Service, revocations, revoked_key, serving
from tests.support.stopwatch import stopwatch
from tests.support.tokens import FORGERIES, Forgery, Issuer, SignToken

from chassis.database import Database
from chassis.settings import DatabaseSettings, RevocationSettings
from todos_service.app import build
from todos_service.settings import Settings


def through(settings: Settings, port: int) -> DatabaseSettings:
    """The same database, reached by another port."""
    address = urlsplit(settings.database.url.get_secret_value())
    credentials = address.netloc.rpartition("@")[0]
    there = address._replace(netloc=f"{credentials}@127.0.0.1:{port}").geturl()
    return settings.database.model_copy(update={"url": SecretStr(there)})


def address_of(settings: Settings) -> tuple[str, int]:
    address = urlsplit(settings.database.url.get_secret_value())
    return address.hostname or "127.0.0.1", address.port or 5432


class TestTokens:
    @pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
    async def test_that_are_forged_open_nothing(
        self, client: httpx.AsyncClient, user_id: UUID, todo: Todo, token_issuer: Issuer, forge: Forgery
    ) -> None:
        client.headers["Authorization"] = f"Bearer {forge(token_issuer, user_id)}"

        for endpoint in EVERY_DOOR:
            response = await endpoint.call(client, todo["id"])

            assert response.status_code == 401
            assert slug(response) == "unauthenticated"
            assert todo["title"] not in response.text

    @pytest.mark.parametrize(
        "credentials", ["Bearer", "Bearer  ", "Basic dXNlcjpwYXNz", "Bearer a.b.c", "nonsense", ""]
    )
    async def test_that_are_none_open_nothing(self, client: httpx.AsyncClient, credentials: str) -> None:
        client.headers["Authorization"] = credentials

        assert (await client.get("/todos")).status_code == 401


def with_auth_at(settings: Settings, port: int) -> Settings:
    tokens = settings.tokens.model_copy(update={"jwks_url": f"http://127.0.0.1:{port}/jwks.json"})
    revocations = RevocationSettings(url=f"http://127.0.0.1:{port}/revocations.json")
    return settings.model_copy(update={"tokens": tokens, "revocations": revocations})


class TestReadiness:
    async def test_waits_for_the_keys_that_prove_tokens_and_then_needs_auth_no_more(
        self, settings: Settings, token_issuer: Issuer, sign_in: SignIn
    ) -> None:
        auth = Service()
        async with serving(auth) as port:
            app = build(with_auth_at(settings, port))
            async with running(app):
                client = sign_in(to=app)
                before = await client.get("/readyz")
                while_unknown = await client.get("/todos")
                auth.jwks = {"keys": [token_issuer.public_jwk]}
                await eventually(lambda: is_ready(app))
                ready = await client.get("/readyz")
                auth.jwks = {}
                served = await client.get("/todos")
                still_ready = await client.get("/readyz")

        missing = {"token_keys": "ServiceUnavailable", "revocations": "ServiceUnavailable"}
        assert (before.status_code, before.json()["missing"]) == (503, missing)
        assert (while_unknown.status_code, while_unknown.headers["retry-after"]) == (503, "1")
        assert [answer.status_code for answer in (ready, served, still_ready)] == [200, 200, 200]

    async def test_serves_on_when_auth_has_gone_away(
        self, settings: Settings, token_issuer: Issuer, sign_in: SignIn
    ) -> None:
        async with serving(Service(jwks={"keys": [token_issuer.public_jwk]})) as port:
            app = build(with_auth_at(settings, port))
            lifespan = app.router.lifespan_context(app)
            await lifespan.__aenter__()
            await eventually(lambda: is_ready(app))
        try:
            written = await sign_in(to=app).post("/todos", json={"title": "Water the plants"})
            ready = await sign_in(to=app).get("/readyz")
        finally:
            await lifespan.__aexit__(None, None, None)

        assert (written.status_code, ready.status_code) == (201, 200)


class TestRevokedToken:
    async def test_opens_nothing_before_it_expires(
        self, settings: Settings, token_issuer: Issuer, sign_in: SignIn, sign_token: SignToken
    ) -> None:
        user_id, session_id = uuid4(), uuid4()
        auth = Service(jwks={"keys": [token_issuer.public_jwk]}, revocations={})
        async with serving(auth) as port, running(build(with_auth_at(settings, port))) as app:
            client = sign_in(to=app)
            client.headers["Authorization"] = f"Bearer {sign_token(user_id, sid=str(session_id))}"
            too_early = await client.get("/todos")
            auth.revocations = revocations()
            await eventually(lambda: is_ready(app))
            before = await client.get("/todos")
            auth.revocations = revocations(session_id)
            async with asyncio.timeout(30):
                while (after := await client.get("/todos")).status_code == 200:  # noqa: ASYNC110 (it tells nobody)
                    await asyncio.sleep(0.05)
            elsewhere = await sign_in(user_id, to=app).get("/todos")

        assert (too_early.status_code, before.status_code, elsewhere.status_code) == (503, 200, 200)
        assert (after.status_code, slug(after)) == (401, "unauthenticated")


class TestRevokedKey:
    async def test_opens_nothing_although_it_is_still_published_and_its_tokens_are_remembered(
        self, settings: Settings, token_issuer: Issuer, sign_in: SignIn
    ) -> None:
        auth = Service(jwks={"keys": [token_issuer.public_jwk]}, revocations=revocations())
        async with serving(auth) as port:
            async with running(build(with_auth_at(settings, port))) as app:
                client = sign_in(to=app)
                await eventually(lambda: is_ready(app))
                before = await client.get("/todos")
                auth.revocations = revoked_key(token_issuer.kid)
                async with asyncio.timeout(30):
                    while (after := await client.get("/todos")).status_code == 200:  # noqa: ASYNC110 (it tells nobody)
                        await asyncio.sleep(0.05)
            async with running(build(with_auth_at(settings, port))) as restarted:
                client = sign_in(to=restarted)
                seen = {(await client.get("/todos")).status_code}
                await eventually(lambda: is_ready(restarted))
                seen.add((await client.get("/todos")).status_code)

        assert (before.status_code, after.status_code, slug(after)) == (200, 401, "unauthenticated")
        assert seen in ({503, 401}, {401})


@pytest.mark.promise("P13")
class TestDatabaseAway:
    async def test_is_answered_with_503_and_ends_by_itself(
        self, start: Start, settings: Settings, sign_in: SignIn, user_id: UUID, todo: Todo
    ) -> None:
        async with faults_before(*address_of(settings)) as proxy, start(database=through(settings, proxy.port)) as app:
            client = sign_in(user_id, to=app)
            assert (await client.get("/todos")).status_code == 200

            await proxy.refuse()
            away = [await endpoint.call(client, todo["id"]) for endpoint in EVERY_DOOR]
            not_ready = await client.get("/readyz")
            live = await client.get("/livez")
            await proxy.start()
            back = await client.get("/todos")

        assert [(answer.status_code, slug(answer)) for answer in away] == [(503, "service-unavailable")] * len(away)
        assert all(int(answer.headers["retry-after"]) >= 1 for answer in away)
        assert "database" in not_ready.json()["missing"]
        assert live.status_code == 200
        assert [todo["id"] for todo in back.json()["items"]] == [todo["id"]]

    async def test_that_says_nothing_is_answered_with_503_within_two_seconds(
        self, start: Start, settings: Settings, sign_in: SignIn, user_id: UUID, todo: Todo
    ) -> None:
        async with faults_before(*address_of(settings)) as proxy, start(database=through(settings, proxy.port)) as app:
            client = sign_in(user_id, to=app)
            assert (await client.get("/todos")).status_code == 200

            proxy.silence()
            async with stopwatch() as watch:
                hanging = await all_at_once([endpoint.call(client, todo["id"]) for endpoint in EVERY_DOOR])
            proxy.speak()
            back = await client.get("/todos")

        assert {(answer.status_code, slug(answer)) for answer in hanging} == {(503, "service-unavailable")}
        assert watch.seconds < 2
        assert [each["id"] for each in back.json()["items"]] == [todo["id"]]

    async def test_when_its_connections_are_ended_is_over_after_one_answer(
        self, start: Start, sign_in: SignIn, database: Database
    ) -> None:
        async with start() as app:
            client = sign_in(to=app)
            await client.get("/todos")
            async with app.state.database.reads() as reads:
                process = await reads.scalar(text("SELECT pg_backend_pid()"))
            async with database.reads() as reads:
                await reads.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})

            answers = [await client.get("/todos") for _ in range(3)]

        assert {answer.status_code for answer in answers} <= {200, 503}
        assert answers[-1].status_code == 200


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for method, operation in path.items()
        if method in {"get", "put", "post", "patch", "delete"}
    }


class TestDescription:
    def test_names_every_operation(self, document: dict[str, Any]) -> None:
        assert operations(document).keys() == {
            "list_todos",
            "create_todo",
            "get_todo",
            "update_todo",
            "patch_todo",
            "delete_todo",
            "toggle_todo",
            "list_trash",
            "restore_todo",
            "list_history",
            "undo_change",
            "change_todos",
            "export_todos",
            "import_todos",
            "make_calendar",
            "get_calendar",
            "revoke_calendar",
            "read_calendar",
            "list_changes",
            "carry_out_operations",
            "stream_heads",
        }
        assert all(operation["description"] for operation in operations(document).values())

    @pytest.mark.parametrize(
        "name, statuses",
        [
            ("list_todos", {"200", "304"}),
            ("create_todo", {"200", "201", "409", "410"}),
            ("get_todo", {"200", "304", "404"}),
            ("update_todo", {"200", "404", "409", "410", "412", "428"}),
            ("patch_todo", {"200", "404", "409", "410", "412", "428"}),
            ("delete_todo", {"204", "404", "409", "410", "412", "428"}),
            ("toggle_todo", {"200", "404", "409", "410", "412", "428"}),
            ("list_trash", {"200"}),
            ("restore_todo", {"200", "404", "409", "410", "412"}),
            ("list_history", {"200", "404"}),
            ("undo_change", {"200", "204", "404", "409", "410"}),
            ("change_todos", {"200", "410"}),
            ("export_todos", {"200"}),
            ("import_todos", {"200", "410"}),
        ],
    )
    def test_names_every_status(self, document: dict[str, Any], name: str, statuses: set[str]) -> None:
        anywhere = {"400", "401", "403", "413", "415", "422", "500", "503", "504"}

        assert operations(document)[name]["responses"].keys() == statuses | anywhere

    def test_says_which_problem_each_status_is(self, document: dict[str, Any]) -> None:
        for operation in operations(document).values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    examples = response["content"]["application/problem+json"]["examples"]
                    assert examples, (operation["operationId"], status)

    def test_names_the_headers(self, document: dict[str, Any]) -> None:
        described = operations(document)

        assert described["list_todos"]["responses"]["200"]["headers"].keys() == {"ETag", "Link"}
        assert described["create_todo"]["responses"]["201"]["headers"].keys() == {"ETag", "Location"}
        assert described["get_todo"]["responses"]["304"]["headers"].keys() == {"ETag"}
        for name in ("update_todo", "patch_todo", "toggle_todo"):
            assert described[name]["responses"]["200"]["headers"].keys() == {"ETag"}

    def test_has_no_defaults_for_fields_that_are_kept_when_left_out(self, document: dict[str, Any]) -> None:
        for name in ("TodoUpdate", "TodoPatch"):
            properties = document["components"]["schemas"][name]["properties"]
            assert not [field for field, schema in properties.items() if "default" in schema]

    async def test_of_a_todo_is_what_is_sent(
        self, document: dict[str, Any], client: httpx.AsyncClient, add_todo: AddTodo
    ) -> None:
        """Neither more nor fewer fields, in every answer that holds a todo."""
        todo = await add_todo(due={"date": "2026-11-22"})
        listed = (await client.get("/todos")).json()["items"][0]
        conflict = (await client.put(f"/todos/{todo['id']}", json={"title": "x", "version": 9})).json()["current"]
        schema = document["components"]["schemas"]["TodoOut"]

        for sent in (todo, listed, conflict):
            assert sent.keys() == schema["properties"].keys() == set(schema["required"])


class TestAddresses:
    @pytest.mark.parametrize(
        "method, path, allowed",
        [
            ("POST", "/todos/01939b4c-4a6e-7b3c-9d55-0f6a2b1c3d4e", {"GET", "HEAD", "PUT", "PATCH", "DELETE"}),
            ("DELETE", "/todos", {"GET", "HEAD", "POST"}),
            ("GET", "/todos/01939b4c-4a6e-7b3c-9d55-0f6a2b1c3d4e/toggle", {"PATCH"}),
            *((method, "/todos/bulk", {"POST"}) for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")),
            *((method, "/todos/trash", {"GET", "HEAD"}) for method in ("POST", "PUT", "PATCH", "DELETE")),
            *((method, "/todos/export", {"GET", "HEAD"}) for method in ("POST", "PUT", "PATCH", "DELETE")),
            *((method, "/todos/import", {"POST"}) for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE")),
            *((method, "/todos/calendar", {"GET", "HEAD", "POST", "DELETE"}) for method in ("PUT", "PATCH")),
        ],
    )
    async def test_say_which_methods_they_answer(
        self, client: httpx.AsyncClient, method: str, path: str, allowed: set[str]
    ) -> None:
        response = await client.request(method, path)

        assert response.status_code == 405
        assert set(response.headers["allow"].split(", ")) == allowed
        assert method == "HEAD" or slug(response) == "method-not-allowed"

    @pytest.mark.parametrize("path", ["/", "/todos/", "/todo", "/docs", "/redoc"])
    async def test_that_are_not_ours_are_problems(self, client: httpx.AsyncClient, path: str) -> None:
        assert slug(await client.get(path)) == "not-found"


class TestBodies:
    async def test_of_more_than_256_kib_are_refused(self, client: httpx.AsyncClient) -> None:
        response = await client.post("/todos", json={"title": "x", "description": "x" * 256 * 1024})

        assert slug(response) == "content-too-large"

    @pytest.mark.parametrize("field", ["title", "description", "position"])
    @pytest.mark.parametrize("method, path", [("POST", "/todos"), ("PUT", "/todos/{id}"), ("PATCH", "/todos/{id}")])
    async def test_with_half_a_character_are_refused_in_every_text(
        self, client: httpx.AsyncClient, todo: Todo, field: str, method: str, path: str
    ) -> None:
        fields = {"title": '"x"', field: '"\\ud800"'}
        body = "{" + ",".join(f'"{name}":{value}' for name, value in fields.items()) + "}"

        response = await client.request(
            method,
            path.replace("{id}", todo["id"]),
            content=body.encode(),
            headers={"Content-Type": "application/json"} | ({} if method == "POST" else {"If-Match": '"v1"'}),
        )

        assert slug(response) == "invalid-request"
        assert response.json()["errors"][0]["pointer"] == f"#/{field}"

    @pytest.mark.parametrize(
        "body, pointer",
        [
            (b'{"title": "x", "tags": ["\\udfff"]}', "#/tags/0"),
            (b'{"title": "x", "due": {"at": "2026-11-22T17:30:00Z", "zone": "\\ud800"}}', "#/due/zone"),
            (b'{"title": "x", "due": {"date": "\\ud800"}}', "#/due/date"),
            (b'{"title": "x", "recurrence": {"rule": "\\ud800"}}', "#/recurrence/rule"),
            (b'{"title": "x", "priority": "\\ud800"}', "#/priority"),
            (b'{"title": "x", "id": "\\ud800"}', "#/id"),
        ],
    )
    async def test_with_half_a_character_are_refused_further_down(
        self, client: httpx.AsyncClient, body: bytes, pointer: str
    ) -> None:
        response = await client.post("/todos", content=body, headers={"Content-Type": "application/json"})

        assert slug(response) == "invalid-request"
        assert response.json()["errors"][0]["pointer"] == pointer


class TestConnections:
    async def test_have_the_time_limits_of_their_role(self, database: Database) -> None:
        async with database.reads() as reads:
            limits = [await reads.scalar(text(f"SHOW {name}")) for name in ("statement_timeout", "lock_timeout")]

        assert limits == ["3s", "1s"]

    async def test_must_fit_into_the_server(self, settings: Settings, start: Start, sign_in: SignIn) -> None:
        too_many = settings.database.model_copy(update={"max_overflow": 100_000})
        async with start(database=too_many) as app:
            response = await sign_in(to=app).get("/readyz")

        assert response.status_code == 503
        assert response.json()["missing"]["connections"] == "PoolTooLargeError"

    async def test_one_is_enough(self, settings: Settings, start: Start, sign_in: SignIn) -> None:
        """Where as many requests come as there are connections, one that wants a second one waits for itself."""
        one = settings.database.model_copy(update={"pool_size": 1, "max_overflow": 0})
        async with start(database=one) as app:
            client = sign_in(to=app)
            todo = (await client.post("/todos", json={"title": "Water the plants"})).json()
            answers = [(endpoint, await endpoint.call(client, todo["id"])) for endpoint in EVERY_ENDPOINT]
            exported = await client.get("/todos/export")
            imported = await client.post("/todos/import", content=exported.content)

        assert [(endpoint.method, endpoint.path) for endpoint, answer in answers if answer.status_code >= 500] == []
        assert (exported.status_code, imported.status_code) == (200, 200)


class TestEndpoints:
    def test_are_all_known_to_these_tests(self, app: FastAPI) -> None:
        """What is tried here with no token, with a forged one, and without a database, is everything there is."""
        said = {(method.upper(), path) for path, operations in app.openapi()["paths"].items() for method in operations}

        assert said - {("GET", "/calendar/{secret}.ics")} == {
            (endpoint.method, endpoint.path.partition("?")[0]) for endpoint in EVERY_DOOR
        }
