"""docs/asyncapi.yaml says what crosses the bus: held against the classes, the exchange and those who listen."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import contracts
from chassis.encryption import KeyRing
from chassis.messaging import broker
from chassis.messaging.events import Envelope, Event
from chassis.revocation import keeper
from todos_service import worker
from todos_service.worker import listeners

DOCS = Path(__file__).parents[2] / "docs"
Tree = dict[str, Any]


def parse(text: str) -> Tree:
    """The little of YAML that the document is written in: nested mappings, words, and JSON after a colon."""
    root: Tree = {}
    open_levels: list[tuple[int, Tree]] = [(-1, root)]
    for line in text.splitlines():
        words = line.strip()
        if not words or words.startswith("#"):
            continue
        indent = len(line) - len(words)
        while open_levels[-1][0] >= indent:
            open_levels.pop()
        name, _, value = words.partition(":")
        inner: Any = _scalar(value.strip()) if value else {}
        assert name not in open_levels[-1][1], f"{name} stands there twice"
        open_levels[-1][1][name] = inner
        if not value:
            open_levels.append((indent, inner))
    return root


def _scalar(text: str) -> Any:
    if text.startswith(("[", "{", '"')) or text in {"true", "false"}:
        return json.loads(text)
    assert ": " not in text, f"YAML would take this for a mapping: {text}"
    return text.strip("'")


def all_events() -> Iterator[type[Event]]:
    for module in pkgutil.iter_modules(contracts.__path__, "contracts."):
        names = vars(importlib.import_module(module.name)).values()
        yield from (each for each in names if isinstance(each, type) and issubclass(each, Event) and each is not Event)


EVENTS = {event.type: event for event in all_events()}


@pytest.fixture(scope="module")
def document() -> Tree:
    return parse((DOCS / "asyncapi.yaml").read_text())


class TestChannels:
    def test_are_those_of_the_events_there_are(self, document: Tree) -> None:
        assert document["channels"].keys() == document["components"]["messages"].keys() == EVENTS.keys()

    @pytest.mark.parametrize("name", EVENTS)
    def test_lead_through_the_exchange_under_the_name_of_the_event(self, document: Tree, name: str) -> None:
        channel = document["channels"][name]

        assert channel["address"] == name
        assert channel["bindings"]["amqp"]["exchange"]["name"] == broker.EXCHANGE
        assert resolved(document, channel["messages"]["event"]) is document["components"]["messages"][name]


class TestMessages:
    @pytest.mark.parametrize("name", EVENTS)
    def test_carry_what_the_class_says(self, document: Tree, name: str) -> None:
        properties = document["components"]["messages"][name]["payload"]["properties"]

        assert properties["type"]["const"] == name
        assert json.loads((DOCS / properties["data"]["$ref"]).read_text()) == EVENTS[name].model_json_schema()

    def test_are_signed(self, document: Tree) -> None:
        assert document["components"]["schemas"]["Headers"]["required"] == [broker._SIGNATURE]

    def test_travel_in_the_envelope(self, document: Tree) -> None:
        schema = Envelope.model_json_schema()
        told = document["components"]["schemas"]["Envelope"]
        facts = {"type", "format", "const"}

        assert told["required"] == schema["required"]
        assert told["properties"].keys() == schema["properties"].keys()
        for name, of_class in schema["properties"].items():
            said = {fact: value for fact, value in told["properties"][name].items() if fact in facts}
            assert said.items() <= of_class.items(), name


class TestOperations:
    def test_lead_to_channels(self, document: Tree) -> None:
        for name, operation in document["operations"].items():
            _, _, event = name.split(".", 2)
            assert resolved(document, operation["channel"]) is document["channels"][event], name

    def test_name_everybody_who_listens(self, document: Tree, tmp_path: Path) -> None:
        told: dict[str, set[str]] = {}
        for name, operation in document["operations"].items():
            who, _, event = name.split(".", 2)
            told.setdefault(f"{operation['action']}: {who}", set()).add(event)
        (tmp_path / "keys").write_text(f"k {'A' * 43}\n")
        (tmp_path / "keys").chmod(0o600)

        assert told == {
            "send: auth-worker": set(EVENTS),
            "receive: todos-worker": set(listeners(KeyRing.from_file(tmp_path / "keys"), None).event_types),
            "receive: todos-api": {keeper.EVENT_TYPE},
            "receive: gateway": {keeper.EVENT_TYPE},
        }

    def test_name_the_queue_that_waits_for_who_is_away(self, document: Tree) -> None:
        waiting = [each for name, each in document["operations"].items() if name.startswith("todos-worker.")]

        assert waiting
        assert all(worker.QUEUE in each["description"] for each in waiting)


def resolved(document: Tree, reference: Tree) -> Any:
    """What a `$ref` inside the document leads to."""
    found: Any = document
    for step in reference["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found
