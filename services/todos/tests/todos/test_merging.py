from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todos_service.todos.merging import (
    DEFAULTS,
    SETS,
    Change,
    Clash,
    Kind,
    Operation,
    Outcome,
    Reason,
    Special,
    Step,
    Stored,
    Verdict,
    merge,
)

FIELDS = {**DEFAULTS, "title": "Water the plants", "position": "a0"}
STORED = Stored(FIELDS, version=3)
TOMBSTONE = Stored(FIELDS, version=4, deleted=True)
PURGED = Stored({}, version=4, deleted=True)


def update(base_version: int | None = None, versions: set[int] | None = None, **changes: Change) -> Operation:
    exactly = frozenset(versions) if versions is not None else None
    return Operation(Kind.UPDATE, changes, base_version=base_version, versions=exactly)


def applied(stored: Stored, outcome: Outcome) -> Stored:
    """The todo after the outcome has been stored."""
    after = {name: step.after for name, step in outcome.steps.items()}
    return Stored({**stored.fields, **after}, stored.version + bool(outcome.steps))


class TestCreate:
    def test_fills_in_what_was_not_said(self) -> None:
        operation = Operation(Kind.CREATE, {"title": Change("Water")}, assumed={"position": "a1"})

        outcome = merge(None, operation)

        assert outcome.verdict is Verdict.APPLIED
        assert {name: step.after for name, step in outcome.steps.items()} == {
            **DEFAULTS,
            "title": "Water",
            "position": "a1",
        }

    def test_of_a_todo_that_is_there_already_changes_nothing(self) -> None:
        outcome = merge(STORED, Operation(Kind.CREATE, {"title": Change("Water the plants")}))

        assert outcome == Outcome(Verdict.APPLIED)

    def test_of_another_todo_under_the_same_id_is_a_conflict(self) -> None:
        operation = Operation(Kind.CREATE, {"title": Change("Feed the cat"), "completed": Change(to=False)})

        outcome = merge(STORED, operation)

        clash = Clash(Special.ANYTHING, "Feed the cat", "Water the plants")
        assert outcome == Outcome(Verdict.CONFLICT, clashes={"title": clash})

    def test_does_not_bring_back_a_deleted_todo(self) -> None:
        outcome = merge(TOMBSTONE, Operation(Kind.CREATE, {"title": Change("Water the plants")}))

        assert outcome == Outcome(Verdict.REJECTED, reason=Reason.DELETED)


class TestUpdate:
    def test_changes_a_field_that_is_as_its_writer_saw_it(self) -> None:
        outcome = merge(STORED, update(base_version=3, title=Change("Feed the cat", base="Water the plants")))

        assert outcome == Outcome(Verdict.APPLIED, {"title": Step("Water the plants", "Feed the cat")})

    def test_keeps_a_rename_when_another_device_has_completed_the_todo(self) -> None:
        completed = Stored({**FIELDS, "completed": True}, version=4)

        outcome = merge(completed, update(base_version=3, title=Change("Feed the cat", base="Water the plants")))

        assert outcome.verdict is Verdict.MERGED
        assert applied(completed, outcome).fields == {**FIELDS, "completed": True, "title": "Feed the cat"}

    def test_does_not_overwrite_what_its_writer_has_not_seen(self) -> None:
        renamed = Stored({**FIELDS, "title": "Water the garden"}, version=4)

        outcome = merge(renamed, update(base_version=3, title=Change("Feed the cat", base="Water the plants")))

        clash = Clash("Water the plants", "Feed the cat", "Water the garden")
        assert outcome == Outcome(Verdict.CONFLICT, clashes={"title": clash})

    def test_changes_the_other_fields_of_a_conflict(self) -> None:
        renamed = Stored({**FIELDS, "title": "Water the garden"}, version=4)
        operation = update(
            base_version=3,
            title=Change("Feed the cat", base="Water the plants"),
            priority=Change("high", base="none"),
        )

        outcome = merge(renamed, operation)

        assert outcome.verdict is Verdict.CONFLICT
        assert outcome.steps == {"priority": Step("none", "high")}

    def test_leaves_alone_what_its_writer_left_alone(self) -> None:
        renamed = Stored({**FIELDS, "title": "Feed the cat"}, version=4)

        outcome = merge(renamed, update(base_version=3, title=Change("Water the plants", base="Water the plants")))

        assert outcome == Outcome(Verdict.MERGED)

    def test_has_nothing_to_do_when_both_wrote_the_same(self) -> None:
        renamed = Stored({**FIELDS, "title": "Feed the cat"}, version=4)

        outcome = merge(renamed, update(base_version=3, title=Change("Feed the cat", base="Water the plants")))

        assert outcome == Outcome(Verdict.MERGED)

    def test_for_another_version_is_a_conflict_as_a_whole(self) -> None:
        outcome = merge(STORED, update(versions={2}, title=Change("Feed the cat"), completed=Change(to=True)))

        assert outcome.verdict is Verdict.CONFLICT
        assert not outcome.steps
        assert outcome.clashes.keys() == {"title", "completed"}

    @pytest.mark.parametrize("completed", [True, False])
    def test_turns_completed_into_its_opposite(self, completed: bool) -> None:
        stored = Stored({**FIELDS, "completed": completed}, version=1)

        outcome = merge(stored, update(completed=Change(Special.OPPOSITE)))

        assert outcome.steps == {"completed": Step(completed, not completed)}

    def test_does_not_bring_back_a_deleted_todo(self) -> None:
        assert merge(TOMBSTONE, update(title=Change("Still here"))).reason is Reason.DELETED

    def test_of_a_todo_that_never_was_is_rejected(self) -> None:
        assert merge(None, update(title=Change("Here"))) == Outcome(Verdict.REJECTED, reason=Reason.MISSING)


