from uuid import UUID, uuid4

import httpx
import pytest
from services.todos.tests.support import AddTodo, Todo, rows

from chassis.database import Database
from chassis.encryption import KeyRing
from todos_service.owners.service import DataKeys
from todos_service.todos import writing
from todos_service.todos.merging import Change, Kind, Operation, Verdict
from todos_service.todos.writing import Author, Write, Written

WEEKLY = {"rule": "FREQ=WEEKLY;BYDAY=SU", "anchor": "due"}
DONE = Change(to=True, base=False)
NOT_DONE = Change(to=False, base=True)


@pytest.fixture
async def weekly(add_todo: AddTodo) -> Todo:
    return await add_todo(due={"date": "2099-11-22"}, recurrence=WEEKLY)


class Device:
    """Completes things with what it saw in mind."""

    def __init__(self, database: Database, ring: KeyRing, user_id: UUID) -> None:
        self._database, self._keys, self._author = database, DataKeys(ring), Author(user_id, uuid4())

    async def update(self, todo: Todo, base_version: int | None, **changes: Change) -> Written:
        operation = Operation(Kind.UPDATE, changes, base_version=base_version)
        async with self._database.transaction() as tx:
            written = await writing.write(tx, self._keys, Write(self._author, UUID(todo["id"]), operation))
        assert isinstance(written, Written)
        return written


@pytest.fixture
def device(database: Database, ring: KeyRing, user_id: UUID) -> Device:
    return Device(database, ring, user_id)


class TestCompleting:
    async def test_moves_a_todo_that_recurs_on(
        self, client: httpx.AsyncClient, database: Database, user_id: UUID, weekly: Todo
    ) -> None:
        moved = (await client.patch(f"/todos/{weekly['id']}/toggle", json={"completed": True, "version": 1})).json()

        told = await rows(database, "SELECT kind FROM history WHERE owner_id = :owner ORDER BY seq", owner=user_id)
        assert (moved["completed"], moved["completed_at"], moved["version"]) == (False, None, 2)
        assert moved["due"] == {"date": "2099-11-29"}
        assert [row["kind"] for row in told] == ["create", "advance"]

    async def test_of_one_occurrence_by_two_devices_moves_it_on_once(self, device: Device, weekly: Todo) -> None:
        one = await device.update(weekly, 1, completed=DONE)
        other = await device.update(weekly, 1, completed=DONE, priority=Change("high", base="none"))
        nothing = await device.update(weekly, 1, completed=DONE)
        following = await device.update(weekly, 3, completed=DONE)

        assert one.todo is not None
        assert other.todo is not None
        assert following.todo is not None
        assert (one.todo["due"], one.outcome.verdict) == ({"date": "2099-11-29"}, Verdict.APPLIED)
        assert (other.todo["due"], other.todo["priority"]) == ({"date": "2099-11-29"}, "high")
        assert (other.outcome.verdict, nothing.outcome.verdict) == (Verdict.MERGED, Verdict.MERGED)
        assert nothing.outcome.steps == {}
        assert following.todo["due"] == {"date": "2099-12-06"}

    async def test_counts_when_the_other_device_took_its_own_back(
        self, client: httpx.AsyncClient, device: Device, weekly: Todo
    ) -> None:
        """What was done offline stays done: the occurrence that was seen is due again."""
        await device.update(weekly, 1, completed=DONE)
        newest = (await client.get(f"/todos/{weekly['id']}/history")).json()["items"][0]
        undone = await client.post(f"/todos/{weekly['id']}/undo", json={"seq": newest["seq"], "version": 2})
        assert undone.json()["due"] == {"date": "2099-11-22"}

        late = await device.update(weekly, 1, completed=DONE)
        again = await device.update(weekly, 1, completed=DONE)

        assert late.todo is not None
        assert again.todo is not None
        assert (late.todo["due"], late.outcome.verdict) == ({"date": "2099-11-29"}, Verdict.MERGED)
        assert again.todo["due"] == {"date": "2099-11-29"}

    async def test_counts_for_the_occurrence_that_was_seen_though_its_day_was_changed(
        self, device: Device, weekly: Todo
    ) -> None:
        moved = Change({"date": "2099-11-23"}, base={"date": "2099-11-22"})
        await device.update(weekly, 1, due=moved)
        await device.update(weekly, 2, completed=DONE)

        late = await device.update(weekly, 1, completed=DONE)

        assert late.todo is not None
        assert late.todo["due"] == {"date": "2099-11-29"}

    async def test_after_an_edit_elsewhere_moves_it_on(self, device: Device, weekly: Todo) -> None:
        await device.update(weekly, 1, title=Change("Water the garden"))

        late = await device.update(weekly, 1, completed=DONE)

        assert late.todo is not None
        assert (late.todo["due"], late.todo["title"]) == ({"date": "2099-11-29"}, "Water the garden")

    async def test_together_with_another_due_date_goes_on_from_there(self, device: Device, weekly: Todo) -> None:
        due = Change({"date": "2099-12-01"}, base={"date": "2099-11-22"})

        moved = await device.update(weekly, 1, completed=DONE, due=due)

        assert moved.todo is not None
        assert moved.todo["due"] == {"date": "2099-12-06"}

    async def test_together_with_the_end_of_recurring_completes_it(self, device: Device, weekly: Todo) -> None:
        done = await device.update(weekly, 1, completed=DONE, recurrence=Change(None, base=WEEKLY))

        assert done.todo is not None
        assert (done.todo["completed"], done.todo["due"]) == (True, {"date": "2099-11-22"})

    async def test_of_the_last_occurrence_completes_it(self, device: Device, add_todo: AddTodo) -> None:
        last = await add_todo(
            due={"date": "2099-11-22"}, recurrence={"rule": "FREQ=DAILY;UNTIL=20991122", "anchor": "due"}
        )

        done = await device.update(last, 1, completed=DONE)

        assert done.todo is not None
        assert (done.todo["completed"], done.todo["due"]) == (True, {"date": "2099-11-22"})


