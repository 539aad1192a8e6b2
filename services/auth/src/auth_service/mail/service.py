"""Mail is left in a transaction and goes when it has been committed. Only the worker waits for a mail server."""

import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from auth_service import vault as vaults
from auth_service.audit.service import Origin
from auth_service.mail import letters, repository
from auth_service.mail.kinds import LIFETIME, LIFETIMES, Template
from auth_service.mail.post import Post, UndeliverableError
from auth_service.mail.repository import WaitingMail
from auth_service.settings import Settings
from chassis.database import Database

log = structlog.get_logger()

# Longer than a mail server is waited for.
_LEASE = timedelta(minutes=2)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
# NOTIFY wakes at once; this is for what it cannot promise.
_POLL_SECONDS = 5.0


async def enqueue(tx: AsyncConnection, template: Template, to: str, **values: str) -> None:
    """The mail goes if, and only if, the caller's transaction commits."""
    mail_id = uuid7()
    content = orjson.dumps({"to": to, "values": values})
    sealed = vaults.of(tx).ring.wrap(content, _context(template))
    await repository.add(tx, mail_id, template=template, sealed=sealed, lifetime=LIFETIMES.get(template, LIFETIME))


def circumstances(client: Origin) -> dict[str, str]:
    """What a mail says about where something was done from."""
    return {
        "device": client.device or "an unknown device",
        "address": client.address or "an unknown address",
        "when": f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC",
    }


async def deliver(database: Database, post: Post, settings: Settings) -> None:
    """Send what is due, and go on with what is left later. Runs until the database goes away, and then raises."""
    async with database.listening(repository.CHANNEL) as bell:
        log.info("mail.delivering", by=type(post).__name__)
        while True:
            while await deliver_one(database, post, settings):
                continue
            async with database.transaction() as tx:
                expired = await repository.remove_expired(tx)
                pause = await repository.seconds_until_due(tx)
            if expired:
                log.error("mail.expired", count=expired)
            await bell.wait(min(_POLL_SECONDS, _POLL_SECONDS if pause is None else max(0.1, pause)))


async def deliver_one(database: Database, post: Post, settings: Settings) -> bool:
    """Try the mail that has waited longest. False if none is due."""
    async with database.transaction() as tx:
        mail = await repository.borrow(tx, lease=_LEASE)
        content = _content(tx, mail) if mail else None
    if mail is None or content is None:
        return False
    try:
        message = letters.write(
            Template(mail.template),
            mail.id,
            sender=settings.mail.sender,
            to=content["to"],
            values=_links(settings) | content["values"],
        )
        await post.send(message)
    except UndeliverableError as error:
        log.error("mail.undeliverable", mail_id=mail.id, template=mail.template, error=type(error.__cause__).__name__)  # noqa: TRY400 (its text has the address)
    except Exception as error:  # noqa: BLE001 (whatever keeps a mail from going, it is tried again)
        await _change(database, lambda tx: repository.postpone(tx, mail.id, pause=_pause(mail.attempts)))
        log.warning("mail.postponed", mail_id=mail.id, template=mail.template, error=type(error).__name__)
        return True
    else:
        log.info("mail.sent", mail_id=mail.id, template=mail.template, attempts=mail.attempts)
    await _change(database, lambda tx: repository.remove(tx, mail.id))
    return True


async def _change(database: Database, change: Callable[[AsyncConnection], Awaitable[None]]) -> None:
    async with database.transaction() as tx:
        await change(tx)


def _content(tx: AsyncConnection, mail: WaitingMail) -> dict[str, Any]:
    content: dict[str, Any] = orjson.loads(vaults.of(tx).ring.unwrap(mail.sealed, _context(mail.template)))
    return content


def _links(settings: Settings) -> dict[str, str]:
    """The pages of the app that any mail may point at."""
    return {"sign_in": f"{settings.app_url}/sign-in", "forgot": f"{settings.app_url}/forgot"}


def _pause(attempts: int) -> timedelta:
    """Doubles with every failure, and no two mails wait equally long."""
    doublings: int = 2 ** min(attempts - 1, 20)
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * doublings) * random.uniform(0.5, 1)  # noqa: S311 (jitter, not a secret)


def _context(template: str) -> bytes:
    return f"mail:{template}".encode()
