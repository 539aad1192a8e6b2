"""Who may do what: a row for each operation of the public API, with a request that works for whoever may.

In a row `{name}` stands for something of the owner's (see `tests.support.belongings`), in its path, query and body.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.support.people import PASSWORD

Operation = tuple[str, str]
# What opens an operation: nothing is asked for; the refresh cookie; an access token that allows this.
Key = Literal["nothing", "cookie", "todos:read", "todos:write", "account"]

_AGAIN = {"password": PASSWORD}
_LINK = "Jx8kL2vQm5nR7tWzYb3dFg6hKp9sVc1xAeUoIiNwMqE"
_CREDENTIAL = {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}


@dataclass(frozen=True)
class Row:
    key: Key
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    # What has to be there first.
    thing: Literal["", "todo", "trash", "session", "passkey", "token", "calendar"] = ""
    # What whoever may is answered; and somebody else who names what is the owner's.
    ok: frozenset[int] = frozenset({200})
    stranger: frozenset[int] | None = None
    # Whether it ends the account or its sessions: everybody who asks is somebody new.
    drastic: bool = False
    # Whether an access token counts where none is asked for: then one that is not good is refused.
    reads_token: bool = False


def _row(key: Key, *ok: int, stranger: int | None = None, **more: Any) -> Row:
    theirs = None if stranger is None else frozenset({stranger})
    return Row(key, ok=frozenset(ok or {200}), stranger=theirs, **more)


_PUBLIC: dict[Operation, Row] = {
    ("POST", "/auth/register"): _row("nothing", 201, body={"email": "{new_email}", **_AGAIN}),
    ("POST", "/auth/login"): _row("nothing", body={"email": "{email}", **_AGAIN}),
    ("POST", "/auth/login/passkey/options"): _row("nothing", body={"email": "{email}"}),
    ("POST", "/auth/login/passkey"): _row("nothing", 401, body={"credential": _CREDENTIAL}),
    ("POST", "/auth/token"): _row("nothing", body={"token": "{token}"}, thing="token"),
    ("POST", "/auth/password/forgot"): _row("nothing", 202, body={"email": "{email}"}),
    ("POST", "/auth/password/reset"): _row("nothing", 410, body={"token": _LINK, "new_password": PASSWORD}),
    ("POST", "/auth/email/verify"): _row("nothing", 410, body={"token": _LINK}, reads_token=True),
    ("GET", "/.well-known/jwks.json"): _row("nothing"),
    ("GET", "/auth/.well-known/jwks.json"): _row("nothing"),
    # The address is the secret: whoever has it may read.
    ("GET", "/calendar/{secret}.ics"): _row("nothing", thing="calendar"),
}

_ACCOUNT: dict[Operation, Row] = {
    ("POST", "/auth/refresh"): _row("cookie", body={}),
    ("POST", "/auth/logout"): _row("cookie", 204, body={}, drastic=True),
    ("POST", "/auth/email/verification"): _row("account", 202),
    ("GET", "/auth/second-factor"): _row("account"),
    ("POST", "/auth/second-factor/totp"): _row("account", body=_AGAIN),
    ("POST", "/auth/second-factor/totp/confirm"): _row("account", 409, body={"code": "000000"}, drastic=True),
    ("POST", "/auth/second-factor/totp/remove"): _row("account", 409, body={**_AGAIN, "code": "000000"}, drastic=True),
    ("POST", "/auth/second-factor/recovery-codes"): _row("account", 409, body=_AGAIN, drastic=True),
    ("GET", "/auth/passkeys"): _row("account", thing="passkey", query={"cursor": "{passkey_id}"}, drastic=True),
    ("POST", "/auth/passkeys"): _row("account", 401, body={"name": "Laptop", "credential": _CREDENTIAL}),
    ("POST", "/auth/passkeys/options"): _row("account", body=_AGAIN),
    ("POST", "/auth/passkeys/{passkey_id}/remove"): _row(
        "account", 204, stranger=404, thing="passkey", body=_AGAIN, drastic=True
    ),
    ("GET", "/auth/tokens"): _row("account", thing="token", query={"cursor": "{token_id}"}),
    ("POST", "/auth/tokens"): _row(
        "account", 201, body={"name": "Backup", "scopes": ["todos:read"], "expires_in_days": 1, **_AGAIN}
    ),
    ("DELETE", "/auth/tokens/{token_id}"): _row("account", 204, stranger=404, thing="token"),
    ("GET", "/auth/me"): _row("account"),
    ("PATCH", "/auth/me"): _row("account", body={"display_name": "Somebody else"}),
    ("DELETE", "/auth/me"): _row("account", 204, body=_AGAIN, drastic=True),
    ("POST", "/auth/password"): _row(
        "account", 204, body={"current_password": PASSWORD, "new_password": f"{PASSWORD} again"}, drastic=True
    ),
    ("GET", "/auth/audit"): _row("account"),
    ("GET", "/auth/export"): _row("account"),
    ("GET", "/auth/sessions"): _row("account", thing="session", query={"cursor": "{session_id}"}),
    ("DELETE", "/auth/sessions"): _row("account", 204, drastic=True),
    ("DELETE", "/auth/sessions/{session_id}"): _row("account", 204, stranger=404, thing="session"),
}

_OPERATION = {"op_id": "{new_id}", "todo_id": "{todo_id}", "kind": "delete", "base_version": "{version}"}
_MOMENT = "2026-01-01T00:00:00Z"
_FILE = {
    "format": "daybook.todos",
    "version": 1,
    "exported_at": _MOMENT,
    "todos": [
        {
            "id": "{todo_id}",
            "title": "Mine now",
            "position": "a0",
            "version": 1,
            "created_at": _MOMENT,
            # Newer than what is there, or it would not be brought in.
            "updated_at": "{now}",
            "history": [],
        }
    ],
}
_OF_ONE: dict[str, Any] = {"thing": "todo", "stranger": 404}

_TODOS: dict[Operation, Row] = {
    ("GET", "/todos"): _row("todos:read", thing="todo", query={"cursor": "{list_cursor}"}),
    ("POST", "/todos"): _row("todos:write", 201, body={"id": "{new_id}", "title": "Mine"}),
    ("GET", "/todos/trash"): _row("todos:read", thing="trash", query={"cursor": "{trash_cursor}"}),
    ("GET", "/todos/{todo_id}"): _row("todos:read", **_OF_ONE),
    ("PUT", "/todos/{todo_id}"): _row("todos:write", body={"title": "Mine now", "version": "{version}"}, **_OF_ONE),
    ("PATCH", "/todos/{todo_id}"): _row("todos:write", body={"title": "Mine now", "version": "{version}"}, **_OF_ONE),
    ("DELETE", "/todos/{todo_id}"): _row("todos:write", 204, body={"version": "{version}"}, **_OF_ONE),
    ("PATCH", "/todos/{todo_id}/toggle"): _row("todos:write", body={"completed": True}, **_OF_ONE),
    ("GET", "/todos/{todo_id}/history"): _row("todos:read", **_OF_ONE),
    ("POST", "/todos/{todo_id}/undo"): _row(
        "todos:write", 204, body={"seq": "{seq}", "version": "{version}"}, **_OF_ONE
    ),
    ("POST", "/todos/{todo_id}/restore"): _row("todos:write", thing="trash", stranger=404),
    ("POST", "/todos/bulk"): _row(
        "todos:write",
        thing="todo",
        body={"action": "delete", "todos": [{"id": "{todo_id}", "version": "{version}"}]},
    ),
    ("GET", "/todos/export"): _row("todos:read", thing="todo"),
    ("POST", "/todos/import"): _row("todos:write", thing="todo", body=_FILE),
    ("GET", "/todos/calendar"): _row("todos:read", thing="calendar"),
    ("POST", "/todos/calendar"): _row("todos:write", 201, thing="calendar"),
    ("DELETE", "/todos/calendar"): _row("todos:write", 204, thing="calendar"),
    # Cursors are of one stream: in another one they mean nothing.
    ("GET", "/sync/changes"): _row("todos:read", thing="todo", query={"cursor": "{changes_cursor}"}, stranger=410),
    ("POST", "/sync/operations"): _row("todos:write", thing="todo", body={"operations": [_OPERATION]}),
    ("GET", "/sync/stream"): _row("todos:read", thing="todo"),
}

ROWS: Mapping[Operation, Row] = {**_PUBLIC, **_ACCOUNT, **_TODOS}
