from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from chassis.encryption import CannotDecryptError, Cipher, new_key
from todos_service.owners.service import OwnerKeys
from todos_service.todos import documents
from todos_service.todos.documents import TodoDocument

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass
class Row:
    id: UUID
    version: int
    key_version: int
    sealed: bytes | None
    completed: bool
    completed_at: datetime | None
    priority: int
    due_date: date | None
    due_at: datetime | None
    due_zone: str | None
    position: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


@pytest.fixture
def keys() -> OwnerKeys:
    return OwnerKeys(uuid4(), {1: Cipher.of(new_key()), 2: Cipher.of(new_key())})


@pytest.fixture
def document() -> TodoDocument:
    return {
        "id": str(uuid4()),
        "title": "Water the plants",
        "description": "All of them",
        "completed": True,
        "completed_at": NOW,
        "priority": "high",
        "due": {"at": "2026-11-22T09:00:00Z", "zone": "Europe/Berlin"},
        "position": "a0",
        "tags": ["home"],
        "recurrence": None,
        "version": 3,
        "created_at": NOW,
        "updated_at": NOW,
        "deleted_at": None,
    }


def row_of(document: TodoDocument, keys: OwnerKeys) -> Row:
    return Row(id=UUID(document["id"]), **documents.to_columns(document, keys))


class TestOpenTodo:
    @pytest.mark.parametrize(
        "due",
        [None, {"date": "2026-11-22"}, {"at": "2026-11-22T09:00:00Z", "zone": "Europe/Berlin"}],
        ids=["none", "day", "moment"],
    )
    def test_gives_back_what_to_columns_took(
        self, document: TodoDocument, keys: OwnerKeys, due: documents.DueDate | documents.DueTime | None
    ) -> None:
        document["due"] = due

        assert documents.open_todo(row_of(document, keys), keys) == document

    def test_does_not_open_the_text_of_another_todo(self, document: TodoDocument, keys: OwnerKeys) -> None:
        swapped = replace(row_of(document, keys), id=uuid4())

        with pytest.raises(CannotDecryptError):
            documents.open_todo(swapped, keys)

    def test_does_not_open_the_text_of_another_owner(self, document: TodoDocument, keys: OwnerKeys) -> None:
        row = row_of(document, keys)

        with pytest.raises(CannotDecryptError):
            documents.open_todo(row, OwnerKeys(uuid4(), keys.ciphers))

    def test_does_not_open_under_another_key_version(self, document: TodoDocument, keys: OwnerKeys) -> None:
        row = replace(row_of(document, keys), key_version=1)

        with pytest.raises(CannotDecryptError):
            documents.open_todo(row, OwnerKeys(keys.owner_id, {1: keys.ciphers[2]}))


class TestToColumns:
    def test_leaves_no_text_in_clear(self, document: TodoDocument, keys: OwnerKeys) -> None:
        columns = documents.to_columns(document, keys)

        assert not {"title", "description", "tags"} & columns.keys()
        for secret in (b"Water the plants", b"All of them", b"home"):
            assert secret not in columns["sealed"]

    def test_seals_with_the_newest_key(self, document: TodoDocument, keys: OwnerKeys) -> None:
        assert documents.to_columns(document, keys)["key_version"] == 2


class TestToTombstone:
    def test_keeps_nothing_that_was_in_the_todo(self, document: TodoDocument, keys: OwnerKeys) -> None:
        document["deleted_at"] = NOW

        columns = documents.to_tombstone(document, keys)

        assert {name: value for name, value in columns.items() if value} == {
            "key_version": 2,
            "version": 3,
            "created_at": NOW,
            "updated_at": NOW,
            "deleted_at": NOW,
        }


class TestSealChanges:
    changes = {"title": {"from": "Water", "to": "Feed"}}  # noqa: RUF012 (nobody changes it)

    def test_opens_for_the_same_change(self, keys: OwnerKeys) -> None:
        todo_id = uuid4()
        sealed = documents.seal_changes(keys, todo_id=todo_id, version=7, changes=self.changes)

        assert documents.open_changes(keys, 2, sealed, todo_id=todo_id, version=7) == self.changes

    def test_does_not_open_as_another_change_of_the_same_todo(self, keys: OwnerKeys) -> None:
        todo_id = uuid4()
        sealed = documents.seal_changes(keys, todo_id=todo_id, version=7, changes=self.changes)

        with pytest.raises(CannotDecryptError):
            documents.open_changes(keys, 2, sealed, todo_id=todo_id, version=8)


class TestSealNote:
    def test_does_not_open_under_another_operations_name(self, keys: OwnerKeys) -> None:
        sealed = documents.seal_note(keys, op_id=uuid4(), note={"request": "digest"})

        with pytest.raises(CannotDecryptError):
            documents.open_note(keys, 2, sealed, op_id=uuid4())
