"""What an operation does to a todo: a pure function, and the only place that decides it.

Fields and their values are the JSON of the API, so that the same cases can be run by a client in another language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any, Final, NamedTuple

Fields = Mapping[str, Any]

# What a new todo is unless it says otherwise. A position it must always have.
DEFAULTS: Final[Fields] = {
    "title": "",
    "description": "",
    "completed": False,
    "priority": "none",
    "due": None,
    "tags": [],
    "position": "",
}


class Special(Enum):
    """Values that stand for one that only the stored todo can tell."""

    ANYTHING = "anything"
    OPPOSITE = "opposite"


class Kind(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Verdict(StrEnum):
    APPLIED = "applied"
    # Applied, although somebody else had changed the todo in the meantime.
    MERGED = "merged"
    # At least one field was changed by somebody else to something else. It keeps that value.
    CONFLICT = "conflict"
    REJECTED = "rejected"


class Reason(StrEnum):
    MISSING = "missing"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Change:
    """One field: what it should become, and what its writer saw in it."""

    to: Any
    base: Any = Special.ANYTHING


@dataclass(frozen=True, slots=True)
class Operation:
    kind: Kind
    changes: Mapping[str, Change] = field(default_factory=dict)
    # The version its writer saw.
    base_version: int | None = None
    # Where given, the operation is for exactly these versions: any other is a conflict as a whole.
    versions: frozenset[int] | None = None
    # Fields of a new todo that its writer did not choose.
    assumed: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stored:
    """What merging must know of a todo. The fields of a tombstone say nothing."""

    fields: Fields
    version: int
    deleted: bool = False


class Step(NamedTuple):
    before: Any
    after: Any


class Clash(NamedTuple):
    base: Any
    yours: Any
    stored: Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """`steps` are the fields that change, `clashes` those that would have. Without steps there is nothing to store."""

    verdict: Verdict
    steps: Mapping[str, Step] = field(default_factory=dict)
    clashes: Mapping[str, Clash] = field(default_factory=dict)
    reason: Reason | None = None


def merge(stored: Stored | None, operation: Operation) -> Outcome:
    if operation.kind is Kind.CREATE:
        return _create(stored, operation)
    if stored is None:
        return Outcome(Verdict.REJECTED, reason=Reason.MISSING)
    if stored.deleted:
        # A late edit does not bring back what somebody deleted.
        return Outcome(Verdict.REJECTED, reason=Reason.DELETED)
    if operation.versions is not None and stored.version not in operation.versions:
        return Outcome(Verdict.CONFLICT, clashes=_all_clash(stored, operation))
    if operation.kind is Kind.DELETE:
        return Outcome(Verdict.APPLIED, {name: Step(value, None) for name, value in stored.fields.items()})
    return _update(stored, operation)


def _create(stored: Stored | None, operation: Operation) -> Outcome:
    if stored is None:
        fields = {**DEFAULTS, **operation.assumed, **{name: change.to for name, change in operation.changes.items()}}
        return Outcome(Verdict.APPLIED, {name: Step(None, value) for name, value in fields.items()})
    if stored.deleted:
        return Outcome(Verdict.REJECTED, reason=Reason.DELETED)
    # The id is taken: by the same todo, sent again, or by another one.
    clashes = {name: clash for name, clash in _all_clash(stored, operation).items() if clash.yours != clash.stored}
    return Outcome(Verdict.CONFLICT if clashes else Verdict.APPLIED, clashes=clashes)


def _update(stored: Stored, operation: Operation) -> Outcome:
    steps: dict[str, Step] = {}
    clashes: dict[str, Clash] = {}
    for name, change in operation.changes.items():
        now = stored.fields[name]
        wanted = (not now) if change.to is Special.OPPOSITE else change.to
        if now == wanted:
            continue
        if change.base is Special.ANYTHING or now == change.base:
            steps[name] = Step(now, wanted)
        else:
            clashes[name] = Clash(change.base, wanted, now)
    return Outcome(_verdict(stored, operation, clashes), steps, clashes)


def _verdict(stored: Stored, operation: Operation, clashes: Mapping[str, Clash]) -> Verdict:
    if clashes:
        return Verdict.CONFLICT
    unseen = operation.base_version is not None and operation.base_version != stored.version
    return Verdict.MERGED if unseen else Verdict.APPLIED


def _all_clash(stored: Stored, operation: Operation) -> dict[str, Clash]:
    return {name: Clash(change.base, change.to, stored.fields[name]) for name, change in operation.changes.items()}