class TestDelete:
    def test_takes_every_field_away(self) -> None:
        outcome = merge(STORED, Operation(Kind.DELETE, versions=frozenset({3})))

        assert outcome.verdict is Verdict.APPLIED
        assert outcome.steps == {name: Step(value, None) for name, value in FIELDS.items()}

    @pytest.mark.parametrize(
        "operation",
        [
            Operation(Kind.DELETE, versions=frozenset({2})),
            Operation(Kind.DELETE, base_version=2),
            Operation(Kind.DELETE, versions=frozenset({2}), force=True),
        ],
    )
    def test_of_another_version_takes_nothing_away(self, operation: Operation) -> None:
        assert merge(STORED, operation) == Outcome(
            Verdict.CONFLICT, clashes={"deleted_at": Clash(None, "deleted", None)}
        )

    def test_of_another_version_takes_all_away_from_whoever_insists(self) -> None:
        outcome = merge(STORED, Operation(Kind.DELETE, base_version=2, force=True))

        assert (outcome.verdict, outcome.steps["title"]) == (Verdict.MERGED, Step("Water the plants", None))

    def test_of_a_deleted_todo_has_nothing_left_to_do(self) -> None:
        assert merge(TOMBSTONE, Operation(Kind.DELETE, base_version=3)) == Outcome(Verdict.MERGED)


class TestRestore:
    def test_brings_back_every_field(self) -> None:
        outcome = merge(TOMBSTONE, Operation(Kind.RESTORE, base_version=4))

        assert outcome == Outcome(Verdict.APPLIED, {name: Step(None, value) for name, value in FIELDS.items()})

    def test_fills_in_fields_that_are_newer_than_the_delete(self) -> None:
        taken = {name: value for name, value in FIELDS.items() if name != "recurrence"}

        outcome = merge(Stored(taken, version=4, deleted=True), Operation(Kind.RESTORE))

        assert outcome.steps["recurrence"] == Step(None, None)

    def test_of_a_todo_that_is_there_has_nothing_to_do(self) -> None:
        assert merge(STORED, Operation(Kind.RESTORE, base_version=3)) == Outcome(Verdict.APPLIED)

    def test_of_what_is_purged_is_rejected(self) -> None:
        assert merge(PURGED, Operation(Kind.RESTORE)) == Outcome(Verdict.REJECTED, reason=Reason.PURGED)


class TestTags:
    @pytest.mark.parametrize(
        "base, to, now, merged",
        [
            (["home"], ["home", "green"], ["home", "weekly"], ["home", "weekly", "green"]),
            (["home", "green"], ["home"], ["home", "green", "weekly"], ["home", "weekly"]),
            (["home"], [], [], []),
            (["home"], ["work"], ["garden"], ["garden", "work"]),
            (None, ["home"], ["green"], ["green", "home"]),
        ],
    )
    def test_that_two_devices_added_and_removed_are_merged(
        self, base: list[str], to: list[str], now: list[str], merged: list[str]
    ) -> None:
        stored = Stored({**FIELDS, "tags": now}, version=4)

        outcome = merge(stored, update(base_version=3, tags=Change(to, base=base)))

        assert applied(stored, outcome).fields["tags"] == merged
        assert outcome.verdict is Verdict.MERGED

    def test_that_would_be_too_many_clash(self) -> None:
        now = [f"tag {number}" for number in range(20)]
        stored = Stored({**FIELDS, "tags": now}, version=4)

        outcome = merge(stored, update(tags=Change(["home"], base=[])))

        assert outcome == Outcome(Verdict.CONFLICT, clashes={"tags": Clash([], ["home"], now)})


