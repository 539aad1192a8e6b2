import pytest

from todos_service.transfer.errors import UnknownFormat
from todos_service.transfer.tables import rows

COLUMNS = frozenset({"TYPE", "CONTENT"})


class TestRows:
    def test_are_read_whatever_their_columns_are_called_like(self) -> None:
        assert list(rows('type, Content\r\ntask,"one\ntwo"\r\nnote\r\n', COLUMNS)) == [
            (3, {"TYPE": "task", "CONTENT": "one\ntwo"}),
            (4, {"TYPE": "note", "CONTENT": ""}),
        ]

    @pytest.mark.parametrize(
        "content, line",
        [
            ('TYPE,CONTENT\r\ntask,"Water\r\ntask,Feed\r\n', 2),
            ('TYPE,CONTENT\r\ntask,Water\r\ntask,"Feed', 3),
            ('TYPE,CONTENT\r\ntask,"one\r\ntwo"\r\ntask,"Feed\r\ntask,x\r\n', 4),
        ],
    )
    def test_are_none_where_a_quote_is_never_closed(self, content: str, line: int) -> None:
        with pytest.raises(UnknownFormat) as raised:
            list(rows(content, COLUMNS))

        assert raised.value.detail == f"A quote that is opened in line {line} is never closed"

    def test_may_have_quotes_in_quotes(self) -> None:
        ((_, row),) = rows('TYPE,CONTENT\r\ntask,"Order ""heirloom"" seeds"\r\n', COLUMNS)

        assert row["CONTENT"] == 'Order "heirloom" seeds'
