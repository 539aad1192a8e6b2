"""What is on the wire stays readable for those who were built before: the schemas here are never edited, only added to.

`python -m pytest libs/common/tests/contracts` fails when a class no longer says what its file says.
"""

from pathlib import Path

import orjson
import pytest

from chassis.messaging.events import Event
from contracts.sessions import SessionRevoked
from contracts.users import UserDeleted, UserPasswordChanged, UserReclaimed, UserRegistered

SCHEMAS = Path(__file__).parent / "schemas"
EVENTS: tuple[type[Event], ...] = (SessionRevoked, UserDeleted, UserPasswordChanged, UserReclaimed, UserRegistered)


class TestSchemas:
    @pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
    def test_are_what_was_agreed(self, event: type[Event]) -> None:
        agreed = orjson.loads((SCHEMAS / f"{event.type}.json").read_bytes())
        assert event.model_json_schema() == agreed

    def test_are_there_for_every_event(self) -> None:
        assert {event.type for event in EVENTS} == {file.name.removesuffix(".json") for file in SCHEMAS.iterdir()}

    @pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
    def test_hold_ids_and_times_but_no_text_of_people(self, event: type[Event]) -> None:
        texts = {
            name
            for name, field in event.model_json_schema()["properties"].items()
            if field.get("type") == "string" and "format" not in field
        }
        assert texts <= {"reason"}
