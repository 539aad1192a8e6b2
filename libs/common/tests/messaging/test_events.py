from typing import ClassVar
from uuid import UUID, uuid4

from chassis.messaging.events import Envelope, Event


class Rang(Event):
    type: ClassVar[str] = "bell.rang.v1"

    bell_id: UUID


class TestEnvelope:
    def test_is_a_cloud_event(self) -> None:
        bell_id = uuid4()

        document = Envelope.wrap(Rang(bell_id=bell_id), source="bell").model_dump(mode="json")

        assert document["specversion"] == "1.0"
        assert document["type"] == "bell.rang.v1"
        assert document["source"] == "bell"
        assert document["data"] == {"bell_id": str(bell_id)}
        assert UUID(document["id"]).version == 7

    def test_survives_the_wire(self) -> None:
        envelope = Envelope.wrap(Rang(bell_id=uuid4()), source="bell")

        assert Envelope.model_validate_json(envelope.model_dump_json()) == envelope

    def test_a_reader_ignores_what_a_newer_writer_added(self) -> None:
        bell_id = uuid4()

        assert Rang.model_validate({"bell_id": bell_id, "loudness": 11}) == Rang(bell_id=bell_id)
