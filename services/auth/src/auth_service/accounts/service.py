"""Opening an account and getting in.

A password takes longer to hash than everything else together. So these functions take the whole database and open
their transaction when the hash is there, instead of holding a connection meanwhile.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.accounts import repository, rules
from auth_service.accounts.emails import Pseudonyms, key_of
from auth_service.accounts.errors import EmailNotVerified, EmailTaken, InvalidCredentials
from auth_service.accounts.passwords import Passwords, new_hash, unmatchable
from auth_service.accounts.repository import Account
from auth_service.accounts.rules import Whose
from auth_service.accounts.schemas import Credentials, Registration, UserOut
from auth_service.attempts import budgets
from auth_service.attempts import service as attempts
from auth_service.attempts.service import Attempts, Counts
from auth_service.audit import service as audit
from auth_service.audit.kinds import Kind
from auth_service.devices import service as devices
from auth_service.errands import service as errands
from auth_service.errands.kinds import Errand
from auth_service.mail import service as mail
from auth_service.mail.kinds import Template
from auth_service.second_factor import service as second_factor
from auth_service.second_factor.service import Checkpoint, Method, Proof
from auth_service.sessions import service as sessions
from auth_service.sessions.clients import Client
from auth_service.sessions.errors import SessionEnded
from auth_service.sessions.service import Grant, Stolen
from auth_service.sessions.tokens import Mint, RefreshToken
from auth_service.vault import Vault
from chassis.database import Database
from chassis.messaging import outbox
from chassis.problems import InvalidRequest, Unauthenticated
from contracts.users import UserRegistered

log = structlog.get_logger()

# What the log says of how somebody signed in, by what they showed beside the password.
_METHODS = {
    None: "password",
    Method.TOTP: "totp",
    Method.RECOVERY_CODE: "recovery_code",
    Method.PASSKEY: "password_and_passkey",
}


@dataclass(frozen=True, slots=True)
class Entrance:
    """Where people come in: what it takes to tell who they are and to give them a session."""

    database: Database
    passwords: Passwords
    mint: Mint
    pseudonyms: Pseudonyms
    attempts: Attempts
    vault: Vault
    checkpoint: Checkpoint
    # Whether an account is of use before its address is confirmed.
    require_verified: bool = False


class Visitor(NamedTuple):
    """Who is at the entrance, before anybody knows who it is."""

    client: Client
    # The secret of the browser's device cookie.
    browser: str
    # Whether it showed that cookie, and so may have been here before.
    has_cookie: bool


@dataclass(frozen=True, slots=True)
class Arrival:
    """A person with a session that has just begun, or goes on."""

    user: UserOut
    grant: Grant


async def register(entrance: Entrance, registration: Registration, *, visitor: Visitor) -> Arrival:
    password_hash = await new_hash(
        entrance.passwords,
        registration.password.get_secret_value(),
        Whose(registration.email, registration.display_name),
        pointer="#/password",
    )
    async with entrance.database.transaction() as tx:
        user = await open_account(
            tx, email=registration.email, password_hash=password_hash, display_name=registration.display_name
        )
        if user is None:
            raise EmailTaken
        grant = await sessions.start(tx, entrance.mint, user_id=user.id, client=visitor.client)
        await devices.remember(tx, user.id, visitor.browser)
        await errands.leave(tx, Errand.VERIFY_EMAIL, user_id=str(user.id))
        await audit.record(tx, Kind.ACCOUNT_OPENED, user_id=user.id, session_id=grant.session_id, client=visitor.client)
    log.info("account.registered", user_id=user.id)
    log.info("session.started", user_id=user.id, session_id=grant.session_id)
    return Arrival(user, grant)


async def ask_for_account(entrance: Entrance, registration: Registration, *, visitor: Visitor) -> None:
    """Where addresses have to be confirmed: the same work and the same answer, whether there is an account or not."""
    password_hash = await new_hash(
        entrance.passwords,
        registration.password.get_secret_value(),
        Whose(registration.email, registration.display_name),
        pointer="#/password",
    )
    async with entrance.database.transaction() as tx:
        await errands.leave(
            tx,
            Errand.OPEN_ACCOUNT,
            email=registration.email,
            password_hash=password_hash,
            display_name=registration.display_name,
            device=visitor.client.device,
            address=visitor.client.address,
        )
    log.info("account.asked_for", account=entrance.pseudonyms.of(registration.email))


async def open_account(
    tx: AsyncConnection, *, email: str, password_hash: str, display_name: str | None
) -> UserOut | None:
    """None if the address is taken."""
    user = await repository.add(tx, email=email, password_hash=password_hash, display_name=display_name)
    if user is not None:
        await outbox.record(tx, UserRegistered(user_id=user.id), source="auth")
    return user


async def sign_in(entrance: Entrance, credentials: Credentials, *, visitor: Visitor) -> Arrival:
    account = await _authenticate(entrance, credentials, visitor)
    if entrance.require_verified and not account.user.email_verified:
        async with entrance.database.transaction() as tx:
            await errands.leave(tx, Errand.VERIFY_EMAIL, user_id=str(account.user.id))
            await audit.record(
                tx,
                Kind.SIGN_IN_INCOMPLETE,
                user_id=account.user.id,
                client=visitor.client,
                details={"missing": "verified_email"},
            )
        raise EmailNotVerified
    proved_by = await second_factor.require(
        entrance.checkpoint,
        account.user.id,
        Proof(credentials.code, credentials.passkey),
        client=visitor.client,
        browser=visitor.browser if visitor.has_cookie else None,
    )
    return await let_in(entrance, account.user, visitor=visitor, method=_METHODS[proved_by])


async def sign_in_with_passkey(entrance: Entrance, credential: dict[str, Any], *, visitor: Visitor) -> Arrival:
    """Without a password: what the person has, and what it asked them for, are two factors."""
    user_id = await second_factor.identify(entrance.checkpoint, credential, client=visitor.client)
    async with entrance.database.reads() as reads:
        user = await find_user(reads, user_id)
    if entrance.require_verified and not user.email_verified:
        raise EmailNotVerified
    return await let_in(entrance, user, visitor=visitor, method="passkey")


async def let_in(entrance: Entrance, user: UserOut, *, visitor: Visitor, method: str) -> Arrival:
    """Begin a session of somebody who has proved who they are, and tell them if the browser is a new one."""
    async with entrance.database.transaction() as tx:
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
        pseudonym = entrance.pseudonyms.of(credentials.email)
        async with entrance.database.transaction() as tx:
            await audit.record(
                tx,
                Kind.SIGN_IN_FAILED,
                user_id=account.user.id if account else None,
                client=visitor.client,
                details={"next_after_seconds": wait, "known_device": is_known},
                personal={"account": pseudonym},
            )
        log.info("login.failed", account=pseudonym, next_after_seconds=wait)
        raise InvalidCredentials
    await entrance.attempts.forgive(counts)
    if entrance.passwords.is_outdated(account.password_hash):
        # Only now is the password at hand, so only now can a hash with old parameters be replaced.
        renewed = await entrance.passwords.hash(password)
        async with entrance.database.transaction() as tx:
            await repository.replace_hash(tx, account.user.id, old=account.password_hash, new=renewed)
    return account


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


async def require_length_alone(tx: AsyncConnection, user_id: UUID, password: str, *, pointer: str) -> None:
    """Raise InvalidRequest for a short one of an account whose second factor was removed since `new_hash` was asked."""
    if len(password) < rules.SHORTEST and not await second_factor.hold(tx, user_id):
        raise InvalidRequest(errors=[{"pointer": pointer, "detail": rules.TOO_SHORT}])


async def refresh(entrance: Entrance, token: RefreshToken, *, client: Client) -> Arrival:
    async with entrance.database.transaction() as tx:
        grant = await sessions.rotate(tx, entrance.mint, token, client=client)
        user = await repository.find(tx, grant.user_id) if grant else None
        if user and isinstance(grant, Stolen):
            await mail.enqueue(tx, Template.SESSION_STOLEN, user.email, device=grant.device or "an unknown device")
    # Raised when the transaction is over: a session that a stolen token has ended must stay ended.
    if user is None or not isinstance(grant, Grant):
        raise SessionEnded
    log.info("session.refreshed", user_id=user.id, session_id=grant.session_id)
    return Arrival(user, grant)


async def find_user(reads: AsyncConnection, user_id: UUID) -> UserOut:
    user = await repository.find(reads, user_id)
    if user is None:
        raise Unauthenticated("The account of this access token is gone", error="invalid_token")
    return user


async def find_by_id(reads: AsyncConnection, user_id: UUID) -> UserOut | None:
    return await repository.find(reads, user_id)


async def find_by_email(reads: AsyncConnection, email: str) -> UserOut | None:
    account = await repository.find_account(reads, email)
    return account.user if account else None


async def replace_password(tx: AsyncConnection, user_id: UUID, password_hash: str) -> None:
    await repository.set_hash(tx, user_id, password_hash)


async def has_hash(tx: AsyncConnection, user_id: UUID, password_hash: str) -> bool:
    """Whether the password is still the one that was looked at."""
    account = await repository.find_account_of(tx, user_id)
    return account is not None and account.password_hash == password_hash


async def take_name_away(tx: AsyncConnection, user_id: UUID) -> None:
    await repository.rename(tx, user_id, None)


async def void(tx: AsyncConnection, user_id: UUID) -> None:
    """Take away the password and the name of an account that may not be of who opened it."""
    account = await repository.find_account_of(tx, user_id)
    if account is not None:
        await repository.set_hash(tx, user_id, unmatchable(account.password_hash))
        await repository.rename(tx, user_id, None)


async def verify_email(tx: AsyncConnection, user_id: UUID) -> bool:
    """Whether it was not verified before."""
    return await repository.set_verified(tx, user_id)
