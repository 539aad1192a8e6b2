"""Writes `contracts/merge_vectors.json`: what the server and the app must make of the same operations.

What is expected is written out here, or follows from the three values of a field by the rules of decision 0029 as they
are said there. The code under test has no part in it. `python -m services.todos.tests.todos.merge_vectors` writes the
file anew.
"""

import json
from importlib.resources import files
from itertools import product
from typing import Any

Fields = dict[str, Any]
Vector = dict[str, Any]

FIELDS: Fields = {
    "title": "Water the plants",
    "description": "",
    "completed": False,
    "priority": "none",
    "due": None,
    "tags": [],
    "position": "a0",
    "recurrence": None,
}
# Three different values of each field: what a writer saw, what they want, what somebody else wrote.
VALUES: dict[str, tuple[Any, Any, Any]] = {
    "title": ("Water the plants", "Water the garden", "Feed the cat"),
    "description": ("", "All of them", "Only the ferns"),
    "priority": ("none", "high", "low"),
    "due": (None, {"date": "2026-11-22"}, {"at": "2026-11-22T17:30:00Z", "zone": "Europe/Berlin"}),
    "position": ("a0", "a1", "Zz"),
    "recurrence": (
        None,
        {"rule": "FREQ=WEEKLY;BYDAY=MO", "anchor": "due"},
        {"rule": "FREQ=DAILY", "anchor": "completion"},
    ),
}
TAGS: tuple[list[str], ...] = ([], ["home"], ["garden", "home"])
MANY_TAGS = [f"tag {number:02}" for number in range(1, 21)]
DELETE_CLASHES = {"deleted_at": {"base": None, "yours": "deleted", "stored": None}}
UNSEEN, SEEN = 1, 2


def todo(*, deleted: bool = False, version: int = SEEN, **fields: Any) -> Vector:
    return {"fields": {**FIELDS, **fields}, "version": version, "deleted": deleted}


PURGED = {"fields": {}, "version": SEEN, "deleted": True}


def change(seen: Any, wanted: Any) -> dict[str, Any]:
    return {"from": seen, "to": wanted}


def operation(kind: str, base_version: int | None = None, **said: Any) -> Vector:
    """`said` are the changes by their fields, or `force`."""
    content: Vector = {"kind": kind}
    if base_version is not None:
        content["base_version"] = base_version
    if "force" in said:
        content["force"] = said.pop("force")
    return {**content, "changes": said}


def expect(outcome: str, fields: Fields | None, *, steps: int, clashes: Fields | None = None) -> Vector:
    return {"outcome": outcome, "fields": fields, "version_step": steps, "clashes": clashes or {}}


def vector(name: str, stored: Vector | None, what: Vector, expected: Vector) -> Vector:
    return {"name": name, "stored": stored, "operation": what, "expect": expected}


