"""What is true of every endpoint of every service."""

from collections.abc import Iterator
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute


def asked_for(dependant: Dependant) -> Iterator[Any]:
    """What is called to answer a request: the endpoint, and all that it depends on."""
    yield dependant.call
    for dependency in dependant.dependencies:
        yield from asked_for(dependency)


def routes_of(router: Any) -> Iterator[APIRoute]:
    for route in router.routes:
        if (included := getattr(route, "original_router", None)) is not None:
            yield from routes_of(included)
        elif isinstance(route, APIRoute):
            yield route


def is_awaited(call: Any) -> bool:
    """Whether it runs in the event loop."""
    return any(kind(each) for kind in (iscoroutinefunction, isasyncgenfunction) for each in (call, call.__call__))


def in_threads(router: FastAPI | APIRouter) -> set[str]:
    return {call.__name__ for route in routes_of(router) for call in asked_for(route.dependant) if not is_awaited(call)}


class TestEndpoints:
    @pytest.mark.parametrize("service", ["auth", "todos"])
    def test_need_no_thread(self, services: dict[str, FastAPI], service: str) -> None:
        """FastAPI hands whatever is not `async` to a thread; that costs more than most of it does."""
        assert sum(1 for _ in routes_of(services[service])) > 10
        assert in_threads(services[service]) == set()

    def test_would_be_noticed_if_they_did(self) -> None:
        router = APIRouter()

        def by_the_way() -> int:
            return 1

        @router.get("/")
        async def endpoint(number: Annotated[int, Depends(by_the_way)]) -> int:
            return number

        assert in_threads(router) == {"by_the_way"}
