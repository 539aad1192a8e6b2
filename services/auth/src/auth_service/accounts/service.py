"""Opening an account, and staying in.

A password takes longer to hash than everything else together. So these functions take the whole database and open
their transaction when the hash is there, instead of holding a connection meanwhile.
"""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.accounts import repository, rules
from auth_service.accounts.emails import Pseudonyms
from auth_service.accounts.errors import EmailTaken
from auth_service.accounts.passwords import Passwords, new_hash, unmatchable
from auth_service.accounts.rules import Whose
from auth_service.accounts.schemas import Registration, UserOut
from auth_service.attempts.service import Attempts
from auth_service.audit import service as audit
from auth_service.audit.kinds import Kind
from auth_service.devices import service as devices
from auth_service.errands import service as errands
from auth_service.errands.kinds import Errand
from auth_service.mail import service as mail
from auth_service.mail.kinds import Template
from auth_service.second_factor import service as second_factor
from auth_service.second_factor.service import Checkpoint
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


async def holds_hash(tx: AsyncConnection, user_id: UUID, password_hash: str) -> bool:
    """The same, and until the transaction is over nobody changes it."""
    await repository.hold(tx, user_id)
    return await has_hash(tx, user_id, password_hash)


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
