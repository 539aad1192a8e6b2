"""Authenticator app, recovery codes, passkeys: made, listed, removed, by somebody who has given the password again.

Each change is told by mail. The first factor an account gets brings recovery codes, so that losing it is no disaster;
they go with the last one.
"""

from typing import Any, NamedTuple
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service import vault as vaults
from auth_service.accounts import changes
from auth_service.accounts import service as accounts
from auth_service.accounts.errors import PasswordTooShortAlone, WrongPassword
from auth_service.accounts.repository import Account
from auth_service.accounts.rules import SHORTEST
from auth_service.accounts.service import Entrance
from auth_service.audit import service as audit
from auth_service.audit.kinds import Kind
from auth_service.enrolment.schemas import PasskeyOut
from auth_service.mail import service as mail
from auth_service.mail.kinds import Template
from auth_service.second_factor import challenges, passkeys, recovery_codes, repository, totp
from auth_service.second_factor import service as second_factor
from auth_service.second_factor.errors import (
    NoSecondFactor,
    PasskeyNotFound,
    PasskeyTaken,
    SecondFactorInvalid,
    TooManyPasskeys,
    TotpAlreadyOn,
    TotpNotBegun,
)
from auth_service.second_factor.repository import Factors, Passkey
from auth_service.sessions.clients import Client
from chassis.principals import Principal

log = structlog.get_logger()

_MOST_PASSKEYS = 20


class Setup(NamedTuple):
    """What an authenticator app has to be told, as text, as a link and as a picture."""

    secret: str
    uri: str
    qr_svg: str


class Added(NamedTuple):
    passkey: PasskeyOut
    # The first factor of an account brings them.
    recovery_codes: list[str] | None


async def find(reads: AsyncConnection, user_id: UUID) -> Factors:
    return await repository.find_factors(reads, user_id)


# --- the authenticator app ---------------------------------------------------------------------------------------


async def begin_totp(entrance: Entrance, caller: Principal, password: str, *, client: Client) -> Setup:
    account = await changes.confirm(entrance, caller, password, client=client)
    secret = totp.new_secret()
    uri = totp.uri(secret, account.user.email)
    async with entrance.database.transaction() as tx:
        if not await repository.put_totp(tx, caller.id, second_factor.seal_secret(tx, caller.id, secret)):
            raise TotpAlreadyOn
    return Setup(secret, uri, totp.qr_svg(uri))


async def confirm_totp(entrance: Entrance, caller: Principal, code: str, *, client: Client) -> list[str]:
    """Whoever enters a code has the secret: nothing is guessed here, for whoever could guess was shown it."""
    async with entrance.database.transaction() as tx:
        await changes.require_still_in(tx, caller)
        sealed = await repository.find_totp(tx, caller.id, confirmed=False)
        if sealed is None:
            raise TotpNotBegun
        secret = second_factor.open_secret(tx, caller.id, sealed)
        step = totp.matching_step(secret, code.replace(" ", ""), entrance.checkpoint.clock())
        if step is None:
            raise SecondFactorInvalid
        if not await repository.confirm_totp(tx, caller.id, secret=sealed, step=step):
            raise TotpNotBegun
        codes = await _new_codes(tx, caller.id)
        await _tell(tx, Kind.SECOND_FACTOR_ENABLED, caller, client, what="An authenticator app was added")
    return codes


async def remove_totp(entrance: Entrance, caller: Principal, password: str, code: str, *, client: Client) -> None:
    account = await changes.confirm(entrance, caller, password, client=client)
    async with entrance.database.reads() as reads:
        factors = await repository.find_factors(reads, caller.id)
    if not factors.totp:
        raise TotpNotBegun
    if not factors.passkeys:
        # Said before a recovery code is used up for nothing.
        _require_long_enough(password)
    await second_factor.require_code(entrance.checkpoint, caller.id, code, client=client)
    async with entrance.database.transaction() as tx:
        if not await repository.remove_totp(tx, caller.id):
            raise TotpNotBegun
        await _settle_without(tx, account, password)
        await _tell(tx, Kind.SECOND_FACTOR_DISABLED, caller, client, what="The authenticator app was removed")


async def renew_recovery_codes(
    entrance: Entrance, caller: Principal, password: str, code: str | None, *, client: Client
) -> list[str]:
    """With an app a code of it is asked for as well: they open what it opens."""
    await changes.confirm(entrance, caller, password, client=client)
    async with entrance.database.reads() as reads:
        if not await second_factor.is_enabled(reads, caller.id):
            raise NoSecondFactor
    await second_factor.require_code_if_totp(entrance.checkpoint, caller.id, code, client=client)
    async with entrance.database.transaction() as tx:
        await changes.require_still_in(tx, caller)
        codes = await _new_codes(tx, caller.id)
        await _tell(tx, Kind.RECOVERY_CODES_RENEWED, caller, client, what="New recovery codes were made")
    return codes


# --- passkeys ----------------------------------------------------------------------------------------------------


