"""Every edit and every removal is found, whoever has the rights to make it."""

import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from fastapi import FastAPI
from services.auth.tests.support import Person
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.support.promises import Measured, size

from auth_service.audit import service, verification
from auth_service.audit.kinds import Kind
from auth_service.audit.models import CHAINS
from auth_service.sessions.clients import Client
from chassis.database import Database

Tampering = Callable[[AsyncConnection, random.Random], Awaitable[None]]
# Of each kind.
TAMPERED = size(quick=3, full=63)
CLIENT = Client("Firefox on Linux", "192.0.2.7")


@pytest.fixture(scope="module")
async def log(database: Database) -> Database:
    """With something in every chain, by people and by strangers."""
    async with database.transaction() as tx:
        for _ in range(6):
            for chain in range(CHAINS):
                user_id = uuid4()
                user_id = type(user_id)(int=user_id.int - user_id.int % CHAINS + chain)
                await service.record(tx, Kind.SIGNED_IN, user_id=user_id, client=CLIENT, details={"method": "password"})
        await service.record(tx, Kind.SIGN_IN_FAILED, user_id=None, client=CLIENT)
    return database


@asynccontextmanager
async def as_an_owner_without_scruples(database: Database) -> AsyncIterator[AsyncConnection]:
    """A transaction that may do everything to the log; what it did is undone in the end."""
    async with database.engine.connect() as tx:
        # An autovacuum of the table gives way after a second, which is as long as our role waits.
        await tx.execute(text("set local lock_timeout = '30s'"))
        await tx.execute(text("alter table audit_entries disable trigger user"))
        await tx.execute(text("alter table audit_heads disable trigger user"))
        await tx.execute(text("grant all on audit_entries, audit_heads to current_user"))
        yield tx
        await tx.rollback()


async def _somewhere(tx: AsyncConnection, dice: random.Random, *, older: bool = False) -> dict[str, int]:
    """An entry; one that is not the last of its chain, if asked for."""
    rows = (await tx.execute(text("select chain, sequence from audit_heads where sequence > 1"))).all()
    chain, last = dice.choice(rows)
    return {"chain": chain, "sequence": dice.randint(1, last - 1 if older else last)}


_HERE = "where chain = :chain and sequence = :sequence"


def _edit(assignment: str) -> Tampering:
    async def edit(tx: AsyncConnection, dice: random.Random) -> None:
        await tx.execute(text(f"update audit_entries set {assignment} {_HERE}"), await _somewhere(tx, dice))  # noqa: S608

    return edit


async def remove_one(tx: AsyncConnection, dice: random.Random) -> None:
    await tx.execute(text(f"delete from audit_entries {_HERE}"), await _somewhere(tx, dice))  # noqa: S608


async def remove_one_and_close_the_gap(tx: AsyncConnection, dice: random.Random) -> None:
    here = await _somewhere(tx, dice, older=True)
    await tx.execute(text(f"delete from audit_entries {_HERE}"), here)  # noqa: S608
    for step in ("+ 1000000", "- 1000001"):
        later = f"where chain = :chain and sequence > :sequence + {0 if '+' in step else 1000000}"
        await tx.execute(text(f"update audit_entries set sequence = sequence {step} {later}"), here)  # noqa: S608
    await tx.execute(text("update audit_heads set sequence = sequence - 1 where chain = :chain"), here)


async def cut_off_the_end(tx: AsyncConnection, dice: random.Random) -> None:
    here = await _somewhere(tx, dice)
    await tx.execute(text("delete from audit_entries where chain = :chain and sequence >= :sequence"), here)


async def cut_off_the_end_and_move_the_head(tx: AsyncConnection, dice: random.Random) -> None:
    here = await _somewhere(tx, dice, older=True)
    await tx.execute(text("delete from audit_entries where chain = :chain and sequence > :sequence"), here)
    await tx.execute(
        text(
            "update audit_heads h set sequence = e.sequence, hash = e.hash from audit_entries e"
            " where h.chain = :chain and e.chain = :chain and e.sequence = :sequence"
        ),
        here,
    )


async def remove_a_chain(tx: AsyncConnection, dice: random.Random) -> None:
    here = await _somewhere(tx, dice)
    await tx.execute(text("delete from audit_entries where chain = :chain"), here)
    await tx.execute(text("delete from audit_heads where chain = :chain"), here)


async def swap_two(tx: AsyncConnection, dice: random.Random) -> None:
    here = await _somewhere(tx, dice, older=True)
    for before, after in ((0, -1), (1, 0), (-1, 1)):
        await tx.execute(
            text("update audit_entries set sequence = :to where chain = :chain and sequence = :from"),
            {
                "chain": here["chain"],
                "from": here["sequence"] + before if before >= 0 else -1,
                "to": here["sequence"] + after if after >= 0 else -1,
            },
        )