def written_out() -> list[Vector]:
    done = {**FIELDS, "completed": True}
    renamed = {**FIELDS, "title": "Water the garden"}
    rename = change("Water the plants", "Water the garden")
    other = change("Water the plants", "Feed the cat")
    clash = {"title": {"base": "Water the plants", "yours": "Feed the cat", "stored": "Water the garden"}}
    new = {name: change(None, FIELDS[name]) for name in ("title", "position")}
    return [
        vector(
            "a rename survives that another device marked the todo done",
            todo(completed=True),
            operation("update", UNSEEN, title=rename),
            expect("merged", {**done, "title": "Water the garden"}, steps=1),
        ),
        vector(
            "marking done survives that another device renamed the todo",
            todo(title="Water the garden"),
            operation("update", UNSEEN, completed=change(False, True)),
            expect("merged", {**renamed, "completed": True}, steps=1),
        ),
        vector(
            "an update of what its writer saw",
            todo(),
            operation("update", SEEN, title=rename),
            expect("applied", renamed, steps=1),
        ),
        vector(
            "two renames clash, and the stored one stays",
            todo(title="Water the garden"),
            operation("update", UNSEEN, title=other),
            expect("conflict", renamed, steps=0, clashes=clash),
        ),
        vector(
            "the fields that do not clash are written",
            todo(title="Water the garden"),
            operation("update", UNSEEN, title=other, completed=change(False, True)),
            expect("conflict", {**renamed, "completed": True}, steps=1, clashes=clash),
        ),
        vector(
            "two descriptions clash as a whole",
            todo(description="First the ferns.\nThen the palms."),
            operation("update", UNSEEN, description=change("First the ferns.", "First the ferns!")),
            expect(
                "conflict",
                {**FIELDS, "description": "First the ferns.\nThen the palms."},
                steps=0,
                clashes={
                    "description": {
                        "base": "First the ferns.",
                        "yours": "First the ferns!",
                        "stored": "First the ferns.\nThen the palms.",
                    }
                },
            ),
        ),
        vector(
            "both completed it",
            todo(completed=True),
            operation("update", UNSEEN, completed=change(False, True)),
            expect("merged", done, steps=0),
        ),
        vector(
            "who leaves a field as they saw it does not mind what became of it",
            todo(completed=True),
            operation("update", UNSEEN, completed=change(False, False)),
            expect("merged", done, steps=0),
        ),
        vector(
            "objects are equal whatever the order of their keys",
            todo(due={"at": "2026-11-22T17:30:00Z", "zone": "Europe/Berlin"}),
            operation("update", SEEN, due=change({"zone": "Europe/Berlin", "at": "2026-11-22T17:30:00Z"}, None)),
            expect("applied", FIELDS, steps=1),
        ),
        vector(
            "nothing but a change of another version's field has nothing to say",
            todo(priority="high"),
            operation("update", UNSEEN),
            expect("merged", {**FIELDS, "priority": "high"}, steps=0),
        ),
        vector(
            "without a base version nothing tells that somebody else wrote",
            todo(completed=True),
            operation("update", title=rename),
            expect("applied", {**done, "title": "Water the garden"}, steps=1),
        ),
        vector(
            "an update of what never was",
            None,
            operation("update", SEEN, title=rename),
            expect("rejected", None, steps=0),
        ),
        vector(
            "an update of what was deleted does not bring it back",
            todo(deleted=True),
            operation("update", UNSEEN, title=rename),
            expect("rejected", None, steps=0),
        ),
        vector(
            "a new todo",
            None,
            operation("create", None, **new),
            expect("applied", FIELDS, steps=1),
        ),
        vector(
            "a new todo with everything",
            None,
            operation(
                "create",
                None,
                **{name: change(None, value[1]) for name, value in VALUES.items()},
                tags=change([], ["a"]),
            ),
            expect("applied", {**FIELDS, **{name: value[1] for name, value in VALUES.items()}, "tags": ["a"]}, steps=1),
        ),
        vector(
            "a new todo, sent again",
            todo(),
            operation("create", None, **new),
            expect("applied", FIELDS, steps=0),
        ),
        vector(
            "a new todo, sent again after it was changed elsewhere",
            todo(completed=True, tags=["home"]),
            operation("create", None, **new),
            expect("applied", {**done, "tags": ["home"]}, steps=0),
        ),
        vector(
            "two devices made different todos under one id",
            todo(),
            operation("create", title=change(None, "Feed the cat"), position=change(None, "a0")),
            expect(
                "conflict",
                FIELDS,
                steps=0,
                clashes={"title": {"base": None, "yours": "Feed the cat", "stored": "Water the plants"}},
            ),
        ),
        vector(
            "a new todo under an id that was deleted",
            todo(deleted=True),
            operation("create", None, **new),
            expect("rejected", None, steps=0),
        ),
        vector(
            "a delete of what its writer saw",
            todo(),
            operation("delete", SEEN),
            expect("applied", None, steps=1),
        ),
        vector(
            "a delete takes nothing that its writer has not seen",
            todo(title="Water the garden"),
            operation("delete", UNSEEN),
            expect("conflict", renamed, steps=0, clashes=DELETE_CLASHES),
        ),
        vector(
            "a forced delete takes what its writer has not seen",
            todo(title="Water the garden"),
            operation("delete", UNSEEN, force=True),
            expect("merged", None, steps=1),
        ),
        vector(
            "a forced delete of what its writer saw",
            todo(),
            operation("delete", SEEN, force=True),
            expect("applied", None, steps=1),
        ),
        vector(
            "both deleted it",
            todo(deleted=True),
            operation("delete", UNSEEN),
            expect("merged", None, steps=0),
        ),
        vector(
            "deleted already, as its writer knows",
            todo(deleted=True),
            operation("delete", SEEN),
            expect("applied", None, steps=0),
        ),
        vector(
            "a delete of what never was",
            None,
            operation("delete", SEEN),
            expect("rejected", None, steps=0),
        ),
        vector(
            "a restore brings back all that was deleted",
            todo(deleted=True, title="Feed the cat", tags=["home"], due={"date": "2026-11-22"}),
            operation("restore", SEEN),
            expect(
                "applied", {**FIELDS, "title": "Feed the cat", "tags": ["home"], "due": {"date": "2026-11-22"}}, steps=1
            ),
        ),
        vector(
            "a restore of what somebody deleted again in the meantime",
            todo(deleted=True, version=5),
            operation("restore", SEEN),
            expect("merged", FIELDS, steps=1),
        ),
        vector(
            "restored already",
            todo(title="Feed the cat"),
            operation("restore", UNSEEN),
            expect("merged", {**FIELDS, "title": "Feed the cat"}, steps=0),
        ),
        vector(
            "a restore of what is there",
            todo(),
            operation("restore", SEEN),
            expect("applied", FIELDS, steps=0),
        ),
        vector(
            "a restore of what is purged",
            PURGED,
            operation("restore", SEEN),
            expect("rejected", None, steps=0),
        ),
        vector(
            "a restore of what never was",
            None,
            operation("restore", SEEN),
            expect("rejected", None, steps=0),
        ),
        vector(
            "an update of what is purged",
            PURGED,
            operation("update", UNSEEN, title=rename),
            expect("rejected", None, steps=0),
        ),
        vector(
            "a tag more than there may be clashes",
            todo(tags=MANY_TAGS),
            operation("update", UNSEEN, tags=change([], ["home"])),
            expect(
                "conflict",
                {**FIELDS, "tags": MANY_TAGS},
                steps=0,
                clashes={"tags": {"base": [], "yours": ["home"], "stored": MANY_TAGS}},
            ),
        ),
        vector(
            "a tag in place of another one, as many as there may be",
            todo(tags=MANY_TAGS),
            operation("update", UNSEEN, tags=change(["tag 01"], ["home"])),
            expect("merged", {**FIELDS, "tags": [*MANY_TAGS[1:], "home"]}, steps=1),
        ),
        vector(
            "the order of tags is changed by whoever saw all of them",
            todo(tags=["home", "garden"]),
            operation("update", SEEN, tags=change(["home", "garden"], ["garden", "home"])),
            expect("applied", {**FIELDS, "tags": ["garden", "home"]}, steps=1),
        ),
        vector(
            "the order of tags is kept when somebody else added one",
            todo(tags=["home", "garden", "weekly"]),
            operation("update", UNSEEN, tags=change(["home", "garden"], ["garden", "home"])),
            expect("merged", {**FIELDS, "tags": ["home", "garden", "weekly"]}, steps=0),
        ),
        vector(
            "a writer who knew of no tags removes none",
            todo(tags=["home"]),
            operation("update", UNSEEN, tags=change(None, ["garden"])),
            expect("merged", {**FIELDS, "tags": ["home", "garden"]}, steps=1),
        ),
        *(
            vector(
                f"a writer who saw {_short(seen)} where tags are has seen none of them",
                todo(tags=["home"]),
                operation("update", UNSEEN, tags=change(seen, ["garden"])),
                expect("merged", {**FIELDS, "tags": ["home", "garden"]}, steps=1),
            )
            for seen in (5, True, "home and garden", {"home": 1})
        ),
    ]


