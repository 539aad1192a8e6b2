"""Opening an account and getting in.

A password takes longer to hash than everything else together. So these functions take the whole database and open
their transaction when the hash is there, instead of holding a connection meanwhile.
"""

from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.accounts import repository
from auth_service.accounts.emails import Pseudonyms
from auth_service.accounts.errors import EmailTaken, InvalidCredentials
from auth_service.accounts.passwords import Passwords
from auth_service.accounts.schemas import Credentials, Registration, UserOut
from auth_service.sessions import service as sessions
from auth_service.sessions.clients import Client
from auth_service.sessions.errors import SessionEnded
from auth_service.sessions.service import Grant
from auth_service.sessions.tokens import Mint, RefreshToken
from chassis.database import Database
from chassis.messaging import outbox
from chassis.problems import Unauthenticated
from contracts.users import UserRegistered

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Entrance:
    """Where people come in: what it takes to tell who they are and to give them a session."""

    database: Database
    passwords: Passwords
    mint: Mint
    pseudonyms: Pseudonyms


@dataclass(frozen=True, slots=True)
class Arrival:
    """A person with a session that has just begun, or goes on."""

    user: UserOut
    grant: Grant


async def register(entrance: Entrance, registration: Registration, *, client: Client) -> Arrival:
    password_hash = await entrance.passwords.hash(registration.password.get_secret_value())
    async with entrance.database.transaction() as tx:
        user = await repository.add(
            tx, email=registration.email, password_hash=password_hash, display_name=registration.display_name
        )
        if user is None:
            raise EmailTaken
        await outbox.record(tx, UserRegistered(user_id=user.id), source="auth")
        grant = await sessions.start(tx, entrance.mint, user_id=user.id, client=client)
    log.info("account.registered", user_id=user.id)
    log.info("session.started", user_id=user.id, session_id=grant.session_id)
    return Arrival(user, grant)


async def sign_in(entrance: Entrance, credentials: Credentials, *, client: Client) -> Arrival:
    password = credentials.password.get_secret_value()
    async with entrance.database.reads() as reads:
        account = await repository.find_account(reads, credentials.email)
    matches = await entrance.passwords.verify(password, account.password_hash if account else None)
    if account is None or not matches:
        log.info("login.failed", account=entrance.pseudonyms.of(credentials.email))
        raise InvalidCredentials
    new_hash = await _renewed_hash(entrance.passwords, password, account.password_hash)
    async with entrance.database.transaction() as tx:
        if new_hash is not None:
            await repository.replace_hash(tx, account.user.id, old=account.password_hash, new=new_hash)
        grant = await sessions.start(tx, entrance.mint, user_id=account.user.id, client=client)
    log.info("session.started", user_id=account.user.id, session_id=grant.session_id)
    return Arrival(account.user, grant)


async def _renewed_hash(passwords: Passwords, password: str, password_hash: str) -> str | None:
    """Only now is the password at hand, so only now can a hash with old parameters be replaced."""
    return await passwords.hash(password) if passwords.is_outdated(password_hash) else None


async def refresh(entrance: Entrance, token: RefreshToken, *, client: Client) -> Arrival:
    async with entrance.database.transaction() as tx:
        grant = await sessions.rotate(tx, entrance.mint, token, address=client.address)
        user = await repository.find(tx, grant.user_id) if grant else None
    # Raised when the transaction is over: a session that a stolen token has ended must stay ended.
    if grant is None or user is None:
        raise SessionEnded
    log.info("session.refreshed", user_id=user.id, session_id=grant.session_id)
    return Arrival(user, grant)


async def find_user(reads: AsyncConnection, user_id: UUID) -> UserOut:
    user = await repository.find(reads, user_id)
    if user is None:
        raise Unauthenticated("The account of this access token is gone", error="invalid_token")
    return user
