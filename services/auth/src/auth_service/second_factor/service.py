"""What it takes to get in beside the password, and what of it an account has.

Guesses are counted before they are looked at, in transactions of their own, so that any number of them at once gets
no more tries than there are. What is used up by being right is used up by one statement.
"""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service import vault as vaults
from auth_service.attempts import budgets
from auth_service.attempts import service as attempts
from auth_service.attempts.service import Attempts, Counts
from auth_service.audit import service as audit
from auth_service.audit.kinds import Kind
from auth_service.audit.service import Origin
from auth_service.devices import service as devices
from auth_service.errands import service as errands
from auth_service.mail import service as mail
from auth_service.mail.kinds import Template
from auth_service.second_factor import challenges, passkeys, recovery_codes, repository, totp
from auth_service.second_factor.errors import SecondFactorInvalid, SecondFactorRequired
from auth_service.second_factor.passkeys import RelyingParty
from auth_service.second_factor.repository import Factors, Since
from chassis.database import Database

log = structlog.get_logger()

_HOUSEKEEPING_SECONDS = 3600
_SIX_DIGITS = re.compile(r"[0-9]{6}")


class Method(StrEnum):
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"
    PASSKEY = "passkey"


class Proof(NamedTuple):
    """What somebody shows beside the password, if anything."""

    code: str | None = None
    # An assertion, as `navigator.credentials.get` gives it as JSON.
    passkey: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a second factor is looked at."""

    database: Database
    attempts: Attempts
    relying_party: RelyingParty
    # Seconds since 1970, by which codes and challenges are good or not.
    clock: Callable[[], float] = time.time


class Removed(NamedTuple):
    """What an account no longer has."""

    totp: bool
    # Their names.
    passkeys: list[str]
    recovery_codes: bool


async def find_since(reads: AsyncConnection, user_id: UUID) -> Since:
    return await repository.find_since(reads, user_id)


async def is_enabled(reads: AsyncConnection, user_id: UUID, *, for_longer_than: timedelta | None = None) -> bool:
    """Whether a password alone does not let this person in; or did not even so long ago."""
    return bool(methods_of(await repository.find_factors(reads, user_id, for_longer_than=for_longer_than)))


async def hold(tx: AsyncConnection, user_id: UUID) -> bool:
    """Whether there is one, which nobody else can take away before this transaction is over."""
    await repository.lock(tx, user_id)
    return await is_enabled(tx, user_id)


async def remove(tx: AsyncConnection, user_id: UUID, *, younger_than: timedelta | None) -> Removed:
    """What was added lately, or everything. Recovery codes go with the last factor as well."""
    totp_removed = await repository.remove_totp(tx, user_id, younger_than=younger_than)
    removed_passkeys = await repository.remove_passkeys(tx, user_id, younger_than=younger_than)
    is_left = await hold(tx, user_id)
    codes_age = younger_than if is_left else None
    codes_removed = await repository.void_recovery_codes(tx, user_id, younger_than=codes_age)
    if not is_left:
        await repository.remove_recovery_codes(tx, user_id)
    return Removed(totp_removed, removed_passkeys, codes_removed)


def methods_of(factors: Factors) -> list[Method]:
    """Empty without a second factor: recovery codes alone are none."""
    if not (factors.totp or factors.passkeys):
        return []
    has = {
        Method.TOTP: factors.totp,
        Method.RECOVERY_CODE: factors.recovery_codes > 0,
        Method.PASSKEY: factors.passkeys > 0,
    }
    return [method for method, is_there in has.items() if is_there]


async def require(
    checkpoint: Checkpoint, user_id: UUID, proof: Proof, *, client: Origin, browser: str | None = None
) -> Method | None:
    """What proved it, or None where nothing is asked for. Of somebody whose password was right.

    `browser` is the secret of the device cookie: one that was here before has a budget of its own.
    """
    async with checkpoint.database.reads() as reads:
        methods = methods_of(await repository.find_factors(reads, user_id))
    if not methods:
        return None
    if proof.passkey is not None:
        if await identify(checkpoint, proof.passkey, client=client) != user_id:
            raise SecondFactorInvalid
        return Method.PASSKEY
    if proof.code is None:
        async with checkpoint.database.transaction() as tx:
            missing = {"missing": "second_factor"}
            await audit.record(tx, Kind.SIGN_IN_INCOMPLETE, user_id=user_id, client=client, details=missing)
        raise SecondFactorRequired(methods=methods)
    return await require_code(checkpoint, user_id, proof.code, client=client, browser=browser)


async def require_code(
    checkpoint: Checkpoint, user_id: UUID, code: str, *, client: Origin, browser: str | None = None
) -> Method:
    """Which kind of code it was. It is used up now, whatever comes of what it was for."""
    counts = await _counts(checkpoint.database, user_id, browser)
    wait = await checkpoint.attempts.begin(counts)
    async with checkpoint.database.transaction() as tx:
        method = await _use_code(tx, user_id, code, now=checkpoint.clock())
        if method is None:
            details = {"next_after_seconds": wait}
            await audit.record(tx, Kind.SECOND_FACTOR_FAILED, user_id=user_id, client=client, details=details)
            if wait == budgets.SECOND_FACTOR.first_wait:
                # Whoever goes on has to wait from here on, so that nobody gets this mail more often than once an hour.
                await errands.notify(tx, Template.SECOND_FACTOR_GUESSED, user_id, **mail.circumstances(client))
        elif method == Method.RECOVERY_CODE:
            await audit.record(tx, Kind.RECOVERY_CODE_USED, user_id=user_id, client=client)
    if method is None:
        log.info("second_factor.failed", user_id=user_id, next_after_seconds=wait)
        raise SecondFactorInvalid
    await checkpoint.attempts.forgive(counts)
    return method


async def require_code_if_totp(checkpoint: Checkpoint, user_id: UUID, code: str | None, *, client: Origin) -> None:
    """Of somebody who is signed in and has given the password again."""
    async with checkpoint.database.reads() as reads:
        factors = await repository.find_factors(reads, user_id)
    if not factors.totp:
        return
    if code is None:
        raise SecondFactorRequired(methods=[each for each in methods_of(factors) if each != Method.PASSKEY])
    await require_code(checkpoint, user_id, code, client=client)


async def identify(checkpoint: Checkpoint, credential: dict[str, Any], *, client: Origin) -> UUID:
    """Whose passkey this is. It asked its owner, so it is good for signing in alone. There is nothing to guess."""
    async with checkpoint.database.transaction() as tx:
        answer = await _check_passkey(tx, checkpoint, credential)
        if answer.user_id is not None and not answer.is_right:
            await audit.record(tx, Kind.SECOND_FACTOR_FAILED, user_id=answer.user_id, client=client)
    if answer.user_id is None or not answer.is_right:
        log.info("passkey.failed", user_id=answer.user_id)
        raise SecondFactorInvalid
    return answer.user_id


async def has_passkey(reads: AsyncConnection, user_id: UUID, credential: dict[str, Any]) -> bool:
    """Whether the passkey that made this is that person's, still."""
    said = passkeys.read_assertion(credential)
    passkey = await repository.find_passkey(reads, said.credential_id) if said else None
    return passkey is not None and passkey.user_id == user_id


