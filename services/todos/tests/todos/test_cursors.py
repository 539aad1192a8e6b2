import base64
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.problems import InvalidRequest
from todos_service.todos import cursors, positions
from todos_service.todos.cursors import Cursor


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()


class TestDecode:
    @given(
        st.from_regex(positions.PATTERN, fullmatch=True).filter(lambda key: len(key) <= positions.LONGEST), st.uuids()
    )
    def test_gives_back_what_was_encoded(self, position: str, todo_id: UUID) -> None:
        cursor = Cursor(position, todo_id)

        assert cursors.decode(cursors.encode(cursor)) == cursor

    @given(st.text() | st.binary().map(encoded))
    def test_refuses_what_nobody_encoded(self, text: str) -> None:
        with pytest.raises(InvalidRequest) as refusal:
            cursors.decode(text)

        assert refusal.value.extensions["errors"][0]["pointer"] == "?cursor"

    @pytest.mark.parametrize(
        "content",
        [
            b'["a\\u00000", "%s"]' % str(uuid4()).encode(),
            b'["a0\\n", "%s"]' % str(uuid4()).encode(),
            b'["", "%s"]' % str(uuid4()).encode(),
            b'[["a0"], "%s"]' % str(uuid4()).encode(),
            b'["a0", "nobody"]',
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
            cursors.decode(encoded(content))
