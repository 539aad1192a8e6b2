"""How entries are linked: each one's hash covers the one before, and a head vouches for where the chain ends."""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from auth_service.vault import Vault

_ENTRY, _HEAD = "audit-entry", "audit-head"


class Entry(NamedTuple):
    """Everything an entry says, in the order in which it is hashed."""

    chain: int
    sequence: int
    id: UUID
    at: datetime
    kind: str
    user_id: UUID | None
    session_id: UUID | None
    request_id: str | None
    details: dict[str, Any]
    sealed: bytes


class Head(NamedTuple):
    chain: int
    sequence: int
    hash: bytes
    seal: bytes


def link(vault: Vault, entry: Entry, previous: bytes) -> bytes:
    """The hash of an entry that follows the one with the hash `previous`."""
    return vault.mac(_ENTRY, _message(entry, previous))


def is_linked(vault: Vault, entry: Entry, previous: bytes, mac: bytes) -> bool:
    return vault.vouches(_ENTRY, _message(entry, previous), mac)


def seal_head(vault: Vault, chain: int, sequence: int, last: bytes) -> Head:
    return Head(chain, sequence, last, vault.mac(_HEAD, _head_message(chain, sequence, last)))


def is_genuine(vault: Vault, head: Head) -> bool:
    """A chain that nothing was added to yet has a head that nobody vouches for."""
    if head.sequence == 0:
        return not head.hash
    return vault.vouches(_HEAD, _head_message(head.chain, head.sequence, head.hash), head.seal)


def _message(entry: Entry, previous: bytes) -> bytes:
    plain = entry._replace(sealed=b"", at=entry.at.astimezone(UTC))
    said = [previous.hex(), entry.sealed.hex(), *plain[:-1]]
    # What asyncpg calls a UUID is none to orjson.
    return orjson.dumps(said, default=str, option=orjson.OPT_SORT_KEYS)


def _head_message(chain: int, sequence: int, last: bytes) -> bytes:
    return orjson.dumps([chain, sequence, last.hex()])
