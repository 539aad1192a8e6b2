from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from structlog.testing import capture_logs

from chassis.web.app import create_app

bells = APIRouter(prefix="/bells")


@bells.post("/all")
async def ring_all() -> str:
    return "all"


@bells.get("/broken")
async def broken() -> str:
    return "broken"


@bells.delete("/broken")
async def mend() -> str:
    return "mended"


@bells.get("/{bell_id}")
async def hear(bell_id: int) -> int:
    return bell_id


@bells.put("/{bell_id}")
async def cast(bell_id: int) -> int:
    return bell_id


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(title="Bells", lifespan=lifespan, routers=[bells])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bells.test") as client:
        yield client


class TestSpelledOut:
    @pytest.mark.parametrize(
        "method, path, allowed",
        [
            ("GET", "/bells/all", "POST"),
            ("HEAD", "/bells/all", "POST"),
            ("PUT", "/bells/all", "POST"),
            ("OPTIONS", "/bells/all", "POST"),
            ("PUT", "/bells/broken", "DELETE, GET, HEAD"),
        ],
    )
    async def test_is_itself_with_every_method(
        self, client: httpx.AsyncClient, method: str, path: str, allowed: str
    ) -> None:
        with capture_logs() as logs:
            answer = await client.request(method, path)

        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
        assert answer.headers["content-type"] == "application/problem+json"
        assert [line["route"] for line in logs] == [path]

    @pytest.mark.parametrize(
        "method, path, says",
        [("POST", "/bells/all", "all"), ("GET", "/bells/broken", "broken"), ("DELETE", "/bells/broken", "mended")],
    )
    async def test_answers_what_it_has(self, client: httpx.AsyncClient, method: str, path: str, says: str) -> None:
        assert (await client.request(method, path)).json() == says

    async def test_leaves_the_others_alone(self, client: httpx.AsyncClient) -> None:
        assert (await client.put("/bells/1")).json() == 1
        assert (await client.get("/bells/some")).status_code == 422
        assert (await client.patch("/bells/1")).headers["allow"] == "GET, HEAD, PUT"
