from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute
from uuid_utils.compat import uuid7

from auth_service.second_factor.models import PasskeyRow, RecoveryCodesRow, TotpRow, UsedChallengeRow
from auth_service.second_factor.passkeys import NewPasskey


class Factors(NamedTuple):
    """What an account has."""

    totp: bool
    passkeys: int
    recovery_codes: int


class Since(NamedTuple):
    """Since when an account has what it has beside passkeys."""

    totp_since: datetime | None
    recovery_codes_left: int
    recovery_codes_since: datetime | None


class Passkey(NamedTuple):
    id: UUID
    user_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


_PASSKEY = tuple(getattr(PasskeyRow, name) for name in Passkey._fields)


async def find_factors(reads: AsyncConnection, user_id: UUID, *, for_longer_than: timedelta | None = None) -> Factors:
    """All, or those that it has had for so long."""
    is_old = partial(_is_older, age=for_longer_than)
    app = select(TotpRow.user_id).where(
        TotpRow.user_id == user_id, TotpRow.confirmed_at.is_not(None), is_old(TotpRow.confirmed_at)
    )
    passkeys = select(func.count()).where(PasskeyRow.user_id == user_id, is_old(PasskeyRow.created_at))
    codes = select(func.cardinality(RecoveryCodesRow.hashes)).where(
        RecoveryCodesRow.user_id == user_id, is_old(RecoveryCodesRow.created_at)
    )
    row = await reads.execute(
        select(app.exists(), passkeys.scalar_subquery(), func.coalesce(codes.scalar_subquery(), 0))
    )
    return Factors(*row.one())


async def find_since(reads: AsyncConnection, user_id: UUID) -> Since:
    app = select(TotpRow.confirmed_at).where(TotpRow.user_id == user_id)
    codes = select(func.cardinality(RecoveryCodesRow.hashes), RecoveryCodesRow.created_at)
    found = (await reads.execute(codes.where(RecoveryCodesRow.user_id == user_id))).one_or_none()
    left, made_at = found or (0, None)
    return Since(await reads.scalar(app), left, made_at)


def _is_older(column: InstrumentedAttribute[Any], *, age: timedelta | None) -> ColumnElement[bool]:
    """Than an age; without one everything is."""
    return true() if age is None else column <= func.now() - age


def _is_younger(column: InstrumentedAttribute[Any], *, age: timedelta | None) -> ColumnElement[bool]:
    """Than an age; without one everything is."""
    return true() if age is None else column > func.now() - age


async def lock(tx: AsyncConnection, user_id: UUID) -> None:
    """Until the transaction is over, nobody else gets past this for the same account. Each factor brings codes."""
    await tx.execute(select(RecoveryCodesRow.user_id).where(RecoveryCodesRow.user_id == user_id).with_for_update())


# --- the authenticator app ---------------------------------------------------------------------------------------


async def put_totp(tx: AsyncConnection, user_id: UUID, secret: bytes) -> bool:
    """In the place of one that was never confirmed. False if one was."""
    begun = insert(TotpRow).values(user_id=user_id, secret=secret)
    put = begun.on_conflict_do_update(
        index_elements=[TotpRow.user_id],
        set_={"secret": begun.excluded.secret, "created_at": func.now()},
        where=TotpRow.confirmed_at.is_(None),
    ).returning(TotpRow.user_id)
    return await tx.scalar(put) is not None


async def find_totp(reads: AsyncConnection, user_id: UUID, *, confirmed: bool) -> bytes | None:
    """The sealed secret."""
    is_it = TotpRow.confirmed_at.is_not(None) if confirmed else TotpRow.confirmed_at.is_(None)
    secret: bytes | None = await reads.scalar(select(TotpRow.secret).where(TotpRow.user_id == user_id, is_it))
    return secret


async def confirm_totp(tx: AsyncConnection, user_id: UUID, *, secret: bytes, step: int) -> bool:
    """Of all who confirm at once one does, and only the secret whose code was looked at."""
    confirmed = (
        update(TotpRow)
        .where(TotpRow.user_id == user_id, TotpRow.secret == secret, TotpRow.confirmed_at.is_(None))
        .values(confirmed_at=func.now(), last_step=step)
        .returning(TotpRow.user_id)
    )
    return await tx.scalar(confirmed) is not None


async def use_step(tx: AsyncConnection, user_id: UUID, *, secret: bytes, step: int) -> bool:
    """A compare-and-swap: of all who enter the same code at once, one gets in. Earlier codes are used up with it."""
    used = (
        update(TotpRow)
        .where(TotpRow.user_id == user_id, TotpRow.secret == secret, TotpRow.last_step < step)
        .values(last_step=step)
        .returning(TotpRow.user_id)
    )
    return await tx.scalar(used) is not None


async def remove_totp(tx: AsyncConnection, user_id: UUID, *, younger_than: timedelta | None = None) -> bool:
    removed = delete(TotpRow).where(
        TotpRow.user_id == user_id,
        TotpRow.confirmed_at.is_not(None),
        _is_younger(TotpRow.confirmed_at, age=younger_than),
    )
    return await tx.scalar(removed.returning(TotpRow.user_id)) is not None


# --- recovery codes ----------------------------------------------------------------------------------------------


