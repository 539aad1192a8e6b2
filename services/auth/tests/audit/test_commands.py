import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update

from auth_service import vault
from auth_service.audit import commands, service
from auth_service.audit.kinds import Kind
from auth_service.audit.models import CHAINS, EntryRow
from auth_service.settings import Settings
from chassis.database import Database
from chassis.encryption import KeyRing


@pytest.fixture
def settings(own_database_url: str, settings_for: Callable[..., Settings]) -> Settings:
    return settings_for(own_database_url)


@pytest.fixture
async def log(settings: Settings, ring: KeyRing) -> AsyncIterator[Database]:
    """Of a database of this module's own: what a test does to it is there for the command, and disturbs nobody."""
    async with vault.connect(settings.database, ring) as database:
        await add(database, 3)
        yield database


async def add(log: Database, entries: int) -> None:
    for _ in range(entries):
        async with log.transaction() as tx:
            await service.record(tx, Kind.SIGNED_IN, user_id=uuid4())


async def edit(log: Database, kind: str) -> None:
    """The first entry there is, by somebody who owns the table."""
    async with log.transaction() as tx:
        await tx.execute(text("alter table audit_entries disable trigger user"))
        await tx.execute(text("grant all on audit_entries to current_user"))
        first = select(EntryRow.id).order_by(EntryRow.at).limit(1).scalar_subquery()
        await tx.execute(update(EntryRow).where(EntryRow.id == first).values(kind=kind))


class TestVerify:
    """In a thread of its own, as the command runs in a process of its own: it starts an event loop."""

    async def test_says_that_nothing_was_changed_and_gives_an_anchor_that_holds_later(
        self, settings: Settings, log: Database, capsys: pytest.CaptureFixture[str]
    ) -> None:
        await asyncio.to_thread(commands.verify, settings)
        said, anchor = capsys.readouterr().out.splitlines()[-2:]
        assert " entries, no fault; " in said
        assert anchor.count("-") == CHAINS - 1

        await add(log, 2)
        await asyncio.to_thread(commands.verify, settings, anchor)

    async def test_names_what_was_edited_and_fails(
        self, settings: Settings, log: Database, capsys: pytest.CaptureFixture[str]
    ) -> None:
        await edit(log, Kind.SESSION_ENDED)
        with pytest.raises(SystemExit) as failed:
            await asyncio.to_thread(commands.verify, settings)
        printed = capsys.readouterr().out

        assert failed.value.code == 1
        assert "entry 1: not as it was written" in printed
        assert " entries, 1 fault\n" in printed
        # As it was, it is whole again: it was the edit that was found.
        await edit(log, Kind.SIGNED_IN)
        await asyncio.to_thread(commands.verify, settings)

    @pytest.mark.usefixtures("log")
    @pytest.mark.parametrize("mistyped", ["nonsense", "", "1-2-3.0123"])
    async def test_takes_no_mistake_in_typing_for_another_log(
        self, settings: Settings, capsys: pytest.CaptureFixture[str], mistyped: str
    ) -> None:
        with pytest.raises(SystemExit) as failed:
            await asyncio.to_thread(commands.verify, settings, mistyped)

        assert failed.value.code == 2
        assert "That is no anchor" in capsys.readouterr().err

    @pytest.mark.usefixtures("log")
    async def test_fails_with_an_anchor_of_another_log(
        self, settings: Settings, capsys: pytest.CaptureFixture[str]
    ) -> None:
        await asyncio.to_thread(commands.verify, settings)
        numbers, _, code = capsys.readouterr().out.splitlines()[-1].partition(".")
        with pytest.raises(SystemExit) as failed:
            await asyncio.to_thread(commands.verify, settings, f"{numbers}.{code[::-1]}")

        assert failed.value.code == 1
        assert "this is not the log that the anchor was written for" in capsys.readouterr().out
