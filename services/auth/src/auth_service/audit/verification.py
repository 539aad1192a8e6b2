"""Walks every chain from its first entry to its head, and names each place that is not as it was written."""

import hmac
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service import vault as vaults
from auth_service.audit import chains, repository
from auth_service.audit.chains import Head
from auth_service.audit.models import CHAINS
from auth_service.vault import Vault

_BATCH = 1000
_ANCHOR, _CODE_DIGITS = "audit-anchor", 32
_FORM = re.compile(rf"\d{{1,18}}(-\d{{1,18}}){{{CHAINS - 1}}}\.[0-9a-f]{{{_CODE_DIGITS}}}", re.ASCII)


class Fault(NamedTuple):
    chain: int
    sequence: int
    what: str

    def __str__(self) -> str:
        return f"chain {self.chain}, entry {self.sequence}: {self.what}" if self.chain >= 0 else self.what


@dataclass(slots=True)
class Report:
    entries: int = 0
    faults: list[Fault] = field(default_factory=list)
    # A line to keep somewhere else: a log that ends before it has been put back to an earlier state.
    anchor: str = ""


async def verify(tx: AsyncConnection, *, anchor: str | None = None) -> Report:
    """`tx` has to see one state throughout: entries are added meanwhile.

    The database alone cannot prove that it was not put back to an earlier state as a whole: pass the anchor of an
    earlier report for that.
    """
    vault = vaults.of(tx)
    heads = {head.chain: head for head in await repository.list_heads(tx)}
    report = Report()
    for chain in range(CHAINS):
        head = heads.get(chain, Head(chain, 0, b"", b""))
        if chain not in heads or not chains.is_genuine(vault, head):
            report.faults.append(Fault(chain, head.sequence, "the head is missing or not as it was written"))
        await _walk(tx, vault, head, report)
    sequences = [heads[chain].sequence if chain in heads else 0 for chain in range(CHAINS)]
    report.anchor = await write_anchor(tx, sequences)
    if anchor and not await is_anchored(tx, anchor):
        report.faults.append(Fault(-1, 0, "this is not the log that the anchor was written for"))
    return report


async def _walk(tx: AsyncConnection, vault: Vault, head: Head, report: Report) -> None:
    expected, previous = 1, b""
    while True:
        batch = await repository.list_links(tx, head.chain, after=expected - 1, limit=_BATCH)
        for entry, mac in batch:
            if entry.sequence != expected:
                report.faults.append(Fault(head.chain, expected, f"missing up to {entry.sequence - 1}"))
            elif not chains.is_linked(vault, entry, previous, mac):
                report.faults.append(Fault(head.chain, entry.sequence, "not as it was written"))
            # Go on from what is there, so that one fault does not look like many.
            expected, previous = entry.sequence + 1, mac
            report.entries += 1
        if len(batch) < _BATCH:
            break
    if (expected - 1, previous) != (head.sequence, head.hash):
        report.faults.append(Fault(head.chain, expected - 1, f"is the last one, but the head says {head.sequence}"))


async def write_anchor(tx: AsyncConnection, sequences: list[int]) -> str:
    """The number of entries in each chain, and a code that vouches for these entries."""
    vault, message = vaults.of(tx), await _anchored(tx, sequences)
    return f"{_numbers(sequences)}.{vault.mac(_ANCHOR, message).hex()[:_CODE_DIGITS]}"


def is_anchor(said: str) -> bool:
    """Whether it may be one, of whatever log."""
    return _FORM.fullmatch(said.strip()) is not None


async def is_anchored(tx: AsyncConnection, anchor: str) -> bool:
    """Whether the log still begins with the entries that it had when the anchor was written."""
    if not is_anchor(anchor):
        return False
    numbers, _, code = anchor.strip().partition(".")
    message = await _anchored(tx, [int(number) for number in numbers.split("-")])
    return any(hmac.compare_digest(mac.hex()[:_CODE_DIGITS], code) for mac in vaults.of(tx).macs(_ANCHOR, message))


async def _anchored(tx: AsyncConnection, sequences: list[int]) -> bytes:
    hashes = [await repository.find_hash(tx, chain, sequence) for chain, sequence in enumerate(sequences)]
    return "\n".join([_numbers(sequences), *(each.hex() if each else "-" for each in hashes)]).encode()


def _numbers(sequences: list[int]) -> str:
    return "-".join(str(sequence) for sequence in sequences)


async def see_one_state(tx: AsyncConnection) -> None:
    """Has to be the first statement of its transaction."""
    await tx.execute(text("set transaction isolation level repeatable read, read only"))
