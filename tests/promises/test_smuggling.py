"""P25: no request is taken for something else than it is, and nobody says who they are but their token."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from tests.support import nginx
from tests.support.gateways import Gateway, gateway_before
from tests.support.promises import Measured, size
from tests.support.raw_requests import PLAIN, SMUGGLING, RawRequest, mutations, requests_in
from tests.support.recorder import Recorder, recording
from tests.support.servers import say
from tests.support.tokens import Issuer, SignToken

pytestmark = pytest.mark.promise("P25")

MUTATIONS = size(quick=150, full=5_000)
_SILENCE_SECONDS = 0.25
_LAST = b"/todos/the-last-one"
_SEED = 20_261_122
_CORPUS = {name: data for name, (_, data) in SMUGGLING.items()} | PLAIN

_ADDRESSES = ("127.0.0.1", "203.0.113.9", "::1")
_CLAIMS = (
    "X-Forwarded-For", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "X-Originating-IP", "X-Remote-IP",
    "True-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP", "Client-IP", "Forwarded", "Via",
)  # fmt: skip
# 60 ways to say who one is, where one comes from, or how one should be treated.
SPOOFS = [
    *((name, value) for name in _CLAIMS for value in _ADDRESSES),
    *((name, "admin") for name in ("X-User-Id", "X-User", "X-Auth-User", "X-Remote-User", "X-Internal-Secret", "From")),
    *((name, "1") for name in ("X_User_Id", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-Debug")),
    *((name, "https") for name in ("X-Forwarded-Proto", "X-Forwarded-Scheme", "X-Forwarded-Port", "X-Scheme")),
    *((name, "evil.example") for name in ("X-Forwarded-Host", "X-Host", "X-Forwarded-Server", "Proxy-Connection")),
    *((name, "x") for name in ("Proxy-Authorization", "X-Request-Timeout-Ms", "TE", "Keep-Alive", "X-Accel-Redirect")),
]  # fmt: skip


# What the gateway says itself under these names.
_OURS = {"X-Forwarded-For": [b"127.0.0.1"], "X-Forwarded-Proto": [b"http"]}


@pytest.fixture(scope="module")
async def recorder() -> AsyncIterator[Recorder]:
    async with recording() as recorder:
        yield recorder


@pytest.fixture(scope="module")
async def door(
    recorder: Recorder, redis_url: str, token_issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Gateway]:
    """A gateway as it runs, with the recorder where services would be."""
    folder = tmp_path_factory.mktemp("door")
    async with gateway_before(recorder.url, redis_url=redis_url, issuer=token_issuer, folder=folder) as gateway:
        yield gateway


async def arrivals(port: int, recorder: Recorder, data: bytes) -> list[RawRequest]:
    """What reaches the service when somebody sends these bytes."""
    recorder.forget()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    with suppress(ConnectionError, TimeoutError):
        # Most are answered and closed. Others wait for more than comes, and so would we.
        async with asyncio.timeout(_SILENCE_SECONDS):
            await reader.read(-1)
    writer.transport.abort()
    # Whatever was on its way has arrived when this one has.
    await say(port, b"GET %b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % _LAST, within=30)
    return [each for each in recorder.requests if each.target != _LAST]


@pytest.mark.timeout(3600)
class TestRawRequests:
    async def test_are_refused_or_arrive_as_they_are(
        self, door: Gateway, recorder: Recorder, measured: Measured
    ) -> None:
        variations = {f"mutation {number}": data for number, data in enumerate(mutations(MUTATIONS, seed=_SEED))}
        arrived = 0
        for name, data in (_CORPUS | variations).items():
            came = [each.essence for each in await arrivals(door.port, recorder, data)]
            meant = [each.essence for each in await requests_in(data)]
            # Not one that was not asked for, not one changed; later ones may be refused.
            assert came == meant[: len(came)], (name, data)
            assert not recorder.faults, (name, data, recorder.faults)
            arrived += len(came)
        measured |= {"requests": len(_CORPUS | variations), "arrived": arrived}
        assert arrived > len(PLAIN)

    async def test_of_the_corpus_never_arrive(self, door: Gateway, recorder: Recorder, measured: Measured) -> None:
        for name, (_, data) in SMUGGLING.items():
            assert not await arrivals(door.port, recorder, data), name
        measured["refused"] = len(SMUGGLING)

    async def test_arrive_as_they_do_through_nginx(
        self, door: Gateway, recorder: Recorder, tmp_path: Path, measured: Measured
    ) -> None:
        """Wherever ours passes something on, nginx passes on the same: neither reads what the other does not."""
        refused_here_only = 0
        async with recording() as other_side, nginx.proxying(other_side.port, tmp_path) as port:
            for data in (*_CORPUS.values(), *mutations(MUTATIONS, seed=_SEED + 1)):
                ours = [each.essence for each in await arrivals(door.port, recorder, data)]
                theirs = [each.essence for each in await arrivals(port, other_side, data)]
                for mine, other in zip_longest(ours, theirs):
                    if mine is None:
                        refused_here_only += 1
                        break
                    assert mine == other, data
        measured |= {"requests": len(_CORPUS) + MUTATIONS, "refused_here_only": refused_here_only}
        print(f"\nrefused here and passed on by nginx: {refused_here_only}")  # noqa: T201 (what is compared)
        assert refused_here_only

    async def test_the_reader_that_judges_would_notice(self) -> None:
        """The control: what a careless proxy would write for CL and TE is a second request to the one behind it."""
        careless = b"POST /todos HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nGET /other HTTP/1.1\r\nHost: a\r\n\r\n"
        async with recording() as recorder:
            for data in (careless, b"GET /todos HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n"):
                reader, writer = await asyncio.open_connection("127.0.0.1", recorder.port)
                writer.write(data)
                writer.write_eof()
                await reader.read(-1)
                writer.close()
        assert [each.target for each in recorder.requests] == [b"/todos", b"/other"]
        assert len(recorder.faults) == 1


class TestSpoofedHeaders:
    async def test_are_sixty(self) -> None:
        assert len(set(SPOOFS)) == 60

    async def test_never_reach_a_service(
        self, door: Gateway, recorder: Recorder, sign_token: SignToken, measured: Measured
    ) -> None:
        token = {"Authorization": f"Bearer {sign_token(uuid4())}"}
        async with httpx.AsyncClient(base_url=door.url) as client:
            for name, value in SPOOFS:
                recorder.forget()
                answer = await client.get("/todos", headers=token | {name: value})
                assert answer.status_code == 200
                [arrived] = recorder.requests
                arrives = arrived.all(name.lower())
                if name in {"X-Forwarded-Host", "X-Request-Timeout-Ms"}:  # ours, and ours alone
                    assert len(arrives) == 1
                    assert value.encode() not in arrives
                else:
                    assert arrives == _OURS.get(name, []), name
                assert arrived.all("authorization") == [token["Authorization"].encode()]
        measured["dropped_or_replaced"] = len(SPOOFS)