async def repeat_one(tx: AsyncConnection, dice: random.Random) -> None:
    await tx.execute(
        text(
            "insert into audit_entries select e.chain, h.sequence + 1, gen_random_uuid(), e.at, e.kind, e.user_id,"
            " e.session_id, e.request_id, e.details, e.sealed, e.hash from audit_entries e join audit_heads h"
            " using (chain) where e.chain = :chain and e.sequence = :sequence"
        ),
        await _somewhere(tx, dice),
    )


TAMPERINGS: list[Tampering] = [
    # Another one, whatever it was.
    _edit("kind = kind || '.edited'"),
    _edit("at = at - interval '1 microsecond'"),
    _edit("user_id = gen_random_uuid()"),
    _edit("session_id = gen_random_uuid()"),
    _edit("request_id = 'another-request'"),
    _edit("details = details || '{\"method\": \"passkey\"}' || jsonb_build_object('n', random())"),
    _edit("sealed = sealed || '\\x00'"),
    _edit("hash = sha256(hash)"),
    _edit("id = gen_random_uuid()"),
    remove_one,
    remove_one_and_close_the_gap,
    cut_off_the_end,
    cut_off_the_end_and_move_the_head,
    remove_a_chain,
    swap_two,
    repeat_one,
]


class TestVerify:
    async def test_finds_nothing_in_a_log_that_was_only_added_to(self, log: Database) -> None:
        async with log.transaction() as tx:
            await verification.see_one_state(tx)
            report = await verification.verify(tx)

        assert report.faults == []
        assert report.entries > CHAINS

    @pytest.mark.promise("P28")
    @pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
    async def test_finds_any_edit_or_removal(self, log: Database, tamper: Tampering, measured: Measured) -> None:
        for seed in range(TAMPERED):
            async with as_an_owner_without_scruples(log) as tx:
                await tamper(tx, random.Random(seed))  # noqa: S311 (dice)

                assert (await verification.verify(tx)).faults, seed
        measured |= {"tampered": TAMPERED, "found": TAMPERED}

    async def test_finds_a_log_that_was_put_back_to_an_earlier_state_by_its_anchor(self, log: Database) -> None:
        async with as_an_owner_without_scruples(log) as tx:
            await tx.execute(text("create table head_before as select * from audit_heads"))
            for _ in range(3 * CHAINS):
                await service.record(tx, Kind.SIGNED_IN, user_id=uuid4(), client=CLIENT)
            anchor = (await verification.verify(tx)).anchor
            assert not (await verification.verify(tx, anchor=anchor)).faults

            await tx.execute(
                text(
                    "delete from audit_entries e using head_before h"
                    " where e.chain = h.chain and e.sequence > h.sequence"
                )
            )
            await tx.execute(
                text(
                    "update audit_heads h set sequence = b.sequence, hash = b.hash, seal = b.seal"
                    " from head_before b where h.chain = b.chain"
                )
            )

            assert not (await verification.verify(tx)).faults
            assert (await verification.verify(tx, anchor=anchor)).faults

    @pytest.mark.parametrize("anchor", ["", "1-2.x", "-".join("0" * CHAINS) + ".0", "nonsense"])
    async def test_takes_no_anchor_that_it_did_not_write(self, log: Database, anchor: str) -> None:
        async with log.reads() as reads:
            assert not await verification.is_anchored(reads, anchor)


class TestRights:
    @pytest.mark.parametrize(
        "statement",
        [
            "update audit_entries set kind = 'x'",
            "delete from audit_entries",
            "truncate audit_entries",
            "delete from audit_heads",
            "truncate audit_heads",
            "update audit_heads set sequence = 0",
        ],
    )
    async def test_the_service_itself_can_only_add(self, log: Database, statement: str) -> None:
        with pytest.raises(DBAPIError) as refused:
            async with log.transaction() as tx:
                await tx.execute(text(statement))

        assert re.search("permission denied|can only be added to", str(refused.value))


class TestForget:
    async def test_leaves_nothing_readable_and_the_chain_whole(self, person: Person, app: FastAPI) -> None:
        database: Database = app.state.database
        async with database.transaction() as tx:
            await service.record(tx, Kind.SIGNED_IN, user_id=person.id, client=CLIENT)
            before = await service.list_entries(tx, user_id=person.id, limit=1)

            await service.forget(tx, user_id=person.id)

            after = await service.list_entries(tx, user_id=person.id, limit=1)
        assert (before.items[0].device, before.items[0].address) == (CLIENT.device, CLIENT.address)
        assert (after.items[0].device, after.items[0].address) == (None, None)
        async with database.reads() as reads:
            assert not (await verification.verify(reads)).faults
