import base64
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.encryption import Cipher, new_key
from chassis.problems import InvalidRequest
from todos_service.lists import cursors
from todos_service.lists.cursors import Cursor
from todos_service.lists.filters import Order
from todos_service.owners.service import OwnerKeys
from todos_service.todos import positions

POSITION, TITLE = Order("position"), Order("title")


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()


def keys_of(owner_id: UUID) -> OwnerKeys:
    return OwnerKeys(owner_id, {1: Cipher.of(new_key())})


class TestDecode:
    @given(
        st.from_regex(positions.PATTERN, fullmatch=True).filter(lambda key: len(key) <= positions.LONGEST), st.uuids()
    )
    def test_gives_back_what_was_encoded(self, position: str, todo_id: UUID) -> None:
        cursor = Cursor(position, todo_id)

        assert cursors.decode(cursors.encode(cursor, POSITION), POSITION) == cursor

    @pytest.mark.parametrize(
        "order, key",
        [
            (Order("position", descending=True), "a0"),
            (Order("due"), datetime(3000, 1, 1, tzinfo=UTC)),
            (Order("created", descending=True), datetime(2026, 11, 22, 17, 30, 0, 123456, tzinfo=UTC)),
            (Order("updated"), datetime(2026, 11, 22, 17, 30, tzinfo=UTC)),
            (Order("priority"), 3),
        ],
        ids=str,
    )
    def test_knows_the_key_of_each_order(self, order: Order, key: object) -> None:
        cursor = Cursor(key, uuid4())

        assert cursors.decode(cursors.encode(cursor, order), order) == cursor

    def test_refuses_a_cursor_of_another_order(self) -> None:
        cursor = cursors.encode(Cursor(2, uuid4()), Order("priority"))

        for order in (Order("priority", descending=True), POSITION, Order("due")):
            with pytest.raises(InvalidRequest):
                cursors.decode(cursor, order)

    @pytest.mark.parametrize("order", [POSITION, Order("due"), Order("priority")], ids=str)
    @given(st.text() | st.binary().map(encoded))
    def test_refuses_what_nobody_encoded(self, order: Order, text: str) -> None:
        with pytest.raises(InvalidRequest) as refusal:
            cursors.decode(text, order)

        assert refusal.value.extensions["errors"][0]["pointer"] == "?cursor"

    @pytest.mark.parametrize(
        "content",
        [
            b'["a\\u00000", "%s"]',
            b'["a0\\n", "%s"]',
            b'["", "%s"]',
            b'[["a0"], "%s"]',
            b'["a0", "nobody", "%s"]',
            b'["a0", 7]',
            b'["a0"]',
            b'"a0"',
            b"7",
            b"null",
            b'{"position": "a0", "id": "x"}',
        ],
    )
    def test_refuses_content_that_no_query_should_see(self, content: bytes) -> None:
        with pytest.raises(InvalidRequest):
            cursors.decode(encoded(content.replace(b"%s", str(uuid4()).encode())), POSITION)

    @pytest.mark.parametrize(
        "order, key",
        [
            ("priority", b"4"),
            ("priority", b"true"),
            ("priority", b"1.0"),
            ("due", b'"2026-11-22"'),
            ("due", b"7"),
            # Moments that UTC has no year for.
            ("due", b'"9999-12-31T23:59:59-12:00"'),
            ("created", b'"0001-01-01T00:00:00+14:00"'),
        ],
    )
    def test_refuses_a_key_that_its_order_cannot_have(self, order: str, key: bytes) -> None:
        content = b'["%s", %s, "%s"]' % (order.encode(), key, str(uuid4()).encode())

        with pytest.raises(InvalidRequest):
            cursors.decode(encoded(content), Order(order))  # type: ignore[arg-type]


class TestUnseal:
    def test_gives_back_what_was_sealed(self) -> None:
        keys, cursor = keys_of(uuid4()), Cursor("water the plants", uuid4())

        sealed = cursors.seal(cursor, TITLE, keys)

        assert cursors.unseal(sealed, TITLE, keys) == cursor
        assert b"water" not in base64.urlsafe_b64decode(sealed + "==")

    def test_refuses_a_cursor_of_somebody_else(self) -> None:
        sealed = cursors.seal(Cursor("water the plants", uuid4()), TITLE, keys_of(uuid4()))

        with pytest.raises(InvalidRequest):
            cursors.unseal(sealed, TITLE, keys_of(uuid4()))

    @given(st.text() | st.binary().map(encoded))
    def test_refuses_what_nobody_sealed(self, text: str) -> None:
        with pytest.raises(InvalidRequest):
            cursors.unseal(text, TITLE, keys_of(uuid4()))
