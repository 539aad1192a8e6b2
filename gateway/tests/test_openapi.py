from typing import Any

import pytest
from tests.support.servers import Run, Service

from chassis.problems import BadRequest, MethodNotAllowed
from gateway import cors, table
from gateway.errors import VersionNotSupported
from gateway.openapi import merge

_ROUTES = table.read().routes


def operation(name: str, schema: str | None = None, **more: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}} if schema else {}
    return {"operationId": name, "responses": {"200": {"description": "fine", "content": content}}, **more}


def described(paths: dict[str, Any], **components: Any) -> dict[str, Any]:
    return {"paths": paths, "components": components, "tags": []}


def merged(**services: dict[str, Any]) -> dict[str, Any]:
    return merge(services, _ROUTES, public_url="https://api.test")


class TestMerge:
    def test_has_what_can_be_reached_and_nothing_else(self) -> None:
        document = merged(
            auth=described({path: {"get": operation(path)} for path in ("/auth/me", "/internal/x", "/livez")}),
            todos=described({path: {"get": operation(path)} for path in ("/todos/{id}", "/auth/me2", "/metrics")}),
        )
        assert set(document["paths"]) == {"/auth/me", "/todos/{id}"}
        assert document["servers"] == [{"url": "https://api.test"}]
        assert document["openapi"].startswith("3.1")

    def test_says_what_pages_of_other_origins_may_do(self) -> None:
        said = merged(todos=described({}))["info"]["description"]
        told = dict(cors.PREFLIGHT)[b"access-control-allow-headers"].decode().split(", ")
        assert all(f"`{name}`" in said for name in (*told, *cors.EXPOSED_HEADERS))

    def test_says_what_is_answered_to_what_is_no_operation(self) -> None:
        said = merged(todos=described({}))["info"]["description"]
        for problem in (MethodNotAllowed, BadRequest, VersionNotSupported):
            assert f"{problem.status} `{problem.slug}`" in " ".join(said.split())

    def test_keeps_components_of_the_same_name_apart(self) -> None:
        page = {"properties": {"items": {"items": {"$ref": "#/components/schemas/Item"}}}}
        document = merged(
            auth=described(
                {"/auth/sessions": {"get": operation("list", "Page")}},
                schemas={"Page": page, "Item": {"title": "Session"}, "Same": {"type": "string"}},
            ),
            todos=described(
                {"/todos": {"get": operation("list", "Page")}},
                schemas={"Page": page, "Item": {"title": "Todo"}, "Same": {"type": "string"}},
            ),
        )
        schemas = document["components"]["schemas"]
        assert set(schemas) == {"Page", "Item", "Same", "todos.Page", "todos.Item"}
        answer = document["paths"]["/todos"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        # Page reads alike in both, but means another Item.
        assert answer == {"$ref": "#/components/schemas/todos.Page"}
        assert schemas["todos.Page"]["properties"]["items"]["items"] == {"$ref": "#/components/schemas/todos.Item"}
        assert document["paths"]["/auth/sessions"]["get"]["operationId"] == "list"
        assert document["paths"]["/todos"]["get"]["operationId"] == "todos_list"

    def test_keeps_ways_to_sign_in_apart(self) -> None:
        document = merged(
            auth=described({}, securitySchemes={"Bearer": {"type": "http", "scheme": "bearer"}}),
            todos=described(
                {"/todos": {"get": operation("list", security=[{"Bearer": []}])}},
                securitySchemes={"Bearer": {"type": "apiKey"}},
            ),
        )
        assert document["paths"]["/todos"]["get"]["security"] == [{"todos.Bearer": []}]
        assert set(document["components"]["securitySchemes"]) == {"Bearer", "todos.Bearer"}

    def test_adds_what_the_gateway_may_answer(self) -> None:
        theirs = {"description": "theirs", "content": {"application/problem+json": {"examples": {"theirs": {}}}}}
        document = merged(
            todos=described(
                {
                    "/todos": {
                        "parameters": [],
                        "get": operation("list"),
                        "post": operation("create", requestBody={}) | {"responses": {"503": theirs}},
                    }
                }
            )
        )
        item = document["paths"]["/todos"]
        assert set(item["get"]["responses"]) == {
            "200", "400", "408", "414", "417", "426", "429", "431", "502", "503", "504", "505"
        }  # fmt: skip
        assert "413" in item["post"]["responses"]
        busy = item["post"]["responses"]["503"]
        assert busy["description"] == "theirs"
        assert set(busy["content"]["application/problem+json"]["examples"]) == {
            "theirs",
            "service-unavailable",
            "overloaded",
        }
        assert set(busy["headers"]) == {"X-Request-Id", "RateLimit", "RateLimit-Policy", "Retry-After"}
        assert set(item["get"]["responses"]["429"]["content"]) == {"application/problem+json"}


class TestDocumentation:
    async def test_is_served_as_one_document(self, run_gateway: Run, auth: Service, todos: Service) -> None:
        auth.openapi = described({"/auth/me": {"get": operation("me")}})
        todos.openapi = described({"/todos": {"get": operation("list")}})
        async with run_gateway() as gateway:
            response = await gateway.client.get("/openapi.json")
            assert response.status_code == 200
            assert set(response.json()["paths"]) == {"/auth/me", "/todos"}

    async def test_outlives_the_services_it_describes(
        self, run_gateway: Run, todos: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gateway.openapi._FRESH_SECONDS", 0.0)
        async with run_gateway() as gateway:
            first = await gateway.client.get("/openapi.json")
            todos.openapi = {"detail": 1, "paths": None}
            for _ in range(3):
                assert (await gateway.client.get("/openapi.json")).content == first.content

    async def test_is_renewed(
        self, run_gateway: Run, auth: Service, todos: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gateway.openapi._FRESH_SECONDS", 0.0)
        assert not auth.asked
        todos.openapi = described({"/todos": {"get": operation("list")}})
        async with run_gateway() as gateway:

            async def paths() -> set[str]:
                return set((await gateway.client.get("/openapi.json")).json()["paths"])

            assert await paths() == {"/todos"}
            todos.openapi = described({"/todos/new": {"get": operation("list")}})
            while await paths() != {"/todos/new"}:
                continue

    async def test_is_not_there_before_every_service_was(self, run_gateway: Run) -> None:
        async with run_gateway(auth_url="http://127.0.0.1:1") as gateway:
            response = await gateway.client.get("/openapi.json")
        assert response.status_code == 503
        assert response.json()["missing"] == ["auth"]