async def passkey_options(
    entrance: Entrance, caller: Principal, password: str, code: str | None, *, client: Client
) -> dict[str, Any]:
    """With an app a code of it is asked for as well: a passkey lets in without it."""
    account = await changes.confirm(entrance, caller, password, client=client)
    async with entrance.database.reads() as reads:
        known = await repository.list_passkeys(reads, caller.id)
        has_app = (await repository.find_factors(reads, caller.id)).totp
    if len(known) >= _MOST_PASSKEYS:
        raise TooManyPasskeys
    await second_factor.require_code_if_totp(entrance.checkpoint, caller.id, code, client=client)
    async with entrance.database.reads() as reads:
        now = entrance.checkpoint.clock()
        challenge = challenges.new_challenge(vaults.of(reads), subject=caller.session_id, now=now, with_code=has_app)
    return entrance.checkpoint.relying_party.registration_options(
        challenge=challenge,
        user_id=caller.id,
        email=account.user.email,
        display_name=account.user.display_name,
        known=[each.credential_id for each in known],
    )


async def add_passkey(
    entrance: Entrance, caller: Principal, name: str, credential: dict[str, Any], *, client: Client
) -> Added:
    """The challenge was made for this session, after its password: no other's is accepted. Nor is one from before there
    was an app, of which no code was shown for it.
    """
    checkpoint, said = entrance.checkpoint, passkeys.challenge_of_registration(credential)
    async with entrance.database.transaction() as tx:
        await changes.require_still_in(tx, caller)
        challenge = said and await _challenge(tx, said, caller, checkpoint.clock())
        new = checkpoint.relying_party.verify_registration(credential, challenge.bytes) if challenge else None
        if not challenge or new is None:
            raise SecondFactorInvalid("The authenticator's answer is not valid here, or came too late")
        if not await repository.use_challenge(tx, challenge.bytes, expires_at=challenge.expires_at):
            raise SecondFactorInvalid
        passkey = await repository.add_passkey(tx, caller.id, new, name=name)
        if passkey is None:
            raise PasskeyTaken
        codes = recovery_codes.new_codes()
        is_first = await repository.add_recovery_codes(tx, caller.id, _hashes(caller.id, codes))
        await _tell(tx, Kind.PASSKEY_ADDED, caller, client, what=f"A passkey was added: {name}", name=name)
    return Added(_shown(passkey), codes if is_first else None)


async def _challenge(tx: AsyncConnection, said: bytes, caller: Principal, now: float) -> challenges.Challenge | None:
    vault, session_id = vaults.of(tx), caller.session_id
    with_code = challenges.read(vault, said, subject=session_id, now=now, with_code=True)
    if with_code or (await repository.find_factors(tx, caller.id)).totp:
        return with_code
    return challenges.read(vault, said, subject=session_id, now=now)


async def list_passkeys(
    reads: AsyncConnection, user_id: UUID, *, after: UUID | None = None, limit: int | None = None
) -> list[PasskeyOut]:
    return [_shown(each) for each in await repository.list_passkeys(reads, user_id, after=after, limit=limit)]


def _shown(passkey: Passkey) -> PasskeyOut:
    return PasskeyOut(**{name: getattr(passkey, name) for name in PasskeyOut.model_fields})


async def remove_passkey(
    entrance: Entrance, caller: Principal, passkey_id: UUID, password: str, code: str | None, *, client: Client
) -> None:
    """With an app a code of it is asked for as well: a password alone takes away no factor."""
    account = await changes.confirm(entrance, caller, password, client=client)
    async with entrance.database.reads() as reads:
        if passkey_id not in {each.id for each in await repository.list_passkeys(reads, caller.id)}:
            raise PasskeyNotFound
    await second_factor.require_code_if_totp(entrance.checkpoint, caller.id, code, client=client)
    async with entrance.database.transaction() as tx:
        name = await repository.remove_passkey(tx, caller.id, passkey_id)
        if name is None:
            raise PasskeyNotFound
        await _settle_without(tx, account, password)
        await _tell(tx, Kind.PASSKEY_REMOVED, caller, client, what=f"A passkey was removed: {name}", name=name)


# --- what they have in common ------------------------------------------------------------------------------------


async def _new_codes(tx: AsyncConnection, user_id: UUID) -> list[str]:
    codes = recovery_codes.new_codes()
    await repository.put_recovery_codes(tx, user_id, _hashes(user_id, codes))
    return codes


def _hashes(user_id: UUID, codes: list[str]) -> list[bytes]:
    return [code_hash for each in codes if (code_hash := recovery_codes.hash_of(user_id, each))]


async def _settle_without(tx: AsyncConnection, account: Account, password: str) -> None:
    """With the last factor go the recovery codes; and `password`, which is what is left, has to be long enough."""
    if await second_factor.hold(tx, account.user.id):
        return
    if not await accounts.has_hash(tx, account.user.id, account.password_hash):
        raise WrongPassword("The password was changed a moment ago")
    _require_long_enough(password)
    await repository.remove_recovery_codes(tx, account.user.id)


def _require_long_enough(password: str) -> None:
    """To be all that is asked for."""
    if len(password) < SHORTEST:
        raise PasswordTooShortAlone(f"At least {SHORTEST} characters, once the password is all that is asked for")


async def _tell(
    tx: AsyncConnection, kind: Kind, caller: Principal, client: Client, *, what: str, **personal: str
) -> None:
    """To the person by mail, and to the log."""
    user = await accounts.find_user(tx, caller.id)
    await mail.enqueue(tx, Template.SECOND_FACTOR_CHANGED, user.email, what=what, **mail.circumstances(client))
    await audit.record(tx, kind, user_id=caller.id, session_id=caller.session_id, client=client, personal=personal)
    log.info(kind, user_id=caller.id, session_id=caller.session_id)
