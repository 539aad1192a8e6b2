"""Somebody with an account and one or many browsers, as the gateway meets them."""

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from uuid import UUID

import httpx
import jwt

PASSWORD = "seven teal otters juggle"
# Well within what an access token lives.
_FRESH_SECONDS = 120.0


@dataclass(frozen=True)
class SignedIn:
    """One session: the token that other services verify, and the cookie that only auth reads."""

    access_token: str
    refresh_token: str

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access_token}"}

    @property
    def user_id(self) -> UUID:
        return UUID(jwt.decode(self.access_token, options={"verify_signature": False})["sub"])


@dataclass
class Person:
    browser: httpx.AsyncClient
    cookie_name: str
    email: str = field(default_factory=lambda: f"{secrets.token_hex(8)}@people.example")
    _session: SignedIn | None = None
    _since: float = 0.0
    _entering: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def bearer(self) -> dict[str, str]:
        """For as long as a test lasts: of a session that is not about to expire."""
        async with self._entering:  # many who sign in at once to one account look like one who guesses
            if self._session is None or time.monotonic() - self._since > _FRESH_SECONDS:
                self._since = time.monotonic()
                self._session = await self.sign_in()
            return self._session.bearer

    async def register(self) -> SignedIn:
        return await self._enter("/auth/register")

    async def sign_in(self) -> SignedIn:
        return await self._enter("/auth/login")

    async def refresh(self, session: SignedIn) -> httpx.Response:
        return await self._with_cookie("/auth/refresh", session)

    async def sign_out(self, session: SignedIn) -> httpx.Response:
        return await self._with_cookie("/auth/logout", session)

    async def delete_account(self, session: SignedIn) -> None:
        answer = await self.browser.request("DELETE", "/auth/me", json={"password": PASSWORD}, headers=session.bearer)
        assert answer.status_code == httpx.codes.NO_CONTENT, answer.text

    def holding(self, answer: httpx.Response) -> SignedIn:
        """What an answer gave."""
        return SignedIn(answer.json()["access_token"], answer.cookies[self.cookie_name])

    async def _enter(self, path: str) -> SignedIn:
        answer = await self.browser.post(path, json={"email": self.email, "password": PASSWORD})
        assert answer.is_success, answer.text
        self.browser.cookies.clear()
        return self.holding(answer)

    async def _with_cookie(self, path: str, session: SignedIn) -> httpx.Response:
        # Of many sessions each has a cookie of its own; the client's jar would hold the last one only.
        cookie = {"Cookie": f"{self.cookie_name}={session.refresh_token}"}
        answer = await self.browser.post(path, json={}, headers=cookie)
        self.browser.cookies.clear()
        return answer
