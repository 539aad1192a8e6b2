"""`make demo`: an account with something in it, made through the gateway as anybody would."""

import json
import secrets
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from daybook.demo_todos import todos
from daybook.failures import Failure
from daybook.progress import show
from daybook.supervision.state import State

_PATIENCE_SECONDS = 30
_TRIES = 5
_TOO_MANY, _UNAVAILABLE = 429, 503
_FIRST_ERROR = 400


def make(state: State) -> int:
    record = state.live_record()
    if record and not record.ready:
        raise Failure("Daybook is still starting: try again when `make status` shows it ready.")
    if not record:
        raise Failure("Daybook is not running: `make start` first.")
    app = record.addresses["DAYBOOK_APP_URL"]
    email, password = f"demo-{secrets.token_hex(3)}@example.com", secrets.token_urlsafe(15)
    with closing(Api(record.addresses["DAYBOOK_API_URL"], origin=app)) as api:
        account = api.post("/auth/register", {"email": email, "password": password, "display_name": "Demo"})
        api.sign_in(account["access_token"])
        made = [api.post("/todos", todo) for todo in todos(date.today())]  # noqa: DTZ011  (the day where you are)
    show(f"An account with {len(made)} todos:\n\n  App       {app}\n  E-mail    {email}\n  Password  {password}\n")
    return 0


class Api:
    """One connection, kept open, that waits when it is asked to."""

    def __init__(self, url: str, *, origin: str) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=_PATIENCE_SECONDS)
        self._headers = {"Content-Type": "application/json", "Accept": "application/json", "Origin": origin}

    def close(self) -> None:
        self._connection.close()

    def sign_in(self, access_token: str) -> None:
        self._headers["Authorization"] = f"Bearer {access_token}"

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        for _ in range(_TRIES):
            status, wait, answer = self._send(path, body)
            if status not in (_TOO_MANY, _UNAVAILABLE):
                break
            show(f"the API asks to wait {wait} s")
            time.sleep(wait)
        if status >= _FIRST_ERROR:
            raise Failure(
                f"POST {path} was answered with {status}: {answer.get('title')}. {answer.get('detail') or ''}"
            )
        return answer

    def _send(self, path: str, body: Mapping[str, Any]) -> tuple[int, int, dict[str, Any]]:
        """Status, seconds to wait, body."""
        try:
            self._connection.request("POST", path, json.dumps(body), self._headers)
            response = self._connection.getresponse()
            text = response.read()
        except (HTTPException, OSError) as error:
            raise Failure(f"The API does not answer ({error}): `make status` shows what is missing.") from error
        wait = response.headers.get("Retry-After", "1")
        return response.status, int(wait) if wait.isdigit() else 1, json.loads(text) if text else {}
