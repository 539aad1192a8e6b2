"""Adds to the log, and reads what it says about one account. Entries are written in the transaction they speak of."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID, uuid5

import orjson
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from auth_service import vault as vaults
from auth_service.audit import chains, repository
from auth_service.audit.chains import Entry
from auth_service.audit.kinds import Kind
from auth_service.audit.models import CHAINS
from auth_service.audit.schemas import EntryOut, EntryPage
from auth_service.vault import Vault
from chassis.encryption import CannotDecryptError, Cipher, new_key

_STRANGERS = UUID("3a5c4e56-2a52-4b6b-8a53-0f0e6a3a5d11")
# What strangers left behind is kept to look into an attack, and not for longer.
_STRANGERS_KEPT = timedelta(days=90)
_EXPORTED_AT_ONCE = 500


class Origin(Protocol):
    """Where a request comes from."""

    @property
    def device(self) -> str | None: ...
    @property
    def address(self) -> str | None: ...


async def record(
    tx: AsyncConnection,
    kind: Kind,
    *,
    user_id: UUID | None,
    session_id: UUID | None = None,
    client: Origin | None = None,
    details: Mapping[str, Any] | None = None,
    personal: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry. Its chain is held until the transaction is over, so do it late.

    `user_id` is whose account it is about, None if there is none. The request is the one that log lines name. What
    says who somebody is belongs in `personal`, which becomes unreadable with the account.
    """
    vault, at = vaults.of(tx), datetime.now(UTC)
    chain = secrets.randbelow(CHAINS) if user_id is None else user_id.int % CHAINS
    subject_id = user_id or _month(at)
    end = await repository.hold_end(tx, chain, subject_id=subject_id)
    wrapped = end.wrapped_key or await repository.add_key(
        tx,
        subject_id,
        vault.ring.wrap(new_key(), _key_context(subject_id)),
        forget_at=None if user_id else at + _STRANGERS_KEPT,
    )
    entry_id = uuid7()
    origin = {"device": client.device, "address": client.address} if client else {}
    # Apart from where the request came from: what it was about may have a device of its own.
    sealed = origin | {"details": dict(personal or {})}
    entry = Entry(
        chain=chain,
        sequence=end.sequence + 1,
        id=entry_id,
        at=at,
        kind=kind,
        user_id=user_id,
        session_id=session_id,
        request_id=structlog.contextvars.get_contextvars().get("request_id"),
        details=dict(details or {}),
        sealed=_cipher(vault, subject_id, wrapped).seal(orjson.dumps(sealed), entry_id.bytes),
    )
    head = chains.seal_head(vault, chain, entry.sequence, chains.link(vault, entry, end.hash))
    await repository.add(tx, entry, head)


async def forget(tx: AsyncConnection, *, user_id: UUID) -> None:
    """Make what the log knows of a person unreadable. Entries stay, and so does the proof that none is missing."""
    await repository.destroy_key(tx, user_id)


async def forget_strangers(tx: AsyncConnection) -> int:
    """Returns how many months became unreadable."""
    return await repository.destroy_old_keys(tx)


async def list_entries(reads: AsyncConnection, *, user_id: UUID, before: UUID | None = None, limit: int) -> EntryPage:
    """An account's own entries, newest first."""
    entries = await repository.list_entries(reads, user_id=user_id, before=before, limit=limit + 1)
    wrapped = (await repository.find_keys(reads, [user_id])).get(user_id)
    cipher = _cipher(vaults.of(reads), user_id, wrapped) if wrapped else None
    items = [_shown(entry, cipher) for entry in entries[:limit]]
    return EntryPage(items=items, next_cursor=str(items[-1].id) if len(entries) > limit else None)


async def list_all(reads: AsyncConnection, *, user_id: UUID) -> list[EntryOut]:
    items: list[EntryOut] = []
    before: UUID | None = None
    while True:
        page = await list_entries(reads, user_id=user_id, before=before, limit=_EXPORTED_AT_ONCE)
        items += page.items
        if page.next_cursor is None:
            return items
        before = page.items[-1].id


def _shown(entry: Entry, cipher: Cipher | None) -> EntryOut:
    personal = _opened(entry, cipher)
    return EntryOut(
        id=entry.id,
        kind=entry.kind,
        at=entry.at,
        device=personal.pop("device", None),
        address=personal.pop("address", None),
        session_id=entry.session_id,
        request_id=entry.request_id,
        # Entries from before there was a place of its own for them have them beside it.
        details=entry.details | personal.pop("details", {}) | personal,
    )


def _opened(entry: Entry, cipher: Cipher | None) -> dict[str, Any]:
    """Empty if it does not open: the log is shown as far as it can be read, and `audit verify` is who complains."""
    if cipher is None:
        return {}
    try:
        opened: dict[str, Any] = orjson.loads(cipher.open(entry.sealed, entry.id.bytes))
    except CannotDecryptError:
        return {}
    return opened


def _cipher(vault: Vault, subject_id: UUID, wrapped: bytes) -> Cipher:
    return Cipher.of(vault.ring.unwrap(wrapped, _key_context(subject_id)))


def _key_context(subject_id: UUID) -> bytes:
    return b"audit-key\0" + subject_id.bytes


def _month(at: datetime) -> UUID:
    return uuid5(_STRANGERS, f"{at:%Y-%m}")
