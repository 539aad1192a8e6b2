"""What people do with their own account once they are in it."""

from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.accounts import repository
from auth_service.accounts.errors import WrongPassword
from auth_service.accounts.passwords import new_hash
from auth_service.accounts.repository import Account
from auth_service.accounts.rules import Whose
from auth_service.accounts.schemas import PasswordChange, UserOut
from auth_service.accounts.service import Entrance, require_length_alone
from auth_service.attempts import budgets
from auth_service.attempts import service as attempts
from auth_service.audit import service as audit
from auth_service.audit.kinds import Kind
from auth_service.links import repository as links
from auth_service.links.kinds import Purpose
from auth_service.mail import service as mail
from auth_service.mail.kinds import Template
from auth_service.revocations import service as revocations
from auth_service.second_factor import service as second_factor
from auth_service.sessions import service as sessions
from auth_service.sessions.clients import Client
from auth_service.sessions.service import EndReason
from chassis.messaging import outbox
from chassis.principals import Principal
from chassis.problems import Unauthenticated
from contracts.users import UserDeleted, UserPasswordChanged

log = structlog.get_logger()


async def rename(tx: AsyncConnection, caller: Principal, display_name: str | None, *, client: Client) -> UserOut:
    user = await repository.rename(tx, caller.id, display_name)
    if user is None:
        raise _gone()
    await _record(tx, Kind.ACCOUNT_RENAMED, caller, client)
    return user


async def change_password(entrance: Entrance, caller: Principal, change: PasswordChange, *, client: Client) -> None:
    """Every other session ends; the one that asks goes on."""
    account = await confirm(entrance, caller, change.current_password.get_secret_value(), client=client)
    async with entrance.database.reads() as reads:
        has_second_factor = await second_factor.is_enabled(reads, caller.id)
    password_hash = await new_hash(
        entrance.passwords,
        change.new_password.get_secret_value(),
        Whose(account.user.email, account.user.display_name),
        pointer="#/new_password",
        has_second_factor=has_second_factor,
    )
    async with entrance.database.transaction() as tx:
        # Whoever has asked for one, it would put another password in the place of this one. Links first, as in a reset.
        await links.remove_all(tx, caller.id, purpose=Purpose.RESET_PASSWORD)
        if not await repository.replace_hash(tx, caller.id, old=account.password_hash, new=password_hash):
            raise WrongPassword("The password was changed a moment ago")
        await require_length_alone(tx, caller.id, change.new_password.get_secret_value(), pointer="#/new_password")
        reason = EndReason.PASSWORD_CHANGED
        ended = await sessions.end_all(tx, caller.id, reason=reason, except_session=caller.session_id)
        await outbox.record(tx, UserPasswordChanged(user_id=caller.id), source="auth")
        await mail.enqueue(tx, Template.PASSWORD_CHANGED, account.user.email, **mail.circumstances(client))
        await _record(tx, Kind.PASSWORD_CHANGED, caller, client)
        await revocations.revoke_sessions(tx, ended, user_id=caller.id, reason=reason)


async def delete(entrance: Entrance, caller: Principal, password: str, code: str | None, *, client: Client) -> None:
    """What the log knows of the person becomes unreadable; todos hears of it and destroys what it has."""
    account = await confirm(entrance, caller, password, client=client)
    await second_factor.require_code_if_totp(entrance.checkpoint, caller.id, code, client=client)
    async with entrance.database.transaction() as tx:
        if not await repository.remove(tx, caller.id):
            raise _gone()
        await outbox.record(tx, UserDeleted(user_id=caller.id), source="auth")
        await mail.enqueue(tx, Template.ACCOUNT_DELETED, account.user.email)
        await _record(tx, Kind.ACCOUNT_DELETED, caller, client)
        await audit.forget(tx, user_id=caller.id)
        await revocations.revoke_user(tx, caller.id, reason=EndReason.ACCOUNT_DELETED)
    log.info("account.deleted", user_id=caller.id)


async def confirm(entrance: Entrance, caller: Principal, password: str, *, client: Client) -> Account:
    """The caller's account, if this is its password. Guesses are counted: an access token may be stolen."""
    return await confirm_for(entrance, caller.id, password, session_id=caller.session_id, client=client)


async def confirm_for(
    entrance: Entrance, user_id: UUID, password: str, *, session_id: UUID | None = None, client: Client
) -> Account:
    """The same for somebody who has shown otherwise which account is meant, with a link perhaps."""
    key = attempts.key_of(entrance.vault, budgets.CONFIRMATION, str(user_id))
    wait = await entrance.attempts.begin({key: budgets.CONFIRMATION})
    async with entrance.database.reads() as reads:
        account = await repository.find_account_of(reads, user_id)
    if account is None:
        raise _gone()
    if not await entrance.passwords.verify(password, account.password_hash):
        details = {"next_after_seconds": wait}
        async with entrance.database.transaction() as tx:
            await audit.record(
                tx, Kind.CONFIRMATION_FAILED, user_id=user_id, session_id=session_id, client=client, details=details
            )
        raise WrongPassword
    await entrance.attempts.forgive({key: budgets.CONFIRMATION})
    return account


async def require_still_in(tx: AsyncConnection, caller: Principal) -> None:
    """Of who adds something that lets in: the session may have ended since the request was let in.

    Whoever takes the account back at the same moment waits, and then finds what this transaction has added.
    """
    await repository.hold(tx, caller.id)
    await sessions.require_live(tx, caller.session_id)


async def _record(tx: AsyncConnection, kind: Kind, caller: Principal, client: Client) -> None:
    await audit.record(tx, kind, user_id=caller.id, session_id=caller.session_id, client=client)


def _gone() -> Unauthenticated:
    return Unauthenticated("The account of this access token is gone", error="invalid_token")