async def sign_in_options(reads: AsyncConnection, checkpoint: Checkpoint) -> dict[str, Any]:
    """For `navigator.credentials.get`. The same for everybody, but for the challenge."""
    challenge = challenges.new_challenge(vaults.of(reads), subject=None, now=checkpoint.clock())
    return checkpoint.relying_party.request_options(challenge=challenge)


def open_secret(tx: AsyncConnection, user_id: UUID, sealed: bytes) -> str:
    return vaults.of(tx).ring.unwrap(sealed, _context(user_id)).decode()


def seal_secret(tx: AsyncConnection, user_id: UUID, secret: str) -> bytes:
    return vaults.of(tx).ring.wrap(secret.encode(), _context(user_id))


async def keep_house(database: Database) -> None:
    """Forget challenges that are too old to be answered again. Runs until cancelled."""
    while True:
        async with database.transaction() as tx:
            removed = await repository.remove_expired_challenges(tx)
        log.info("challenges.removed", count=removed)
        await asyncio.sleep(_HOUSEKEEPING_SECONDS)


async def _counts(database: Database, user_id: UUID, browser: str | None) -> Counts:
    async with database.reads() as reads:
        is_known = browser is not None and await devices.is_known(reads, user_id, browser)
        name = f"{user_id}\0{browser}" if is_known else str(user_id)
        return {attempts.key_of(vaults.of(reads), budgets.SECOND_FACTOR, name): budgets.SECOND_FACTOR}


async def _use_code(tx: AsyncConnection, user_id: UUID, code: str, *, now: float) -> Method | None:
    digits = re.sub(r"[\s-]", "", code)
    if _SIX_DIGITS.fullmatch(digits):
        sealed = await repository.find_totp(tx, user_id, confirmed=True)
        step = totp.matching_step(open_secret(tx, user_id, sealed), digits, now) if sealed else None
        if sealed is None or step is None or not await repository.use_step(tx, user_id, secret=sealed, step=step):
            return None
        return Method.TOTP
    code_hash = recovery_codes.hash_of(user_id, code)
    if code_hash is None or not await repository.use_recovery_code(tx, user_id, code_hash):
        return None
    return Method.RECOVERY_CODE


class _Answer(NamedTuple):
    # Whose passkey was named, whether or not it was there.
    user_id: UUID | None
    is_right: bool


async def _check_passkey(tx: AsyncConnection, checkpoint: Checkpoint, credential: dict[str, Any]) -> _Answer:
    said = passkeys.read_assertion(credential)
    passkey = await repository.find_passkey(tx, said.credential_id) if said else None
    if said is None or passkey is None or said.user_id not in {None, passkey.user_id}:
        return _Answer(None, is_right=False)
    challenge = challenges.read(vaults.of(tx), said.challenge, subject=None, now=checkpoint.clock())
    if challenge is None:
        return _Answer(passkey.user_id, is_right=False)
    sign_count = checkpoint.relying_party.verify_assertion(
        credential, challenge=challenge.bytes, public_key=passkey.public_key, sign_count=passkey.sign_count
    )
    is_right = (
        sign_count is not None
        and await repository.use_challenge(tx, challenge.bytes, expires_at=challenge.expires_at)
        and await repository.use_passkey(tx, passkey.id, sign_count=sign_count)
    )
    return _Answer(passkey.user_id, is_right)


def _context(user_id: UUID) -> bytes:
    """What a sealed secret is bound to."""
    return b"totp\0" + user_id.bytes
