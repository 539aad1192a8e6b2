"""Links in mails: written by the worker for who has an account, and used once."""

import asyncio
import hashlib
import secrets
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.accounts import changes
from auth_service.accounts import service as accounts
from auth_service.accounts.passwords import new_hash
from auth_service.accounts.rules import Whose
from auth_service.accounts.schemas import UserOut
from auth_service.accounts.service import Entrance
from auth_service.audit import service as audit
from auth_service.audit.kinds import Kind
from auth_service.devices import service as devices
from auth_service.errands import service as errands
from auth_service.errands.kinds import Errand
from auth_service.errands.service import Handler
from auth_service.links import repository as links
from auth_service.links.kinds import Purpose
from auth_service.mail import service as mail
from auth_service.mail.kinds import LIFETIMES, Template
from auth_service.recovery import reclaiming
from auth_service.recovery.errors import LinkExpired
from auth_service.recovery.reclaiming import Removed
from auth_service.revocations import service as revocations
from auth_service.sessions import service as sessions
from auth_service.sessions.clients import Client
from auth_service.sessions.service import EndReason
from chassis.database import Database
from chassis.messaging import outbox
from chassis.principals import Principal
from chassis.problems import InvalidRequest
from contracts.users import UserPasswordChanged

log = structlog.get_logger()

# So many mails of one kind an hour: more would only serve whoever wants to fill somebody's mailbox.
_MOST_AN_HOUR = 3
_HOUR = timedelta(hours=1)
_HOUSEKEEPING_SECONDS = 3600
# Of somebody who is not signed in to the account, for those who translate it.
PROOF_MISSING = "The account's password is needed here"


# --- what a request does ---------------------------------------------------------------------------------------


async def ask_for_reset(tx: AsyncConnection, email: str, *, client: Client) -> None:
    """The same for everybody: who the address belongs to, the worker finds out."""
    await errands.leave(tx, Errand.RESET_PASSWORD, email=email, device=client.device, address=client.address)


async def ask_for_verification(tx: AsyncConnection, user_id: UUID) -> None:
    await errands.leave(tx, Errand.VERIFY_EMAIL, user_id=str(user_id))


async def reset(entrance: Entrance, token: str, new_password: str, *, client: Client) -> None:
    """Every session ends, every browser is new, and what was added lately goes: somebody else may have been in."""
    token_hash = _hash(token)
    async with entrance.database.reads() as reads:
        user_id = await links.find_owner(reads, token_hash, purpose=Purpose.RESET_PASSWORD)
        if user_id is None:
            raise LinkExpired
        user = await accounts.find_user(reads, user_id)
        keeps_second_factor = await reclaiming.keeps_second_factor(reads, user)
    password_hash = await new_hash(
        entrance.passwords,
        new_password,
        Whose(user.email, user.display_name),
        pointer="#/new_password",
        has_second_factor=keeps_second_factor,
    )
    async with entrance.database.transaction() as tx:
        if await links.use(tx, token_hash, purpose=Purpose.RESET_PASSWORD) is None:
            raise LinkExpired
        await links.remove_all(tx, user_id, purpose=Purpose.RESET_PASSWORD)
        # Who reads the mailbox has proved that the address is theirs.
        await accounts.replace_password(tx, user_id, password_hash)
        is_first_proof = await accounts.verify_email(tx, user_id)
        removed = await reclaiming.remove(tx, user, everything=is_first_proof)
        await accounts.require_length_alone(tx, user_id, new_password, pointer="#/new_password")
        await _lock_out(tx, user, removed, client=client)
    log.info("password.reset", user_id=user_id)


async def _lock_out(tx: AsyncConnection, user: UserOut, removed: Removed, *, client: Client) -> None:
    """Whoever was in, and tell the person and the log."""
    reason, said = EndReason.PASSWORD_RESET, reclaiming.words(removed)
    await devices.forget_all(tx, user.id)
    ended = await sessions.end_all(tx, user.id, reason=reason)
    await outbox.record(tx, UserPasswordChanged(user_id=user.id), source="auth")
    await outbox.record(tx, reclaiming.event(user.id, removed), source="auth")
    await mail.enqueue(tx, Template.PASSWORD_CHOSEN, user.email, removed=said, **mail.circumstances(client))
    await audit.record(tx, Kind.PASSWORD_RESET, user_id=user.id, client=client)
    await reclaiming.record(tx, user.id, removed, client=client)
    await revocations.revoke_sessions(tx, [*ended, *removed.api_tokens], user_id=user.id, reason=reason)


async def verify(
    entrance: Entrance, token: str, password: str | None, *, caller: Principal | None, client: Client
) -> None:
    """Whoever reads the mail has to be who uses the account: a click alone would confirm what a stranger opened."""
    token_hash = _hash(token)
    async with entrance.database.reads() as reads:
        user_id = await links.find_owner(reads, token_hash, purpose=Purpose.VERIFY_EMAIL)
    if user_id is None:
        raise LinkExpired
    session_id = caller.session_id if caller and caller.id == user_id else None
    if session_id is None:
        if password is None:
            raise InvalidRequest(errors=[{"pointer": "#/password", "detail": PROOF_MISSING}])
        await changes.confirm_for(entrance, user_id, password, client=client)
    async with entrance.database.transaction() as tx:
        if await links.use(tx, token_hash, purpose=Purpose.VERIFY_EMAIL) is None:
            raise LinkExpired
        await links.remove_all(tx, user_id, purpose=Purpose.VERIFY_EMAIL)
        if await accounts.verify_email(tx, user_id):
            await audit.record(tx, Kind.EMAIL_VERIFIED, user_id=user_id, session_id=session_id, client=client)


