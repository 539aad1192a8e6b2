"""P26: what is secret, and what somebody has written, is nowhere in clear where it is kept or told of."""

import asyncio
import json
import re
import secrets
from base64 import b32decode, b64encode, urlsafe_b64decode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any
from uuid import uuid4

import aio_pika
import httpx
import pyotp
import pytest
from tests.support.canaries import Canaries
from tests.support.leftovers import Leftovers, Piece, leftovers
from tests.support.promises import Measured
from tests.support.system import System

pytestmark = [pytest.mark.promise("P26"), pytest.mark.timeout(900)]

PLACES: Mapping[str, Callable[[Leftovers], AsyncIterator[Piece]]] = {
    "rows of PostgreSQL": Leftovers.rows,
    "files of PostgreSQL": Leftovers.files,
    "Redis": Leftovers.counts,
    "events": Leftovers.messages,
    "logs": Leftovers.logs,
    "metrics": Leftovers.metrics,
    "engines": Leftovers.engines,
}
_LINK = re.compile(r"#token=(\S+)")
# Of an API token its id, of a refresh token session and generation: neither is a secret.
_API_TOKEN_ID, _REFRESH_TOKEN_ID, _OWNER_ID = 16, 20, 16
_SECRET_BYTES = 16


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Diarist:
    """Somebody who does everything once, also wrongly, and whose every word would be recognised."""

    door: httpx.AsyncClient
    system: System
    canaries: Canaries
    email: str = field(default_factory=lambda: f"{secrets.token_hex(8)}@people.example")
    password: str = ""
    bearer: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, *statuses: int, **more: Any) -> Any:
        headers = self.bearer | more.pop("headers", {})
        answer = await self.door.request(method, path, headers=headers, **more)
        assert answer.status_code in (statuses or (200, 201, 202, 204)), (method, path, answer.text)
        self._keep(answer)
        self.door.cookies.clear()
        return answer.json() if answer.content.startswith((b"{", b"[")) else answer

    def _keep(self, answer: httpx.Response) -> None:
        if cookie := answer.cookies.get(self.system.wiring.cookie_name):
            self._keep_bytes("refresh token", cookie, _REFRESH_TOKEN_ID)
        if device := answer.cookies.get(self.system.wiring.device_cookie_name):
            self._keep_bytes("device cookie", device, 0)
        given = answer.json() if answer.content.startswith(b"{") else {}
        if access := given.get("access_token"):
            signature = access.rpartition(".")[2]
            self.canaries.keep("access token", signature, raw(signature)[:_SECRET_BYTES])

    def _keep_bytes(self, kind: str, text: str, start: int) -> None:
        self.canaries.keep(kind, text[-2 * _SECRET_BYTES :], raw(text)[start : start + _SECRET_BYTES])

    def new(self, kind: str) -> str:
        return self.canaries.text(kind)

    def fields(self) -> dict[str, Any]:
        return {"title": self.new("title"), "description": self.new("description"), "tags": [self.new("tag")]}

    async def arrive(self) -> None:
        self.password = self.new("password")
        said = {"email": self.email, "password": self.password}
        self.bearer = _bearer(await self.ask("POST", "/auth/register", json=said))

    async def sign_in(self, **shown: str) -> None:
        said = {"email": self.email, "password": self.password, **shown}
        self.bearer = {}
        self.bearer = _bearer(await self.ask("POST", "/auth/login", json=said))

    async def live_with_an_account(self) -> None:
        wrong = {"email": self.email, "password": self.new("password")}
        await self.ask("POST", "/auth/login", 401, json=wrong)
        await self.ask("POST", "/auth/register", 409, json=wrong)
        await self.ask("POST", "/auth/login", 422, json=wrong | {"password": [self.new("password")]})
        await self._refresh()
        new = self.new("password")
        await self.ask("POST", "/auth/password", json={"current_password": self.password, "new_password": new})
        self.password = new
        await self._confirm_the_address()
        await self._use_a_program()
        await self._use_a_second_factor()
        await self._forget_the_password()

    async def _refresh(self) -> None:
        said = {"email": self.email, "password": self.password}
        answer = await self.door.post("/auth/login", json=said)
        name = self.system.wiring.cookie_name
        self._keep(answer)
        cookie = {"Cookie": f"{name}={answer.cookies[name]}"}
        self.door.cookies.clear()
        for _ in range(2):  # the second time as one whose answer was lost
            await self.ask("POST", "/auth/refresh", json={}, headers=cookie)
        await self.ask("POST", "/auth/logout", 204, json={}, headers=cookie)
        await self.ask("POST", "/auth/refresh", 401, json={}, headers=cookie)

    async def _confirm_the_address(self) -> None:
        link = await self._link_in_a_mail("verify")
        await self.ask("POST", "/auth/email/verify", json={"token": link})

    async def _use_a_program(self) -> None:
        asked = {"name": "Backup", "scopes": ["todos:read"], "expires_in_days": 1, "password": self.password}
        made = await self.ask("POST", "/auth/tokens", json=asked)
        token = made["token"].removeprefix("daybook_")
        self._keep_bytes("API token", token, _API_TOKEN_ID)
        given = await self.ask("POST", "/auth/token", json={"token": made["token"]})
        await self.ask("GET", "/todos", headers=_bearer(given))
        await self.ask("POST", "/todos", 403, json=self.fields(), headers=_bearer(given))
        await self.ask("DELETE", f"/auth/tokens/{made['id']}")
        await self.ask("POST", "/auth/token", 401, json={"token": made["token"]})
        link = (await self.ask("POST", "/todos/calendar"))["url"].rpartition("/")[2]
        secret = link.removesuffix(".ics")
        self._keep_bytes("calendar link", secret, _OWNER_ID)
        await self.ask("GET", f"/calendar/{link}")

    async def _use_a_second_factor(self) -> None:
        begun = await self.ask("POST", "/auth/second-factor/totp", json={"password": self.password})
        self.canaries.keep("TOTP secret", begun["secret"], b32decode(begun["secret"])[:_SECRET_BYTES])
        code = pyotp.TOTP(begun["secret"]).now()
        confirmed = await self.ask("POST", "/auth/second-factor/totp/confirm", json={"code": code})
        for recovery_code in confirmed["recovery_codes"]:
            self.canaries.keep("recovery code", recovery_code)
        said = {"email": self.email, "password": self.password}
        await self.ask("POST", "/auth/login", 401, json=said)
        await self.sign_in(code=confirmed["recovery_codes"][0])

    async def _forget_the_password(self) -> None:
        await self.ask("POST", "/auth/password/forgot", json={"email": self.email})
        link, self.password = await self._link_in_a_mail("reset"), self.new("password")
        await self.ask("POST", "/auth/password/reset", json={"token": link, "new_password": self.password})

    async def _link_in_a_mail(self, page: str) -> str:
        async with asyncio.timeout(120):
            while not (found := self._links(page)):  # noqa: ASYNC110 (a file tells nobody)
                await asyncio.sleep(0.1)
        self.canaries.keep(f"{page} link", found, raw(found)[:_SECRET_BYTES])
        return found

    def _links(self, page: str) -> str:
        for file in self.system.wiring.mail.glob("*.eml"):
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            body = mail.get_body(("plain",))
            assert body is not None
            if mail["To"] == self.email and f"/{page}#" in body.get_content():
                [link] = _LINK.findall(body.get_content())
                return str(link)
        return ""

    async def keep_todos(self) -> None:
        key = {"Idempotency-Key": str(uuid4())}
        made = await self.ask("POST", "/todos", json=self.fields(), headers=key)
        await self.ask("POST", "/todos", 422, json=self.fields(), headers=key)
        path, version = f"/todos/{made['id']}", {"version": made["version"]}
        await self.ask("PUT", path, json=self.fields() | version)
        for method in ("PUT", "PATCH"):
            await self.ask(method, path, 409, json=self.fields() | version)
        history = await self.ask("GET", f"{path}/history")
        seq = history["items"][0]["seq"]
        await self.ask("POST", f"{path}/undo", json={"seq": seq, "version": history["items"][0]["version"]})
        await self.ask("GET", "/todos", params={"q": self.new("search"), "tag": self.new("tag")})
        todos = [{"id": made["id"]}]
        await self.ask("POST", "/todos/bulk", json={"action": "tag", "todos": todos, "tags": [self.new("tag")]})
        await self._work_without_a_network(made["id"])
        await self._bring_files()
        await self._be_misunderstood()
        seen = (await self.ask("GET", path))["version"]
        await self.ask("DELETE", path, json={"version": seen})
        await self.ask("POST", f"{path}/restore")
        thrown_away = await self.ask("POST", "/todos", json=self.fields())
        await self.ask("DELETE", f"/todos/{thrown_away['id']}", json={"version": thrown_away["version"]})

    async def _work_without_a_network(self, known: str) -> None:
        def said(kind: str, todo_id: str) -> dict[str, Any]:
            changes = {name: {"from": None, "to": value} for name, value in self.fields().items()}
            return {"op_id": str(uuid4()), "todo_id": todo_id, "kind": kind, "changes": changes}

        operations = [said("create", str(uuid4())), {**said("update", known), "base_version": 1}]
        for _ in range(2):
            answer = await self.ask("POST", "/sync/operations", json={"operations": operations})
        assert {each["outcome"] for each in answer["results"]} == {"duplicate"}, answer
        await self.ask("GET", "/sync/changes")

    async def _bring_files(self) -> None:
        todoist = f"TYPE,CONTENT,DESCRIPTION\r\ntask,{self.new('title')},{self.new('description')}\r\n"
        vikunja = [{"title": self.new("title"), "tasks": [{"id": 1, **self.fields(), "tags": None}]}]
        ours = await self.ask("GET", "/todos/export")
        ours["todos"][0] |= {"id": str(uuid4()), "title": self.new("title")}
        for name, content in (("todoist", todoist), ("vikunja", json.dumps(vikunja)), ("daybook", json.dumps(ours))):
            answer = await self.ask("POST", "/todos/import", content=content, params={"format": name})
            assert answer["imported"] == 1, answer
        await self.ask("POST", "/todos/import", 422, content=self.new("title"))
        spoiled = json.dumps(ours | {"todos": [{"id": self.new("title"), "title": [self.new("title")]}]})
        await self.ask("POST", "/todos/import", content=spoiled)

    async def _be_misunderstood(self) -> None:
        title = self.new("title")
        for body in ({"title": f"{title}\x00"}, {"title": title, "unknown": title}, {"title": [title]}, [title]):
            await self.ask("POST", "/todos", 422, json=body)
        json_ = {"Content-Type": "application/json"}
        await self.ask("POST", "/todos", 400, content=f'{{"title": "{title}', headers=json_)
        await self.ask("GET", f"/todos/{title}", 422)
        await self.ask("GET", f"/{title}", 404)
        await self.ask("GET", "/todos", 401, headers={"Authorization": f"Bearer {title}"})
        await self.ask("GET", "/todos", 422, params={title: title, "limit": title})


