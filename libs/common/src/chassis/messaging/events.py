"""Facts one service tells the others, and the envelope they travel in (CloudEvents 1.0, JSON)."""

from datetime import UTC, datetime
from typing import Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from uuid_utils.compat import uuid7


class Event(BaseModel):
    """A fact in the past tense: ids only, never an e-mail address or a title.

    Within a version fields may be added, never renamed, removed or given new meaning; readers ignore what
    they do not know.
    """

    model_config = ConfigDict(frozen=True)

    type: ClassVar[str]


class Envelope(BaseModel):
    """`type` is the routing key; `id` is the AMQP message id and what the inbox remembers."""

    specversion: Literal["1.0"] = "1.0"
    id: UUID = Field(default_factory=uuid7)
    source: str
    type: str
    time: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))
    datacontenttype: Literal["application/json"] = "application/json"
    data: dict[str, Any]

    @classmethod
    def wrap(cls, event: Event, *, source: str) -> Self:
        return cls(type=event.type, source=source, data=event.model_dump(mode="json"))