# --- what the worker does afterwards ---------------------------------------------------------------------------


def handlers(app_url: str) -> dict[Errand, Handler]:
    """What becomes of each errand. `app_url` is where links lead."""
    return {
        Errand.NOTIFY: _notify,
        Errand.RESET_PASSWORD: partial(_reset_password, app_url),
        Errand.VERIFY_EMAIL: partial(_verify_email, app_url),
        Errand.OPEN_ACCOUNT: partial(_open_account, app_url),
    }


async def _notify(tx: AsyncConnection, said: dict[str, Any]) -> None:
    user = await accounts.find_by_id(tx, UUID(said["user_id"]))
    if user is not None:
        await mail.enqueue(tx, Template(said["template"]), user.email, **said["values"])


async def _reset_password(app_url: str, tx: AsyncConnection, said: dict[str, Any]) -> None:
    user = await accounts.find_by_email(tx, said["email"])
    if user is not None and await _send_link(tx, user, Purpose.RESET_PASSWORD, app_url):
        client = Client(said["device"], said["address"])
        await audit.record(tx, Kind.PASSWORD_RESET_ASKED, user_id=user.id, client=client)


async def _verify_email(app_url: str, tx: AsyncConnection, said: dict[str, Any]) -> None:
    user = await accounts.find_by_id(tx, UUID(said["user_id"]))
    if user is not None and not user.email_verified:
        await _send_link(tx, user, Purpose.VERIFY_EMAIL, app_url)


async def _open_account(app_url: str, tx: AsyncConnection, said: dict[str, Any]) -> None:
    opened = await accounts.open_account(
        tx, email=said["email"], password_hash=said["password_hash"], display_name=said["display_name"]
    )
    client = Client(said["device"], said["address"])
    if opened is None:
        await _remind(app_url, tx, said["email"], client=client)
        return
    await _send_link(tx, opened, Purpose.VERIFY_EMAIL, app_url)
    await audit.record(tx, Kind.ACCOUNT_OPENED, user_id=opened.id, client=client)


async def _remind(app_url: str, tx: AsyncConnection, email: str, *, client: Client) -> None:
    """There is an account already. What was given now may be somebody else's, and so may what was given before."""
    user = await accounts.find_by_email(tx, email)
    if user is None:
        return
    if user.email_verified:
        await _tell_that_it_is_in_use(tx, user)
    elif await sessions.has_begun(tx, user.id):
        await _send_link(tx, user, Purpose.VERIFY_EMAIL, app_url)
    else:
        # Confirming the address would confirm the password of whoever was first.
        await accounts.void(tx, user.id)
        await links.remove_all(tx, user.id, purpose=Purpose.VERIFY_EMAIL)
        await _send_link(tx, user, Purpose.RESET_PASSWORD, app_url, template=Template.CHOOSE_PASSWORD)
        await audit.record(tx, Kind.PASSWORD_RESET_ASKED, user_id=user.id, client=client)


async def keep_house(database: Database) -> None:
    """Remove what can no longer be used. Runs until cancelled."""
    while True:
        async with database.transaction() as tx:
            removed = await links.remove_expired(tx, for_longer_than=_HOUR)
            forgotten = await audit.forget_strangers(tx)
        log.info("recovery.removed", links=removed, months_of_strangers=forgotten)
        await asyncio.sleep(_HOUSEKEEPING_SECONDS)


# The mail that brings a link, and the page of the app that it leads to.
_LINKS = {
    Purpose.RESET_PASSWORD: (Template.PASSWORD_RESET, "reset"),
    Purpose.VERIFY_EMAIL: (Template.VERIFY_EMAIL, "verify"),
}


async def _send_link(
    tx: AsyncConnection, user: UserOut, purpose: Purpose, app_url: str, *, template: Template | None = None
) -> bool:
    """False if they got enough of these lately."""
    if not await _is_bearable(tx, user.id, purpose):
        return False
    token, (usual, page) = secrets.token_urlsafe(32), _LINKS[purpose]
    template = template or usual
    await links.add(tx, _hash(token), purpose=purpose, user_id=user.id, lifetime=LIFETIMES[template])
    # Behind the #, so that it is in no log of a server and in no Referer.
    await mail.enqueue(tx, template, user.email, link=f"{app_url}/{page}#token={token}")
    return True


async def _tell_that_it_is_in_use(tx: AsyncConnection, user: UserOut) -> None:
    purpose = Purpose.EMAIL_IN_USE
    if await _is_bearable(tx, user.id, purpose):
        await links.add(tx, secrets.token_bytes(32), purpose=purpose, user_id=user.id, lifetime=_HOUR)
        await mail.enqueue(tx, Template.EMAIL_IN_USE, user.email)


async def _is_bearable(tx: AsyncConnection, user_id: UUID, purpose: Purpose) -> bool:
    count = await links.count_since(tx, user_id, purpose=purpose, within=_HOUR)
    if count >= _MOST_AN_HOUR:
        log.info("mail.withheld", user_id=user_id, purpose=purpose)
    return count < _MOST_AN_HOUR


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
