from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import RowMapping, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from auth_service.accounts.emails import key_of
from auth_service.accounts.models import UserRow
from auth_service.accounts.schemas import UserOut

_PUBLIC = (
    UserRow.id,
    UserRow.email,
    UserRow.display_name,
    UserRow.email_verified_at.is_not(None).label("email_verified"),
    UserRow.created_at,
)


class Account(NamedTuple):
    user: UserOut
    password_hash: str


def _user(row: RowMapping) -> UserOut:
    fields: dict[str, Any] = {name: row[name] for name in UserOut.model_fields}
    return UserOut(**fields)


async def add(tx: AsyncConnection, *, email: str, password_hash: str, display_name: str | None) -> UserOut | None:
    """None if the address is taken: the unique index decides, not a look before."""
    added = (
        insert(UserRow)
        .values(
            id=uuid7(), email=email, email_key=key_of(email), password_hash=password_hash, display_name=display_name
        )
        .on_conflict_do_nothing(index_elements=[UserRow.email_key])
        .returning(*_PUBLIC)
    )
    row = (await tx.execute(added)).mappings().one_or_none()
    return _user(row) if row else None


async def find(reads: AsyncConnection, user_id: UUID) -> UserOut | None:
    row = (await reads.execute(select(*_PUBLIC).where(UserRow.id == user_id))).mappings().one_or_none()
    return _user(row) if row else None


async def find_account(reads: AsyncConnection, email: str) -> Account | None:
    found = select(*_PUBLIC, UserRow.password_hash).where(UserRow.email_key == key_of(email))
    row = (await reads.execute(found)).mappings().one_or_none()
    return Account(_user(row), row["password_hash"]) if row else None


async def find_account_of(reads: AsyncConnection, user_id: UUID) -> Account | None:
    found = select(*_PUBLIC, UserRow.password_hash).where(UserRow.id == user_id)
    row = (await reads.execute(found)).mappings().one_or_none()
    return Account(_user(row), row["password_hash"]) if row else None


async def hold(tx: AsyncConnection, user_id: UUID) -> None:
    """Until the transaction is over nobody changes the password."""
    await tx.execute(select(UserRow.id).where(UserRow.id == user_id).with_for_update(read=True))


async def replace_hash(tx: AsyncConnection, user_id: UUID, *, old: str, new: str) -> bool:
    """Does nothing, and says so, if the password was changed in the meantime."""
    replaced = update(UserRow).where(UserRow.id == user_id, UserRow.password_hash == old).values(password_hash=new)
    return (await tx.execute(replaced)).rowcount == 1


async def set_hash(tx: AsyncConnection, user_id: UUID, password_hash: str) -> None:
    await tx.execute(update(UserRow).where(UserRow.id == user_id).values(password_hash=password_hash))


async def set_verified(tx: AsyncConnection, user_id: UUID) -> bool:
    """Whether it was not before."""
    verified = update(UserRow).where(UserRow.id == user_id, UserRow.email_verified_at.is_(None))
    return (await tx.execute(verified.values(email_verified_at=func.now()))).rowcount == 1


async def rename(tx: AsyncConnection, user_id: UUID, display_name: str | None) -> UserOut | None:
    renamed = update(UserRow).where(UserRow.id == user_id).values(display_name=display_name).returning(*_PUBLIC)
    row = (await tx.execute(renamed)).mappings().one_or_none()
    return _user(row) if row else None


async def remove(tx: AsyncConnection, user_id: UUID) -> bool:
    """With everything that refers to it. Whether it was there."""
    return (await tx.execute(delete(UserRow).where(UserRow.id == user_id))).rowcount == 1