def generated() -> list[Vector]:
    return [*_of_fields(), *_of_tags()]


def _of_fields() -> list[Vector]:
    """Every way in which three values of a field can be equal or not, by the table of decision 0029."""
    vectors = []
    for name, (seen, wanted, elsewhere) in VALUES.items():
        for stored, said, step, clashes in (
            (seen, change(seen, wanted), 1, False),
            (wanted, change(seen, wanted), 0, False),
            (elsewhere, change(seen, wanted), 0, True),
            (elsewhere, change(seen, seen), 0, False),
            (seen, change(seen, seen), 0, False),
            (elsewhere, change(elsewhere, seen), 1, False),
        ):
            after = {**FIELDS, name: said["to"] if step else stored}
            clash = {name: {"base": said["from"], "yours": said["to"], "stored": stored}} if clashes else {}
            vectors.append(
                vector(
                    f"{name}: saw {_short(said['from'])}, wants {_short(said['to'])}, finds {_short(stored)}",
                    todo(**{name: stored}),
                    operation("update", UNSEEN, **{name: said}),
                    expect("conflict" if clashes else "merged", after, steps=step, clashes=clash),
                )
            )
    return vectors


def _of_tags() -> list[Vector]:
    """Each tag by itself: it is there afterwards if it was added, or was there and was not removed."""
    vectors = []
    for seen, wanted, stored in product(TAGS, repeat=3):
        added = [tag for tag in wanted if tag not in seen]
        removed = [tag for tag in seen if tag not in wanted]
        after = [tag for tag in stored if tag not in removed]
        after += [tag for tag in added if tag not in after]
        if stored == seen:
            after = wanted
        elif wanted == stored:
            after = stored
        vectors.append(
            vector(
                f"tags: saw {_short(seen)}, wants {_short(wanted)}, finds {_short(stored)}",
                todo(tags=stored),
                operation("update", UNSEEN, tags=change(seen, wanted)),
                expect("merged", {**FIELDS, "tags": after}, steps=int(after != stored)),
            )
        )
    return vectors


def _short(value: Any) -> str:
    return json.dumps(value)


def to_json() -> str:
    vectors = [*written_out(), *generated()]
    return "[\n" + ",\n".join(json.dumps(each) for each in vectors) + "\n]\n"


if __name__ == "__main__":
    from pathlib import Path

    Path(str(files("contracts") / "merge_vectors.json")).write_text(to_json())
