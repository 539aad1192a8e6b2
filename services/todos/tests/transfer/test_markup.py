import time

import pytest

from todos_service.transfer.markup import text_of


class TestTextOf:
    @pytest.mark.parametrize(
        "html, text",
        [
            ("plain", "plain"),
            ("<p>one</p><p>two</p>", "one\ntwo"),
            ("one<br>two<br/>three", "one\ntwo\nthree"),
            ("<ul><li><p>one</p></li><li>two</li></ul>", "- one\n- two"),
            ('<a href="https://plants.example">plants</a>', "plants (https://plants.example)"),
            ('<a href="https://plants.example">https://plants.example</a>', "https://plants.example"),
            ("&lt;script&gt; &amp; &#228;", "<script> & ä"),
            ("<p>unclosed <b>bold", "unclosed bold"),
        ],
    )
    def test_keeps_what_one_reads(self, html: str, text: str) -> None:
        assert text_of(html) == text

    @pytest.mark.parametrize(
        "html, text",
        [
            ("1 < 2 > 1, a<1, <3", "1 < 2 > 1, a<1, <3"),
            ('<p title="a > b">x</p>', "x"),
            ("one<!-- <p>two</p> -->three", "onethree"),
            ("<![x[", "<![x["),
            ("x <b never ends", "x <b never ends"),
            ("<!-- never <b>ends", "<!-- never <b>ends"),
            ("&#" + "9" * 10, "\ufffd"),
        ],
    )
    def test_takes_nothing_for_markup_that_is_none(self, html: str, text: str) -> None:
        assert text_of(html) == text

    @pytest.mark.parametrize("piece", ["<!--", "<a", "<", "</", "<a'", '<a "x"', "<p>", "&#", "<!", " href", "<!>"])
    def test_reads_twice_as_much_in_about_twice_the_time(self, piece: str) -> None:
        def seconds(size: int) -> float:
            markup = (piece * size)[:size]
            begun = time.process_time()
            text_of(markup)
            return time.process_time() - begun

        small, large = (min(seconds(size) for _ in range(3)) for size in (20_000, 160_000))

        # Eight times as much; what is quadratic takes 64 times as long.
        assert large < 24 * small + 0.01