def _bearer(given: Mapping[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {given['access_token']}"}


@dataclass(frozen=True)
class Aftermath:
    left: Leftovers
    canaries: Canaries


@pytest.fixture(scope="module")
async def left(system: System, postgres_admin_url: str, rabbitmq_url: str, redis_url: str) -> AsyncIterator[Leftovers]:
    async with leftovers(system, postgres=postgres_admin_url, redis=redis_url, rabbitmq=rabbitmq_url) as left:
        yield left


@pytest.fixture(scope="module")
async def aftermath(system: System, left: Leftovers) -> Aftermath:
    """Of one who stays, and of one who deletes the account."""
    canaries = Canaries()
    async with httpx.AsyncClient(
        base_url=system.url("gateway"), headers={"Origin": system.wiring.app_url}, timeout=60
    ) as door:
        for stays in (True, False):
            diarist = Diarist(door, system, canaries)
            await diarist.arrive()
            await diarist.keep_todos()
            if stays:
                await diarist.live_with_an_account()
            else:
                await diarist.ask("DELETE", "/auth/me", json={"password": diarist.password})
    return Aftermath(left, canaries)


class TestCanaries:
    @pytest.mark.parametrize("place", PLACES)
    async def test_are_nowhere_in(self, aftermath: Aftermath, place: str, measured: Measured) -> None:
        found, size = [], 0
        async for name, content in PLACES[place](aftermath.left):
            size += len(content)
            found += [(name, hit) for hit in aftermath.canaries.found_in(content)]
        measured |= {"bytes": size, "found": len(found), "canaries": aftermath.canaries.kinds}
        assert not found

    async def test_are_of_every_kind(self, aftermath: Aftermath) -> None:
        """A day on which nothing was given out would leave nothing behind either."""
        given = {"access token", "refresh token", "device cookie", "API token", "calendar link"}
        mailed = {"TOTP secret", "recovery code", "verify link", "reset link"}
        written = {"title", "description", "tag", "search", "password"}
        assert aftermath.canaries.kinds.keys() == given | mailed | written
        assert {each for each in aftermath.left.events if b"user.deleted" in each}
        assert aftermath.left.commands


async def _in_a_row(left: Leftovers, canary: str) -> None:
    """So often that PostgreSQL compresses it."""
    await left.database.execute("CREATE TABLE planted (said text)")
    await left.database.execute("INSERT INTO planted SELECT string_agg($1, ' ') FROM generate_series(1, 500)", canary)


async def _in_a_row_that_is_gone(left: Leftovers, canary: str) -> None:
    await left.database.execute("CREATE TABLE planted (said text)")
    await left.database.execute("INSERT INTO planted VALUES ($1)", canary)
    await left.database.execute("DROP TABLE planted")


async def _in_redis(left: Leftovers, canary: str) -> None:
    await left.redis.hset("planted", mapping={"said": canary})


async def _in_an_event(left: Leftovers, canary: str) -> None:
    await left.bus.publish(aio_pika.Message(canary.encode()), routing_key="planted")
    async with asyncio.timeout(60):
        while not any(canary.encode() in each for each in left.events):  # noqa: ASYNC110 (it tells nobody)
            await asyncio.sleep(0.05)


async def _in_a_log(left: Leftovers, canary: str) -> None:
    """As the path of a request would be, were it logged."""
    with (left.system.folder / "gateway.log").open("a") as log:
        log.write(f'{{"event":"planted","path":"/todos/{canary}"}}\n')


async def _in_the_log_of_an_engine(left: Leftovers, canary: str) -> None:
    if not [piece async for piece in left.engines()]:
        pytest.skip("the engines are not of a stack on this machine")
    await left.database.execute(f"DO $$ BEGIN RAISE WARNING '{canary}'; END $$")


# PostgreSQL may use a piece of its log again while that is looked at.
_LOOKS = 2

_PLANTED: Mapping[str, Callable[[Leftovers, str], Awaitable[None]]] = {
    "rows of PostgreSQL": _in_a_row,
    "files of PostgreSQL": _in_a_row_that_is_gone,
    "Redis": _in_redis,
    "events": _in_an_event,
    "logs": _in_a_log,
    "engines": _in_the_log_of_an_engine,
}


class TestControl:
    """What is kept in clear is found."""

    @pytest.fixture
    async def clear(self, left: Leftovers) -> AsyncIterator[Leftovers]:
        yield left
        await left.database.execute("DROP TABLE IF EXISTS planted")
        await left.redis.delete("planted")

    @pytest.mark.parametrize("place", _PLANTED)
    async def test_is_found(self, clear: Leftovers, place: str) -> None:
        assert any([await self._finds(clear, place) for _ in range(_LOOKS)])

    @staticmethod
    async def _finds(clear: Leftovers, place: str) -> bool:
        await clear.database.execute("DROP TABLE IF EXISTS planted")
        canaries = Canaries()
        await _PLANTED[place](clear, canaries.text("title"))
        return bool([hit async for _, content in PLACES[place](clear) for hit in canaries.found_in(content)])

    @pytest.mark.parametrize("shape", ["hex", "base64", "bytes"])
    def test_is_recognised_in_every_form(self, shape: str) -> None:
        canaries, secret = Canaries(), secrets.token_bytes(_SECRET_BYTES)
        said = canaries.text("title").encode()
        canaries.keep("token", secrets.token_hex(20), secret)
        forms = {"hex": said.hex().encode(), "base64": b64encode(b"{'a':" + said), "bytes": b"\x00" + secret}

        assert canaries.found_in(b"before " + forms[shape] + b" after")
