"""Several devices of one person, in any order of anything: what they make of it together must be one truth.

Each keeps what it was told and what it has not sent yet, as the app does. Answers get lost, requests come twice,
devices forget everything but their queue, the database crashes and is put back to what it was, and time passes until
what was deleted is purged and forgotten.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as rules
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from services.todos.tests.support import SignIn, execute, rows
from services.todos.tests.sync.device import Device, Json, change, operation
from sqlalchemy import text
from tests.support.promises import Measured, size

from chassis.database import Database, is_unavailable
from chassis.encryption import KeyRing
from todos_service.housekeeping import service as housekeeping
from todos_service.owners.service import DataKeys
from todos_service.settings import Settings
from todos_service.todos import documents, positions

T = TypeVar("T")
_DEVICES = 3
_TABLES = ("streams", "todos", "history", "operations")
_VALUES: dict[str, Sequence[Any]] = {
    "title": ["one", "two", "three"],
    "description": ["", "more"],
    "completed": [False, True],
    "priority": ["none", "high"],
    "tags": [[], ["home"], ["home", "green"], ["work"]],
    "recurrence": [None, {"rule": "FREQ=DAILY", "anchor": "due"}],
}
# What somebody wants to change. Nothing is drawn in the middle of a step: what there is then depends on which of two
# requests was faster, and Hypothesis has to be able to draw the same again.
_EDITS = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values) for name, values in sorted(_VALUES.items())}
).filter(bool)
# So short that others have to make room now and then.
_LONG = 10


@dataclass
class Replica:
    """A device with its queue. The queue survives whatever happens to the rest."""

    device: Device
    queue: list[Json] = field(default_factory=list)
    # What became of each operation, by its name.
    told: dict[str, Json] = field(default_factory=dict)

    def value(self, todo_id: str, name: str) -> Any:
        """What the person sees: the last thing they wrote, or what the server said."""
        for queued in reversed(self.queue):
            if queued["todo_id"] == todo_id and name in queued.get("changes", {}):
                return queued["changes"][name]["to"]
        return self.device.todos[todo_id][name]

    async def push(self, *, is_lost: bool = False) -> None:
        if not self.queue:
            return
        results = await self.device.push(*self.queue)
        if is_lost:
            return
        for sent, result in zip(self.queue, results, strict=True):
            assert sent["op_id"] == result["op_id"]
            self.told[sent["op_id"]] = result
        self.queue.clear()

    async def pull(self, *, is_lost: bool = False) -> None:
        answer = await self.device.ask()
        if answer.status_code == 410:
            assert answer.json()["type"] == "urn:problem:resync-required"
            self.forget()
        elif not is_lost:
            await self.device.pull(limit=2)

    def forget(self) -> None:
        self.device.cursor = None
        self.device.todos.clear()


class Person(RuleBasedStateMachine):
    """One person with all their devices, who meets a new server for each run."""

    connect: ClassVar[Callable[[UUID], Device]]
    kill_connections: ClassVar[Callable[[], Coroutine[Any, Any, None]]]
    database: ClassVar[Database]
    keys: ClassVar[DataKeys]
    loop: ClassVar[asyncio.AbstractEventLoop]

    known = Bundle("known")

    def __init__(self) -> None:
        super().__init__()
        self.owner_id = uuid4()
        self.replicas = [Replica(type(self).connect(self.owner_id)) for _ in range(_DEVICES)]
        self.sent: dict[str, Json] = {}
        self.was_restored = False

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """In the loop of the application, from the thread that plays."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=300)

    def look(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The same past the service, which alone knows what to do about connections that a crash has left."""

        async def patiently() -> T:
            while True:
                try:
                    return await work()
                except Exception as error:
                    if not is_unavailable(error):
                        raise

        return self.do(patiently())

    def queue(self, which: int, queued: Json) -> None:
        self.replicas[which].queue.append(queued)
        self.sent[queued["op_id"]] = queued

    which = st.integers(0, _DEVICES - 1)

    @initialize(target=known, title=st.sampled_from(_VALUES["title"]))
    def begins_with_a_todo(self, title: str) -> str:
        todo_id = self.add(0, title)
        self.do(self.replicas[0].push())
        for replica in self.replicas:
            self.do(replica.pull())
        return todo_id

    @rule(target=known, which=which, title=st.sampled_from(_VALUES["title"]))
    def adds(self, which: int, title: str) -> str:
        return self.add(which, title)

    def add(self, which: int, title: str) -> str:
        todo_id = str(uuid4())
        self.queue(which, operation("create", todo_id, title=change(None, title), position=change(None, "a0")))
        return todo_id

    @rule(which=which, todo_id=known, wanted=_EDITS)
    def edits(self, which: int, todo_id: str, wanted: dict[str, Any]) -> None:
        replica = self.replicas[which]
        if todo_id not in replica.device.todos:
            return
        changes = {name: change(replica.value(todo_id, name), value) for name, value in wanted.items()}
        self.queue(which, operation("update", todo_id, replica.device.todos[todo_id]["version"], **changes))

    @rule(which=which, todo_id=known, halvings=st.sampled_from([1, 1, 60]), share=st.floats(0, 1))
    def moves(self, which: int, todo_id: str, halvings: int, share: float) -> None:
        """Between two neighbours as this device sees them, or to an end; there, again and again."""
        replica = self.replicas[which]
        if todo_id not in replica.device.todos:
            return
        others = sorted({each["position"] for each in replica.device.todos.values() if each["id"] != todo_id})
        place = round(share * len(others))
        before, after = ([None, *others][place], [*others, None][place])
        position = positions.between(before, after)
        for _ in range(halvings - 1):
            position = positions.between(before, position)
        seen = replica.value(todo_id, "position")
        version = replica.device.todos[todo_id]["version"]
        self.queue(which, operation("update", todo_id, version, position=change(seen, position)))

    @rule(which=which, todo_id=known, force=st.booleans())
    def deletes(self, which: int, todo_id: str, force: bool) -> None:
        todo = self.replicas[which].device.todos.get(todo_id)
        if todo is not None:
            said = {"force": True} if force else {}
            self.queue(which, operation("delete", todo_id, todo["version"], **said))

    @rule(which=which, todo_id=known)
    def restores(self, which: int, todo_id: str) -> None:
        self.queue(which, operation("restore", todo_id, 1))

    @rule(which=which, is_lost=st.booleans())
    def sends(self, which: int, is_lost: bool) -> None:
        self.do(self.replicas[which].push(is_lost=is_lost))

    @rule(one=which, other=which)
    def send_at_once(self, one: int, other: int) -> None:
        async def both() -> None:
            await asyncio.gather(*(self.replicas[each].push() for each in {one, other}))

        self.do(both())

    @rule(which=which)
    def sends_twice_at_once(self, which: int) -> None:
        replica = self.replicas[which]

        async def twice() -> None:
            await asyncio.gather(replica.push(is_lost=True), replica.push(is_lost=True))

        self.do(twice())

    @rule(which=which, is_lost=st.booleans())
    def asks(self, which: int, is_lost: bool) -> None:
        self.do(self.replicas[which].pull(is_lost=is_lost))

    @rule(which=which)
    def forgets_all_but_its_queue(self, which: int) -> None:
        self.replicas[which].forget()

    @rule(which=which)
    def sends_while_the_database_crashes(self, which: int) -> None:
        """What was committed by then stays, what was not is sent again, and nobody can tell which is which."""

        async def crash() -> None:
            sending = asyncio.create_task(self.replicas[which].push())
            await asyncio.wait([sending], timeout=0.01)
            await type(self).kill_connections()
            await sending

        self.do(crash())

    @rule(days=st.sampled_from([31, 91]))
    def time_passes(self, days: int) -> None:
        """What lies in the trash is purged, and later forgotten."""

        async def pass_() -> None:
            await execute(
                self.database,
                "UPDATE todos SET deleted_at = deleted_at - make_interval(days => :days) "
                "WHERE owner_id = :owner AND deleted_at IS NOT NULL",
                owner=self.owner_id,
                days=days,
            )
            for step in (housekeeping.purge_trash, housekeeping.remove_tombstones):
                async for _ in step(self.database, housekeeping.Round()):
                    continue

        self.look(pass_)

    backups = Bundle("backups")

    @rule(target=backups)
    def makes_a_backup(self) -> dict[str, list[dict[str, Any]]]:
        return self.look(self._copy)

    @rule(backup=consumes(backups))
    def restores_a_backup(self, backup: dict[str, list[dict[str, Any]]]) -> None:
        self.was_restored = True
        self.look(lambda: self._put_back(backup))

    async def _copy(self) -> dict[str, list[dict[str, Any]]]:
        query = "SELECT * FROM {} WHERE owner_id = :owner"
        return {
            table: [dict(row) for row in await rows(self.database, query.format(table), owner=self.owner_id)]
            for table in _TABLES
        }

    async def _put_back(self, backup: dict[str, list[dict[str, Any]]]) -> None:
        async with self.database.transaction() as tx:
            for table in _TABLES:
                await tx.execute(text(f"DELETE FROM {table} WHERE owner_id = :owner"), {"owner": self.owner_id})  # noqa: S608
                for row in backup[table]:
                    names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
                    await tx.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)  # noqa: S608
            # As every restore does.
            await tx.execute(
                text("UPDATE streams SET epoch = gen_random_uuid() WHERE owner_id = :owner"), {"owner": self.owner_id}
            )

    # --- what must be so -------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            self.do(self._settle())
            self.look(self._nobody_overwrote_what_they_had_not_seen)
        finally:
            super().teardown()

    async def _settle(self) -> None:
        for replica in self.replicas:
            await replica.push()
        for replica in self.replicas:
            await replica.pull()
            await replica.pull()  # the first one may have been told to begin again
        self._all_know_the_same()

    def _all_know_the_same(self) -> None:
        first, *others = (replica.device.todos for replica in self.replicas)
        assert all(other == first for other in others)

    async def _nobody_overwrote_what_they_had_not_seen(self) -> None:
        """Each step of the history begins where the last one ended, and its writer had said that they saw that."""
        for steps in (await self._history()).values():
            now: dict[str, Any] = {}
            is_deleted = False
            for kind, op_id, changes in steps:
                assert not is_deleted or kind == "restore"
                is_deleted = kind == "delete"
                for name, step in changes.items():
                    assert step["from"] == now.get(name)
                    # What the server alone decides is in no operation: the next occurrence, and room for others.
                    if kind == "update" and name != "tags":
                        assert self.sent[op_id]["changes"][name] == step
                    now[name] = step["to"]

    async def _history(self) -> dict[UUID, list[tuple[str, str, dict[str, Any]]]]:
        found = await rows(
            self.database,
            "SELECT h.*, s.epoch FROM history h JOIN streams s USING (owner_id) WHERE owner_id = :owner ORDER BY seq",
            owner=self.owner_id,
        )
        steps: dict[UUID, list[tuple[str, str, dict[str, Any]]]] = {}
        for row in found:
            if not row["sealed"]:
                # Purged: nothing of it is left to look at, and nothing comes after.
                assert row["kind"] == "delete"
                steps.setdefault(row["todo_id"], []).append(("delete", "", {}))
                continue
            async with self.database.reads() as reads:
                keys = await self.keys.of(reads, owner_id=self.owner_id, epoch=row["epoch"])
            changes = documents.open_changes(
                keys, row["key_version"], row["sealed"], todo_id=row["todo_id"], version=row["version"]
            )
            known = {name: step for name, step in changes.items() if name in documents.FIELDS}
            steps.setdefault(row["todo_id"], []).append((row["kind"], str(row["op_id"]), known))
        return steps

    @precondition(lambda self: not self.was_restored)
    @invariant()
    def every_edit_was_done_or_shown(self) -> None:
        """For each field of each operation that was answered: it is as its writer wants, or they have been told."""
        for replica in self.replicas:
            for op_id, result in replica.told.items():
                verdict = result["first"] or result["outcome"]
                said = self.sent[op_id]
                assert (verdict == "conflict") == bool(result["clashes"])
                assert (verdict == "rejected") == (result["problem"] is not None)
                if said["kind"] == "update" and verdict in {"applied", "merged"} and result["outcome"] != "duplicate":
                    self._is_as_wanted(said, result["todo"])

    @staticmethod
    def _is_as_wanted(said: Json, todo: Json) -> None:
        for name, wish in said["changes"].items():
            if name == "tags":
                assert set(wish["to"]) - set(wish["from"]) <= set(todo[name])
            elif (name == "completed" and todo["recurrence"]) or (name == "position" and len(wish["to"]) > _LONG):
                continue  # it is its next occurrence by now; it has got a shorter key
            elif wish["from"] != wish["to"]:
                assert todo[name] == wish["to"]


@pytest.fixture
def person(
    sign_in: SignIn, database: Database, ring: KeyRing, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> type[Person]:
    async def kill_connections() -> None:
        """Of the service, and wait until it has noticed: other tests are to find it well."""
        address = settings.database.url.get_secret_value()
        own = await asyncpg.connect(address)
        await own.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()"
        )
        await own.close()
        async with asyncio.timeout(60):
            while True:
                try:
                    await database.ping()
                except Exception as error:
                    if not is_unavailable(error):
                        raise
                else:
                    return

    monkeypatch.setattr(positions, "LONG", _LONG)
    Person.connect = staticmethod(lambda owner_id: Device(sign_in(owner_id)))
    Person.kill_connections = kill_connections
    Person.database, Person.keys = database, DataKeys(ring)
    return Person


@pytest.mark.promise("P5")
class TestDevices:
    async def test_converge_and_lose_nothing(self, person: type[Person], measured: Measured) -> None:
        person.loop = asyncio.get_running_loop()
        measured |= {"lives": size(quick=20, full=2000), "steps_each": size(quick=25, full=60)}
        play = rules(
            max_examples=measured["lives"],
            stateful_step_count=measured["steps_each"],
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        )
        await asyncio.to_thread(run_state_machine_as_test, person, settings=play)