# Few values, so that two writers often mean the same, or clash.
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "title": st.sampled_from(["one", "two", "three"]),
    "description": st.sampled_from(["", "more"]),
    "completed": st.booleans(),
    "priority": st.sampled_from(["none", "low", "high"]),
    "due": st.sampled_from([None, {"date": "2026-11-22"}, {"at": "2026-11-22T09:00:00Z", "zone": "Europe/Berlin"}]),
    "tags": st.sampled_from([[], ["home"], ["home", "garden"]]),
    "position": st.sampled_from(["a0", "a1"]),
    "recurrence": st.sampled_from([None, {"rule": "FREQ=DAILY", "anchor": "due"}]),
}
todos = st.builds(Stored, st.fixed_dictionaries(VALUES), st.integers(1, 5))


@st.composite
def changes(draw: st.DrawFn, names: list[str] | None = None) -> dict[str, Change]:
    chosen = draw(st.sets(st.sampled_from(names or sorted(VALUES)), min_size=1))
    return {name: Change(draw(VALUES[name]), base=draw(VALUES[name])) for name in sorted(chosen)}


updates = st.builds(Operation, st.just(Kind.UPDATE), changes(), st.integers(1, 5))
everything = st.builds(
    Operation, st.sampled_from(Kind), changes(), st.none(), st.none() | st.frozensets(st.integers(1, 5), max_size=2)
)


class TestMerge:
    @given(todos, updates)
    def test_loses_no_value_without_saying_so(self, stored: Stored, operation: Operation) -> None:
        """Each field either has the writer's value afterwards, or keeps its own and shows the writer both."""
        outcome = merge(stored, operation)
        after = applied(stored, outcome).fields

        for name, change in operation.changes.items():
            if name in outcome.clashes:
                assert outcome.clashes[name] == Clash(change.base, change.to, stored.fields[name])
                assert after[name] == stored.fields[name]
            elif change.base == change.to:
                assert after[name] == stored.fields[name]
            elif name in SETS:
                seen, wanted, now = set(change.base), set(change.to), set(stored.fields[name])
                assert set(after[name]) == (now | (wanted - seen)) - (seen - wanted)
            else:
                assert after[name] == change.to

    @given(todos, updates)
    def test_overwrites_only_what_the_writer_saw(self, stored: Stored, operation: Operation) -> None:
        for name, step in merge(stored, operation).steps.items():
            assert step.before == stored.fields[name]
            assert name in SETS or step.before == operation.changes[name].base

    @given(todos, updates)
    def test_touches_no_other_field(self, stored: Stored, operation: Operation) -> None:
        assert merge(stored, operation).steps.keys() <= operation.changes.keys()

    @given(todos, updates)
    def test_has_nothing_left_to_do_the_second_time(self, stored: Stored, operation: Operation) -> None:
        once = applied(stored, merge(stored, operation))

        assert merge(once, operation).steps == {}

    @given(todos, changes(["title", "tags", "due"]), changes(["completed", "priority", "position"]))
    def test_does_not_care_about_the_order_of_writers_of_different_fields(
        self, stored: Stored, one: dict[str, Change], other: dict[str, Change]
    ) -> None:
        def both(first: dict[str, Change], second: dict[str, Change]) -> Any:
            halfway = applied(stored, merge(stored, Operation(Kind.UPDATE, first)))
            return applied(halfway, merge(halfway, Operation(Kind.UPDATE, second))).fields

        assert both(one, other) == both(other, one)

    @given(st.integers(1, 5), everything)
    def test_brings_back_what_was_deleted_only_when_asked_to(self, version: int, operation: Operation) -> None:
        outcome = merge(Stored(FIELDS, version, deleted=True), operation)

        assert operation.kind is Kind.RESTORE or not outcome.steps
        if operation.kind in {Kind.CREATE, Kind.UPDATE, Kind.ADVANCE}:
            assert outcome == Outcome(Verdict.REJECTED, reason=Reason.DELETED)

    @given(todos, everything)
    def test_changes_nothing_that_is_meant_for_another_version(self, stored: Stored, operation: Operation) -> None:
        if operation.versions is not None and stored.version not in operation.versions:
            assert not merge(stored, operation).steps
