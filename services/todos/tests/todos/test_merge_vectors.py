"""The cases that the server and the app have in common: `contracts/merge_vectors.json`."""

import json
from importlib.resources import files
from typing import Any

import pytest
from services.todos.tests.todos import merge_vectors

from todos_service.todos.documents import FIELDS
from todos_service.todos.merging import Change, Kind, Operation, Stored, merge
from todos_service.todos.writing import clash_to_json

_WRITTEN = (files("contracts") / "merge_vectors.json").read_text()
VECTORS: list[dict[str, Any]] = json.loads(_WRITTEN)


def stored_of(vector: dict[str, Any]) -> Stored | None:
    stored = vector["stored"]
    return Stored(stored["fields"], stored["version"], deleted=stored["deleted"]) if stored else None


def operation_of(vector: dict[str, Any]) -> Operation:
    said = vector["operation"]
    changes = {name: Change(change["to"], base=change["from"]) for name, change in said["changes"].items()}
    return Operation(Kind(said["kind"]), changes, said.get("base_version"), force=said.get("force", False))


def fields_after(stored: Stored | None, operation: Operation, steps: dict[str, Any]) -> dict[str, Any] | None:
    is_gone = stored is None or stored.deleted
    if (operation.kind is Kind.DELETE and steps) or (is_gone and not steps):
        return None
    return {**(stored.fields if stored else {}), **steps}


class TestMerge:
    @pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
    def test_makes_of_it_what_the_app_does(self, vector: dict[str, Any]) -> None:
        stored, operation = stored_of(vector), operation_of(vector)

        outcome = merge(stored, operation)

        assert vector["expect"] == {
            "outcome": outcome.verdict,
            "fields": fields_after(stored, operation, {name: step.after for name, step in outcome.steps.items()}),
            "version_step": int(bool(outcome.steps)),
            "clashes": {name: clash_to_json(clash) for name, clash in outcome.clashes.items()},
        }


class TestVectors:
    def test_are_as_their_rules_make_them(self) -> None:
        assert merge_vectors.to_json() == _WRITTEN

    def test_have_names_of_their_own(self) -> None:
        assert len(VECTORS) >= 60
        assert len({vector["name"] for vector in VECTORS}) == len(VECTORS)

    def test_know_every_field(self) -> None:
        assert merge_vectors.FIELDS.keys() == set(FIELDS)
