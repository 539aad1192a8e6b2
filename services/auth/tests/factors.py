"""People with a second factor, and a clock by which their codes are good or not."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pyotp
from fastapi import FastAPI
from services.auth.tests.authenticator import Authenticator
from services.auth.tests.support import Person, exchanged

from chassis.database import is_unavailable

STEP = 30


@dataclass
class Clock:
    seconds: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.seconds


@contextmanager
def at_a_set_time(app: FastAPI) -> Iterator[Clock]:
    """For codes and challenges, time passes only when a test says."""
    clock, entrance = Clock(), app.state.entrance
    checkpoint = replace(entrance.checkpoint, clock=clock)
    with exchanged(app, "entrance", replace(entrance, checkpoint=checkpoint)):
        yield clock


@dataclass
class Protected:
    """Somebody who has an authenticator app, and the codes on paper."""

    person: Person
    clock: Clock
    secret: str
    recovery_codes: list[str]

    def code(self) -> str:
        """The next one: the app shows another every 30 seconds."""
        self.clock.seconds += STEP
        return pyotp.TOTP(self.secret).at(int(self.clock.seconds))

    async def sign_in(self, **shown: Any) -> httpx.Response:
        return await self.person.sign_in(**shown)


async def try_at_once(times: int, attempt: Callable[[], Awaitable[object]]) -> Counter[str]:
    """How often each thing came of it: "done", or the name of the error. On a busy machine some may time out."""

    async def one() -> str:
        try:
            await attempt()
        except Exception as error:  # noqa: BLE001 (whatever it is, is counted)
            return "unavailable" if is_unavailable(error) else type(error).__name__
        return "done"

    return Counter(await asyncio.gather(*(one() for _ in range(times))))


async def ask(person: Person, path: str, **body: Any) -> httpx.Response:
    return await person.client.post(path, json=body, headers=person.bearer)


async def protect(person: Person, clock: Clock) -> Protected:
    """Set up an authenticator app."""
    begun = await ask(person, "/auth/second-factor/totp", password=person.password)
    assert begun.status_code == 200, begun.text
    secret = begun.json()["secret"]
    code = pyotp.TOTP(secret).at(int(clock.seconds))
    confirmed = await ask(person, "/auth/second-factor/totp/confirm", code=code)
    assert confirmed.status_code == 200, confirmed.text
    return Protected(person, clock, secret, confirmed.json()["recovery_codes"])


async def add_passkey(
    person: Person, authenticator: Authenticator, name: str = "Laptop", **shown: str
) -> httpx.Response:
    """`shown` is a code, where there is an authenticator app."""
    options = await ask(person, "/auth/passkeys/options", password=person.password, **shown)
    assert options.status_code == 200, options.text
    return await ask(person, "/auth/passkeys", name=name, credential=authenticator.create(options.json()))


async def question(person: Person) -> dict[str, Any]:
    """What the browser is asked for when somebody signs in with a passkey."""
    response = await person.client.post("/auth/login/passkey/options", json={})
    assert response.status_code == 200
    options: dict[str, Any] = response.json()
    return options
