"""Somebody with an account and one or many browsers, as the gateway meets them."""

import secrets
from dataclasses import dataclass, field

import httpx

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class SignedIn:
    """One session: the token that other services verify, and the cookie that only auth reads."""

    access_token: str
    refresh_token: str

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access_token}"}


@dataclass
class Person:
    browser: httpx.AsyncClient
    cookie_name: str
    email: str = field(default_factory=lambda: f"{secrets.token_hex(8)}@people.example")

    async def register(self) -> SignedIn:
        return await self._enter("/auth/register")

    async def sign_in(self) -> SignedIn:
        return await self._enter("/auth/login")

    async def refresh(self, session: SignedIn) -> httpx.Response:
        return await self._with_cookie("/auth/refresh", session)

    async def sign_out(self, session: SignedIn) -> httpx.Response:
        return await self._with_cookie("/auth/logout", session)

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
