"""What somebody has that others might want: made and looked at through the public API, and named in requests."""

import asyncio
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import jwt
from services.auth.tests.authenticator import Authenticator
from tests.support.people import PASSWORD, Person

Things = dict[str, Any]

_NAMED = re.compile(r"\{([a-z_]+)\}")
# Of whoever asks, each time anew: nobody else has it.
_NEW = {
    "new_id": lambda: str(uuid4()),
    "new_email": lambda: f"{secrets.token_hex(8)}@people.example",
    "now": lambda: datetime.now(UTC).isoformat(),
}
# What one may see of it besides changes with every look.
_RESTLESS = frozenset({"exported_at", "last_used_at", "current", "address"})


def filled(template: Any, things: Mapping[str, Any]) -> Any:
    """The same with each `{name}` replaced; one that is a whole text by what it is, be that a number."""
    if isinstance(template, dict):
        return {key: filled(value, things) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(each, things) for each in template]
    if not isinstance(template, str):
        return template
    whole = _NAMED.fullmatch(template)
    return _value(whole[1], things) if whole else _NAMED.sub(lambda name: str(_value(name[1], things)), template)


def _value(name: str, things: Mapping[str, Any]) -> Any:
    return _NEW[name]() if name in _NEW else things[name]


@dataclass
class Owner:
    """Somebody who marks all they have, so that it is noticed wherever it turns up."""

    person: Person
    door: httpx.AsyncClient
    app_url: str
    mark: str = field(default_factory=lambda: f"mark{secrets.token_hex(8)}")

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self.door.request(method, path, json=body, headers=await self.person.bearer())
        assert answer.is_success, (method, path, answer.text)
        return answer.json() if answer.content else None

    async def make(self, thing: str) -> Things:
        """One more of it, and by which names requests speak of it."""
        made: Things = await getattr(self, f"_make_{thing}")() if thing else {}
        return {"email": self.person.email, **made}

    async def _make_todo(self) -> Things:
        await self._add()
        todo = await self._add()
        changes = await self.ask("GET", "/sync/changes")
        history = await self.ask("GET", f"/todos/{todo['id']}/history")
        return {
            "todo_id": todo["id"],
            "version": todo["version"],
            "seq": history["items"][0]["seq"],
            "list_cursor": (await self.ask("GET", "/todos?limit=1"))["next_cursor"],
            "changes_cursor": changes["cursor"],
        }

    async def _make_trash(self) -> Things:
        for _ in range(2):
            todo = await self._add()
            await self.ask("DELETE", f"/todos/{todo['id']}", {"version": todo["version"]})
        page = await self.ask("GET", "/todos/trash?limit=1")
        return {"todo_id": todo["id"], "trash_cursor": page["next_cursor"]}

    async def _add(self) -> Any:
        return await self.ask("POST", "/todos", {"title": self.mark, "tags": [self.mark]})

    async def _make_session(self) -> Things:
        session = await self.person.sign_in()
        return {"session_id": jwt.decode(session.access_token, options={"verify_signature": False})["sid"]}

    async def _make_passkey(self) -> Things:
        options = await self.ask("POST", "/auth/passkeys/options", {"password": PASSWORD})
        device = Authenticator(origin=self.app_url, rp_id=options["rp"]["id"])
        made = await self.ask("POST", "/auth/passkeys", {"name": self.mark, "credential": device.create(options)})
        return {"passkey_id": made["id"]}

    async def _make_token(self, *scopes: str) -> Things:
        asked = {"name": self.mark, "scopes": scopes or ("todos:read",), "expires_in_days": 1, "password": PASSWORD}
        made = await self.ask("POST", "/auth/tokens", asked)
        return {"token_id": made["id"], "token": made["token"]}

    async def _make_calendar(self) -> Things:
        await self._add()
        made = await self.ask("POST", "/todos/calendar")
        return {"secret": made["url"].rpartition("/")[2].removesuffix(".ics")}

    async def program(self, *scopes: str) -> str:
        """An access token that allows so much and no more."""
        token = (await self._make_token(*scopes))["token"]
        return str((await self.ask("POST", "/auth/token", {"token": token}))["access_token"])

    async def belongings(self) -> Things:
        """Everything that anybody else could have changed."""
        paths = ("/todos/export", "/todos/calendar", "/auth/me", "/auth/sessions", "/auth/tokens", "/auth/passkeys")
        await self.person.bearer()  # so that nothing below signs in once more
        return dict(
            zip(paths, map(_at_rest, await asyncio.gather(*(self.ask("GET", path) for path in paths))), strict=True)
        )


def _at_rest(seen: Any) -> Any:
    if isinstance(seen, dict):
        return {key: _at_rest(value) for key, value in seen.items() if key not in _RESTLESS}
    return [_at_rest(each) for each in seen] if isinstance(seen, list) else seen
