from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Query
from pydantic import BaseModel, Field

from chassis.web.app import create_app


class Wish(BaseModel):
    tone: str = "c"
    how_long: int = Field(default=1, alias="for")


async def wanted_by(who: str = "nobody") -> str:
    return who


router = APIRouter()


@router.get("/bells/{bell_id}")
async def hear(
    bell_id: int, wish: Annotated[Wish, Query()], who: Annotated[str, Depends(wanted_by)], limit: int = 1
) -> dict[str, Any]:
    return {"bell": bell_id, "tone": wish.tone, "for": wish.how_long, "who": who, "limit": limit}


@router.post("/bells")
async def cast(wish: Wish) -> str:
    return wish.tone


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(title="Bells", lifespan=lifespan, routers=[router])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bells.test") as client:
        yield client


class TestRefuseUnreadQuery:
    async def test_takes_every_parameter_of_the_route_once(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/bells/1?tone=a&for=2&who=ada&limit=3")

        assert response.json() == {"bell": 1, "tone": "a", "for": 2, "who": "ada", "limit": 3}

    @pytest.mark.parametrize(
        "query, faults",
        [
            ("colour=red", [("?colour", "is not known here")]),
            ("colour=", [("?colour", "is not known here")]),
            ("bell_id=2", [("?bell_id", "is not known here")]),
            ("limit=1&limit=2", [("?limit", "is given more than once")]),
            ("limit=1&limit=", [("?limit", "is given more than once")]),
            ("tone=a&%74one=b", [("?tone", "is given more than once")]),
            ("x=1&x=2", [("?x", "is not known here"), ("?x", "is given more than once")]),
        ],
    )
    async def test_refuses_what_nobody_reads(
        self, client: httpx.AsyncClient, query: str, faults: list[tuple[str, str]]
    ) -> None:
        response = await client.get(f"/bells/1?{query}")

        assert (response.status_code, response.json()["type"]) == (422, "urn:problem:invalid-request")
        assert [(fault["pointer"], fault["detail"]) for fault in response.json()["errors"]] == faults


class TestPlainContent:
    @pytest.mark.parametrize("encoding", ["gzip", "GZIP", "identity, br", "unheard-of"])
    async def test_refuses_a_body_it_would_have_to_unpack(self, client: httpx.AsyncClient, encoding: str) -> None:
        response = await client.post("/bells", json={}, headers={"Content-Encoding": encoding})

        assert (response.status_code, response.json()["type"]) == (415, "urn:problem:encoded-content")
        assert response.headers["accept-encoding"] == "identity"

    async def test_takes_one_as_it_is(self, client: httpx.AsyncClient) -> None:
        response = await client.post("/bells", json={}, headers={"Content-Encoding": "identity"})

        assert (response.status_code, response.json()) == (200, "c")
