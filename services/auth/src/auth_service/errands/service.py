"""Whether an address has an account must not show in an answer, nor in the time it takes.

So a request that depends on it leaves an errand, the same for everybody, and the worker finds out.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from auth_service import vault as vaults
from auth_service.errands import repository
from auth_service.errands.kinds import Errand
from auth_service.errands.repository import WaitingErrand
from auth_service.mail.kinds import Template
from chassis.database import Database, is_unavailable

log = structlog.get_logger()

Handler = Callable[[AsyncConnection, dict[str, Any]], Awaitable[None]]

_POLL_SECONDS = 5.0
_PAUSE = timedelta(seconds=2)
# Some minutes: what fails for longer is a bug, and its request is forgotten.
_MOST_ATTEMPTS = 8
# Beside what was said.
_REQUEST_ID = "_request_id"


async def leave(tx: AsyncConnection, kind: Errand, **said: Any) -> None:
    """Run if, and only if, the caller's transaction commits."""
    errand_id = uuid7()
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    sealed = vaults.of(tx).ring.wrap(orjson.dumps(said | {_REQUEST_ID: request_id}), _context(errand_id))
    await repository.add(tx, errand_id, kind=kind, sealed=sealed)


async def notify(tx: AsyncConnection, template: Template, user_id: UUID, **values: str) -> None:
    """Mail to a person, for who knows only their id."""
    await leave(tx, Errand.NOTIFY, template=template, user_id=str(user_id), values=values)


async def run(database: Database, handlers: Mapping[Errand, Handler]) -> None:
    """Run what is left, as soon as it is committed. Runs until the database goes away, and then raises."""
    async with database.listening(repository.CHANNEL) as bell:
        while True:
            while await run_one(database, handlers):
                continue
            await bell.wait(_POLL_SECONDS)


async def run_one(database: Database, handlers: Mapping[Errand, Handler]) -> bool:
    """Run the errand that has waited longest, in one transaction with its removal. False if none is due."""
    errand: WaitingErrand | None = None
    try:
        async with database.transaction() as tx:
            errand = await repository.take(tx)
            if errand is None:
                return False
            said = orjson.loads(vaults.of(tx).ring.unwrap(errand.sealed, _context(errand.id)))
            with _for_request(said.pop(_REQUEST_ID, None)):
                await handlers[Errand(errand.kind)](tx, said)
    except Exception as error:
        if errand is None or is_unavailable(error):
            raise
        given_up = errand.attempts + 1 >= _MOST_ATTEMPTS
        log.exception("errand.failed", errand_id=errand.id, kind=errand.kind, given_up=given_up)
        await _put_back(database, errand, given_up=given_up)
    return True


def _for_request(request_id: str | None) -> AbstractContextManager[Any]:
    """What is logged and recorded belongs to the request that left the errand. None for one an earlier release left."""
    return structlog.contextvars.bound_contextvars(**({"request_id": request_id} if request_id else {}))


async def _put_back(database: Database, errand: WaitingErrand, *, given_up: bool) -> None:
    async with database.transaction() as tx:
        if given_up:
            await repository.remove(tx, errand.id)
        else:
            await repository.postpone(tx, errand.id, pause=_PAUSE * 2**errand.attempts)


def _context(errand_id: UUID) -> bytes:
    return b"errand\0" + errand_id.bytes
