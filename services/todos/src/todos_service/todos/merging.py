"""What an operation does to a todo: a pure function, and the only place that decides it.

Fields and their values are the JSON of the API, so that the same cases can be run by a client in another language.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from types import MappingProxyType
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
    "recurrence": None,
}
# Fields that are sets: what each writer added and took away is merged, not the whole.
SETS: Final = frozenset({"tags"})
LARGEST_SET: Final = 20


class Special(Enum):
    """Values that stand for one that only the stored todo can tell."""

    ANYTHING = "anything"
    OPPOSITE = "opposite"


class Kind(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    # Bring back from the trash what a delete took.
    RESTORE = "restore"
    # What an update becomes that completes one occurrence of a todo that recurs: see `occurrences`.
    ADVANCE = "advance"


class Verdict(StrEnum):
    APPLIED = "applied"
    # Applied, although somebody else had changed the todo in the meantime.
    MERGED = "merged"
    # Something of it would have undone what somebody else did, unseen. That part was not done.
    CONFLICT = "conflict"
    REJECTED = "rejected"


class Reason(StrEnum):
    MISSING = "missing"
    DELETED = "deleted"
    # Deleted for so long that there is nothing left to bring back.
    PURGED = "purged"


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
    # Delete, even what its writer has not seen: they have been shown it, and want it gone all the same.
    force: bool = False
    # Update all of its fields, or none if one clashes.
    whole: bool = False
    # It takes an earlier change back: what is completed by that is so again, and no occurrence is done.
    takes_back: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """What merging must know of a todo. The fields of a deleted one are those in the trash, none once it is purged."""

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


# What a delete clashes with that would take something unseen: not with a field, but with there being a todo.
_DELETE_CLASHES: Final = {"deleted_at": Clash(None, "deleted", None)}


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
    return _OF_KIND[operation.kind](stored, operation)


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
    if stored.deleted:
        # A late edit does not bring back what somebody deleted.
        return Outcome(Verdict.REJECTED, reason=Reason.DELETED)
    if _is_for_another(stored, operation):
        return Outcome(Verdict.CONFLICT, clashes=_all_clash(stored, operation))
    steps: dict[str, Step] = {}
    clashes: dict[str, Clash] = {}
    for name, change in operation.changes.items():
        now = stored.fields[name]
        wanted = _wanted(name, change, now)
        if isinstance(wanted, Clash):
            clashes[name] = wanted
        elif wanted != now:
            steps[name] = Step(now, wanted)
    if clashes and operation.whole:
        steps = {}
    return Outcome(_verdict(stored, operation, clashes), steps, clashes)


def _wanted(name: str, change: Change, now: Any) -> Any:
    """What the field becomes; a Clash when that would undo what its writer has not seen."""
    to = (not now) if change.to is Special.OPPOSITE else change.to
    if change.base == to:
        return now  # they left it as it was
    if change.base is Special.ANYTHING or now in (change.base, to):
        return to
    merged = _merge_sets(change.base, to, now) if name in SETS else None
    return Clash(change.base, to, now) if merged is None else merged


def _merge_sets(base: Any, to: Any, now: list[Any]) -> list[Any] | None:
    """What is there, without what the writer took away, and with what they added. None if that is too much."""
    # Whoever says that they saw something that is no set has seen none of it.
    seen = base if isinstance(base, list) else []
    kept = [each for each in now if each in to or each not in seen]
    merged = kept + [each for each in to if each not in seen and each not in kept]
    return merged if len(merged) <= LARGEST_SET else None


def _delete(stored: Stored, operation: Operation) -> Outcome:
    if stored.deleted:
        return Outcome(_verdict(stored, operation))
    if _is_for_another(stored, operation) or (_has_changed(stored, operation) and not operation.force):
        return Outcome(Verdict.CONFLICT, clashes=_DELETE_CLASHES)
    return Outcome(_verdict(stored, operation), {name: Step(value, None) for name, value in stored.fields.items()})


def _restore(stored: Stored, operation: Operation) -> Outcome:
    if not stored.deleted:
        return Outcome(_verdict(stored, operation))
    if _is_for_another(stored, operation):
        return Outcome(Verdict.CONFLICT)
    if not stored.fields:
        return Outcome(Verdict.REJECTED, reason=Reason.PURGED)
    fields = {**DEFAULTS, **stored.fields}
    return Outcome(_verdict(stored, operation), {name: Step(None, value) for name, value in fields.items()})


_OF_KIND: Final[Mapping[Kind, Callable[[Stored, Operation], Outcome]]] = {
    Kind.UPDATE: _update,
    Kind.DELETE: _delete,
    Kind.RESTORE: _restore,
    Kind.ADVANCE: _update,
}


def _verdict(stored: Stored, operation: Operation, clashes: Mapping[str, Clash] = MappingProxyType({})) -> Verdict:
    if clashes:
        return Verdict.CONFLICT
    return Verdict.MERGED if _has_changed(stored, operation) else Verdict.APPLIED


def _has_changed(stored: Stored, operation: Operation) -> bool:
    """Whether somebody else has written since. Each version differs from the one before it."""
    return operation.base_version is not None and operation.base_version != stored.version


def _is_for_another(stored: Stored, operation: Operation) -> bool:
    return operation.versions is not None and stored.version not in operation.versions


def _all_clash(stored: Stored, operation: Operation) -> dict[str, Clash]:
    return {name: Clash(change.base, change.to, stored.fields[name]) for name, change in operation.changes.items()}