class TestTakingBack:
    """By a device that ticked it off and unticked it before it heard that the todo had moved on."""

    async def test_brings_the_occurrence_back(self, device: Device, weekly: Todo) -> None:
        await device.update(weekly, 1, completed=DONE)
        back = await device.update(weekly, 1, completed=NOT_DONE, title=Change("Water the garden"))

        assert back.todo is not None
        assert (back.todo["completed"], back.todo["due"]) == (False, {"date": "2099-11-22"})
        assert back.todo["title"] == "Water the garden"

    async def test_as_often_as_it_was_ticked(self, device: Device, weekly: Todo) -> None:
        for _ in range(3):
            done = await device.update(weekly, 1, completed=DONE)
            back = await device.update(weekly, 1, completed=NOT_DONE)
            assert done.todo is not None
            assert back.todo is not None
            assert (done.todo["due"], back.todo["due"]) == ({"date": "2099-11-29"}, {"date": "2099-11-22"})

    async def test_says_so_when_somebody_has_chosen_another_day_since(self, device: Device, weekly: Todo) -> None:
        await device.update(weekly, 1, completed=DONE)
        await device.update(weekly, 2, due=Change({"date": "2099-12-24"}, base={"date": "2099-11-29"}))
        back = await device.update(weekly, 1, completed=NOT_DONE)

        assert back.outcome.verdict is Verdict.CONFLICT
        assert back.outcome.clashes["due"].yours == {"date": "2099-11-22"}

    async def test_leaves_alone_what_another_device_has_done(
        self, device: Device, weekly: Todo, database: Database, ring: KeyRing, user_id: UUID
    ) -> None:
        await device.update(weekly, 1, completed=DONE)
        other = Device(database, ring, user_id)
        await other.update(weekly, 1, completed=DONE)
        back = await other.update(weekly, 1, completed=NOT_DONE)

        assert back.todo is not None
        assert (back.todo["due"], back.outcome.steps) == ({"date": "2099-11-29"}, {})
