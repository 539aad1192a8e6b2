"""What can be reached through the gateway is what its document says, to the last route, and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from gateway import openapi, table
from gateway.hygiene import METHODS

Operation = tuple[str, str]
# What frameworks answer by themselves, everywhere.
_UNSAID = {"HEAD", "OPTIONS"}


def operations_of(router: Any) -> Iterator[Operation]:
    """Every method and path a service answers, whether it speaks of them or not."""
    for route in router.routes:
        if (included := getattr(route, "original_router", None)) is not None:
            yield from operations_of(included)
        else:
            yield from ((method, route.path) for method in (route.methods or METHODS) - _UNSAID)


def documented_in(document: dict[str, Any]) -> set[Operation]:
    return {
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item
        if method.upper() in METHODS - _UNSAID
    }


@pytest.fixture(scope="module")
def reachable(services: dict[str, FastAPI]) -> set[Operation]:
    routes = table.read().routes
    return {
        (method, path)
        for name, service in services.items()
        for method, path in operations_of(service)
        if (route := routes.find(path.encode())) is not None and route.upstream == name
    }


@pytest.fixture(scope="module")
def document(services: dict[str, FastAPI]) -> dict[str, Any]:
    described = {name: openapi._checked(service.openapi()) for name, service in services.items()}
    return openapi.merge(described, table.read().routes, public_url="http://api.test")


class TestReachable:
    def test_is_what_is_documented(self, reachable: set[Operation], document: dict[str, Any]) -> None:
        assert len(reachable) > 30
        assert reachable == documented_in(document)

    def test_leaves_out_what_is_between_ourselves(
        self, services: dict[str, FastAPI], reachable: set[Operation]
    ) -> None:
        everything = {operation for service in services.values() for operation in operations_of(service)}
        hidden = {path for _, path in everything - reachable}
        assert "/internal/revocations" in hidden
        assert {"/livez", "/readyz", "/openapi.json"} <= hidden
        # And nothing that somebody was meant to reach.
        assert all(path.startswith("/internal/") or path in {"/livez", "/readyz", "/openapi.json"} for path in hidden)

    def test_every_answer_tells_of_what_the_gateway_may_say(self, document: dict[str, Any]) -> None:
        for path, item in document["paths"].items():
            for method, operation in item.items():
                if method.upper() not in METHODS:
                    continue
                assert {"429", "502", "503", "504"} <= operation["responses"].keys(), (method, path)
                for status, answer in operation["responses"].items():
                    assert "X-Request-Id" in answer["headers"], (method, path, status)

    def test_whoever_is_not_let_in_is_told_what_would_open(self, document: dict[str, Any]) -> None:
        answers = {
            (method, path): operation["responses"]["401"]
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if "401" in operation["responses"]
        }
        assert len(answers) > 30
        assert not [operation for operation, answer in answers.items() if "WWW-Authenticate" not in answer["headers"]]

    @pytest.mark.parametrize(
        "operation, status, headers",
        [
            ("GET /todos", "200", {"ETag", "Link"}),
            ("GET /todos", "304", {"ETag"}),
            ("GET /todos/{todo_id}", "200", {"ETag"}),
            ("POST /todos", "201", {"ETag", "Location"}),
            ("GET /sync/changes", "200", {"ETag"}),
        ],
    )
    def test_tells_what_a_program_reads_from_headers(
        self, document: dict[str, Any], operation: str, status: str, headers: set[str]
    ) -> None:
        method, _, path = operation.partition(" ")
        assert headers <= document["paths"][path][method.lower()]["responses"][status]["headers"].keys()

    def test_every_route_leads_somewhere(self, services: dict[str, FastAPI]) -> None:
        for route in table.read().routes.routes:
            theirs = {path for _, path in operations_of(services[route.upstream])}
            served = any(path == route.path or path.startswith(f"{route.path}/") for path in theirs)
            assert served, route.path
