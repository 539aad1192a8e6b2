"""Getting in, with a password or with a passkey alone.

What somebody shows is looked at for as long as a hash takes, and may be taken away meanwhile. So the session begins in
a transaction that holds the account and looks again: a new password either ends the session or refuses it.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.accounts import repository
from auth_service.accounts.emails import key_of
from auth_service.accounts.errors import EmailNotVerified, InvalidCredentials
from auth_service.accounts.repository import Account
from auth_service.accounts.schemas import Credentials, UserOut
from auth_service.accounts.service import Arrival, Entrance, Visitor, find_user, holds_hash
from auth_service.attempts import budgets
from auth_service.attempts import service as attempts
from auth_service.attempts.service import Counts
from auth_service.audit import service as audit
from auth_service.audit.kinds import Kind
from auth_service.devices import service as devices
from auth_service.errands import service as errands
from auth_service.errands.kinds import Errand
from auth_service.mail import service as mail
from auth_service.mail.kinds import Template
from auth_service.second_factor import service as second_factor
from auth_service.second_factor.errors import SecondFactorInvalid
from auth_service.second_factor.service import Method, Proof
from auth_service.sessions import service as sessions
from auth_service.vault import Vault
from chassis.database import Database

log = structlog.get_logger()

# What the log says of how somebody signed in, by what they showed beside the password.
_METHODS = {
    None: "password",
    Method.TOTP: "totp",
    Method.RECOVERY_CODE: "recovery_code",
    Method.PASSKEY: "password_and_passkey",
}

# Whether what somebody has shown is still good. Holds the account.
Holds = Callable[[AsyncConnection], Awaitable[bool]]


async def sign_in(entrance: Entrance, credentials: Credentials, *, visitor: Visitor) -> Arrival:
    account = await _authenticate(entrance, credentials, visitor)
    if entrance.require_verified and not account.user.email_verified:
        await _send_link_again(entrance, account.user, visitor)
        raise EmailNotVerified
    proved_by = await second_factor.require(
        entrance.checkpoint,
        account.user.id,
        Proof(credentials.code, credentials.passkey),
        client=visitor.client,
        browser=visitor.browser if visitor.has_cookie else None,
    )
    holds = partial(holds_hash, user_id=account.user.id, password_hash=account.password_hash)
    arrival = await _let_in(entrance, account.user, holds, visitor=visitor, method=_METHODS[proved_by])
    if arrival is None:
        await _record_overtaken(entrance, account.user.id, visitor)
        raise InvalidCredentials
    return arrival


async def sign_in_with_passkey(entrance: Entrance, credential: dict[str, Any], *, visitor: Visitor) -> Arrival:
    """Without a password: what the person has, and what it asked them for, are two factors."""
    user_id = await second_factor.identify(entrance.checkpoint, credential, client=visitor.client)
    async with entrance.database.reads() as reads:
        user = await find_user(reads, user_id)
    if entrance.require_verified and not user.email_verified:
        raise EmailNotVerified

    async def holds(tx: AsyncConnection) -> bool:
        await repository.hold(tx, user_id)
        return await second_factor.has_passkey(tx, user_id, credential)

    arrival = await _let_in(entrance, user, holds, visitor=visitor, method="passkey")
    if arrival is None:
        await _record_overtaken(entrance, user_id, visitor)
        raise SecondFactorInvalid
    return arrival


async def _let_in(entrance: Entrance, user: UserOut, holds: Holds, *, visitor: Visitor, method: str) -> Arrival | None:
    """Begin a session, and tell the person if the browser is a new one. None if what they showed was taken away."""
    async with entrance.database.transaction() as tx:
        if not await holds(tx):
            return None
        grant = await sessions.start(tx, entrance.mint, user_id=user.id, client=visitor.client)
        if await devices.remember(tx, user.id, visitor.browser):
            await mail.enqueue(tx, Template.NEW_DEVICE, user.email, **mail.circumstances(visitor.client))
        await audit.record(
            tx,
            Kind.SIGNED_IN,
            user_id=user.id,
            session_id=grant.session_id,
            client=visitor.client,
            details={"method": method},
        )
    log.info("session.started", user_id=user.id, session_id=grant.session_id, method=method)
    return Arrival(user, grant)


async def _send_link_again(entrance: Entrance, user: UserOut, visitor: Visitor) -> None:
    async with entrance.database.transaction() as tx:
        await errands.leave(tx, Errand.VERIFY_EMAIL, user_id=str(user.id))
        missing = {"missing": "verified_email"}
        await audit.record(tx, Kind.SIGN_IN_INCOMPLETE, user_id=user.id, client=visitor.client, details=missing)


async def _authenticate(entrance: Entrance, credentials: Credentials, visitor: Visitor) -> Account:
    """Whose credentials these are. The same work, step by step, when there is no such account."""
    password = credentials.password.get_secret_value()
    is_known = visitor.has_cookie and await _is_known_device(entrance.database, credentials.email, visitor.browser)
    counts = _counts(entrance.vault, credentials.email, visitor, is_known=is_known)
    wait = await entrance.attempts.begin(counts)
    async with entrance.database.reads() as reads:
        account = await repository.find_account(reads, credentials.email)
    matches = await entrance.passwords.verify(password, account.password_hash if account else None)
    if account is None or not matches:
        details = {"next_after_seconds": wait, "known_device": is_known}
        await _record_failure(entrance, credentials.email, account.user.id if account else None, visitor, details)
        log.info("login.failed", account=entrance.pseudonyms.of(credentials.email), next_after_seconds=wait)
        raise InvalidCredentials
    await entrance.attempts.forgive(counts)
    return await _renewed(entrance, account, password)


async def _record_failure(
    entrance: Entrance, email: str, user_id: UUID | None, visitor: Visitor, details: dict[str, int]
) -> None:
    pseudonym = {"account": entrance.pseudonyms.of(email)}
    async with entrance.database.transaction() as tx:
        await audit.record(
            tx, Kind.SIGN_IN_FAILED, user_id=user_id, client=visitor.client, details=details, personal=pseudonym
        )


async def _record_overtaken(entrance: Entrance, user_id: UUID, visitor: Visitor) -> None:
    """What was shown was right, and is not any more. The account may be gone as well."""
    async with entrance.database.transaction() as tx:
        await repository.hold(tx, user_id)
        is_there = await repository.find(tx, user_id) is not None
        details = {"overtaken": True}
        whose = user_id if is_there else None
        await audit.record(tx, Kind.SIGN_IN_FAILED, user_id=whose, client=visitor.client, details=details)
    log.info("login.overtaken", user_id=user_id)


async def _renewed(entrance: Entrance, account: Account, password: str) -> Account:
    """Only now is the password at hand, so only now can a hash with old parameters be replaced."""
    if not entrance.passwords.is_outdated(account.password_hash):
        return account
    renewed = await entrance.passwords.hash(password)
    async with entrance.database.transaction() as tx:
        if await repository.replace_hash(tx, account.user.id, old=account.password_hash, new=renewed):
            return account._replace(password_hash=renewed)
        now = await repository.find_account_of(tx, account.user.id)
    # Somebody else was quicker: the same person in another browser, or a new password.
    return now if now and await entrance.passwords.verify(password, now.password_hash) else account


async def _is_known_device(database: Database, email: str, browser: str) -> bool:
    async with database.reads() as reads:
        account = await repository.find_account(reads, email)
        return await devices.is_known(reads, account.user.id if account else None, browser)


def _counts(vault: Vault, email: str, visitor: Visitor, *, is_known: bool) -> Counts:
    """What a guess counts for. The account by its address, so that one that does not exist is counted the same way."""
    if is_known:
        return {attempts.key_of(vault, budgets.DEVICE, f"{key_of(email)}\0{visitor.browser}"): budgets.DEVICE}
    names = {
        budgets.ACCOUNT: key_of(email),
        budgets.ADDRESS: attempts.neighbourhood(visitor.client.address),
        budgets.EVERYBODY: "",
    }
    return {attempts.key_of(vault, budget, name): budget for budget, name in names.items()}
