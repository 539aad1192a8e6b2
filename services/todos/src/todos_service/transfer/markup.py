"""HTML as other programs keep what people write, and what one reads of it."""

import html
import re
from typing import Final

_BULLET = "- "
_BLOCKS: Final = frozenset({"p", "br", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "tr"})

# An element's beginning or end; a > in quotes does not end it. Each part keeps what it has taken, so that reading one
# takes no longer than it is long.
_TAG = re.compile(r"""<(/?)([A-Za-z][^\s/>]*+)((?:[^>"']|"[^"]*+"|'[^']*+')*+)>""")
_LINK = re.compile(r"""\shref\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""", re.IGNORECASE)


def text_of(markup: str) -> str:
    """Descriptions are HTML there and plain text here. What looks like markup and never ends is text."""
    text = _Text()
    begin = 0
    while opened := _OPENED.search(markup, begin):
        tag = _TAG.match(markup, opened.start())
        end = tag.end() if tag else _end_of_comment(markup, opened)
        if end is None:
            break  # and neither would anything in it
        text.add(markup[begin : opened.start()])
        if tag:
            text.add_tag(tag[2].lower(), tag[3], ends=bool(tag[1]))
        begin = end
    text.add(markup[begin:])
    lines = [" ".join(line.split()) for line in "".join(text.pieces).split("\n")]
    return "\n".join(lines).strip()


# Every other < is a sign.
_OPENED = re.compile(r"</?[A-Za-z]|<!(?:--)?")


def _end_of_comment(markup: str, opened: re.Match[str]) -> int | None:
    """Where what begins with <! is over; None if never, and for what is no comment."""
    close = {"<!--": "-->", "<!": ">"}.get(opened[0])
    found = markup.find(close, opened.end()) if close else -1
    return found + len(close or "") if found >= 0 else None


class _Text:
    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._link = ""

    def add(self, markup: str) -> None:
        if markup:
            self.pieces.append(html.unescape(markup))

    def add_tag(self, name: str, attributes: str, *, ends: bool) -> None:
        if name == "a":
            self._add_link(attributes, ends=ends)
        elif not ends and name in _BLOCKS:
            if self.pieces and not self.pieces[-1].endswith(("\n", _BULLET)):
                self.pieces.append("\n")
            if name == "li":
                self.pieces.append(_BULLET)

    def _add_link(self, attributes: str, *, ends: bool) -> None:
        found = None if ends else _LINK.search(attributes)
        if ends and self._link and not (self.pieces and self.pieces[-1] == self._link):
            self.pieces.append(f" ({self._link})")
        self._link = html.unescape(found[1] or found[2] or found[3] or "") if found else ""