async def put_recovery_codes(tx: AsyncConnection, user_id: UUID, hashes: Sequence[bytes]) -> None:
    """In the place of those there were."""
    new = insert(RecoveryCodesRow).values(user_id=user_id, hashes=list(hashes))
    await tx.execute(
        new.on_conflict_do_update(
            index_elements=[RecoveryCodesRow.user_id],
            set_={"hashes": new.excluded.hashes, "created_at": func.now()},
        )
    )


async def add_recovery_codes(tx: AsyncConnection, user_id: UUID, hashes: Sequence[bytes]) -> bool:
    """False if there were some before."""
    new = insert(RecoveryCodesRow).values(user_id=user_id, hashes=list(hashes)).on_conflict_do_nothing()
    return await tx.scalar(new.returning(RecoveryCodesRow.user_id)) is not None


async def use_recovery_code(tx: AsyncConnection, user_id: UUID, code_hash: bytes) -> bool:
    """Takes it out. Of all who enter it at once, one finds it there."""
    used = (
        update(RecoveryCodesRow)
        .where(RecoveryCodesRow.user_id == user_id, RecoveryCodesRow.hashes.contains([code_hash]))
        .values(hashes=func.array_remove(RecoveryCodesRow.hashes, code_hash))
        .returning(RecoveryCodesRow.user_id)
    )
    return await tx.scalar(used) is not None


async def void_recovery_codes(tx: AsyncConnection, user_id: UUID, *, younger_than: timedelta | None) -> bool:
    """Whether there were any. The row stays, as for codes that are used up: the factors are locked by it."""
    voided = (
        update(RecoveryCodesRow)
        .where(
            RecoveryCodesRow.user_id == user_id,
            func.cardinality(RecoveryCodesRow.hashes) > 0,
            _is_younger(RecoveryCodesRow.created_at, age=younger_than),
        )
        .values(hashes=[])
        .returning(RecoveryCodesRow.user_id)
    )
    return await tx.scalar(voided) is not None


async def remove_recovery_codes(tx: AsyncConnection, user_id: UUID) -> None:
    await tx.execute(delete(RecoveryCodesRow).where(RecoveryCodesRow.user_id == user_id))


# --- passkeys ----------------------------------------------------------------------------------------------------


async def add_passkey(tx: AsyncConnection, user_id: UUID, new: NewPasskey, *, name: str) -> Passkey | None:
    """None if somebody has it already."""
    added = (
        insert(PasskeyRow)
        .values(id=uuid7(), user_id=user_id, name=name, **new._asdict())
        .on_conflict_do_nothing(index_elements=[PasskeyRow.credential_id])
        .returning(*_PASSKEY)
    )
    row = (await tx.execute(added)).one_or_none()
    return Passkey(*row) if row else None


async def find_passkey(reads: AsyncConnection, credential_id: bytes) -> Passkey | None:
    found = select(*_PASSKEY).where(PasskeyRow.credential_id == credential_id)
    row = (await reads.execute(found)).one_or_none()
    return Passkey(*row) if row else None


async def list_passkeys(
    reads: AsyncConnection, user_id: UUID, *, after: UUID | None = None, limit: int | None = None
) -> list[Passkey]:
    """The oldest first."""
    listed = select(*_PASSKEY).where(PasskeyRow.user_id == user_id).order_by(PasskeyRow.id).limit(limit)
    if after is not None:
        listed = listed.where(PasskeyRow.id > after)
    return [Passkey(*row) for row in await reads.execute(listed)]


async def use_passkey(tx: AsyncConnection, passkey_id: UUID, *, sign_count: int) -> bool:
    """False if it signed as often before, which only a copy of it does. Some never count, and say 0."""
    used = (
        update(PasskeyRow)
        .where(PasskeyRow.id == passkey_id, _goes_on(sign_count))
        .values(sign_count=sign_count, last_used_at=func.now())
        .returning(PasskeyRow.id)
    )
    return await tx.scalar(used) is not None


def _goes_on(sign_count: int) -> ColumnElement[bool]:
    return PasskeyRow.sign_count < sign_count if sign_count else PasskeyRow.sign_count == 0


async def remove_passkey(tx: AsyncConnection, user_id: UUID, passkey_id: UUID) -> str | None:
    """Its name, or None if there is none of that person's."""
    removed = delete(PasskeyRow).where(PasskeyRow.user_id == user_id, PasskeyRow.id == passkey_id)
    name: str | None = await tx.scalar(removed.returning(PasskeyRow.name))
    return name


async def remove_passkeys(tx: AsyncConnection, user_id: UUID, *, younger_than: timedelta | None) -> list[str]:
    """Their names."""
    removed = delete(PasskeyRow).where(
        PasskeyRow.user_id == user_id, _is_younger(PasskeyRow.created_at, age=younger_than)
    )
    return list(await tx.scalars(removed.returning(PasskeyRow.name)))


# --- challenges --------------------------------------------------------------------------------------------------


async def use_challenge(tx: AsyncConnection, challenge: bytes, *, expires_at: datetime) -> bool:
    """False if it was answered before."""
    used = insert(UsedChallengeRow).values(challenge=challenge, expires_at=expires_at).on_conflict_do_nothing()
    return await tx.scalar(used.returning(UsedChallengeRow.challenge)) is not None


async def remove_expired_challenges(tx: AsyncConnection) -> int:
    """Returns how many there were."""
    gone = await tx.execute(delete(UsedChallengeRow).where(UsedChallengeRow.expires_at < func.now()))
    return gone.rowcount
