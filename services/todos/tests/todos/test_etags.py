from uuid import uuid4

import pytest

from todos_service.owners.heads import Head
from todos_service.todos import etags


class TestVersionsIn:
    @pytest.mark.parametrize(
        "header, versions",
        [
            ('"v3"', {3}),
            (' "v3" ', {3}),
            ('"v3", "v12"', {3, 12}),
            ('W/"v3"', set()),
            ('W/"v3", "v4"', {4}),
            ('"v0"', set()),
            ('"v03"', set()),
            ('"v99999999999"', set()),
            ('"3"', set()),
            ("v3", set()),
            ('"v3', set()),
            ('"xyz"', set()),
            ("", set()),
        ],
    )
    def test_accepts_strong_tags_of_ours_only(self, header: str, versions: set[int]) -> None:
        assert etags.versions_in(header) == frozenset(versions)

    def test_takes_a_star_for_any_version(self) -> None:
        assert etags.versions_in(" * ") is None

    def test_reads_what_of_version_writes(self) -> None:
        assert etags.versions_in(etags.of_version(7)) == frozenset({7})


class TestMatches:
    @pytest.mark.parametrize("header", ['"v3"', 'W/"v3"', '"v2", W/"v3"', "*"])
    def test_compares_weakly(self, header: str) -> None:
        assert etags.matches(header, '"v3"')

    @pytest.mark.parametrize("header", [None, "", '"v2"', "v3", '"V3"'])
    def test_sees_a_difference(self, header: str | None) -> None:
        assert not etags.matches(header, '"v3"')


class TestHeadIn:
    def test_reads_what_of_head_writes(self) -> None:
        head = Head(uuid4(), 42)

        assert etags.head_in(etags.of_head(head)) == head

    @pytest.mark.parametrize("header", [None, "", "*", '"v3"', f'W/"{uuid4().hex}"', f'W/"{uuid4().hex}.{"9" * 19}"'])
    def test_finds_none_where_there_is_none(self, header: str | None) -> None:
        assert etags.head_in(header) is None
