"""CSV as people's programs write it, row by row. What swallows rows is not taken for a text without a word."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from todos_service.transfer import reports
from todos_service.transfer.errors import UnknownFormat

Row = Mapping[str, str]
# The name of what is in a row after its last column.
BEYOND: Final = ""

# What a row begins with, in the middle of a field.
_ANOTHER_ROW = re.compile(r"[\r\n][ \t]*(?:task|note|section|meta),[^\r\n]*", re.IGNORECASE)


def rows(text: str, columns: frozenset[str]) -> Iterator[tuple[int, Row]]:
    """Each with the line in which it ends."""
    _check_quotes(text)
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey=BEYOND)
    try:
        names = {name.strip().upper() for name in reader.fieldnames or () if name}
        if not names >= columns:
            raise UnknownFormat(f"A Todoist export has the columns {' and '.join(sorted(columns, reverse=True))}")
        for row in reader:
            yield reader.line_num, {name.strip().upper(): _value(value) for name, value in row.items()}
    except csv.Error as error:
        raise UnknownFormat(f"Line {reader.line_num} is not CSV: {error}") from error


def _value(said: Any) -> str:
    return ", ".join(said) if isinstance(said, list) else (said or "").strip()


def swallowed(row: Row) -> str | None:
    """What looks like another row within one of its fields."""
    found = next(filter(None, map(_ANOTHER_ROW.search, row.values())), None)
    return reports.quoted(found[0].strip()) if found else None


def _check_quotes(text: str) -> None:
    """A quote that is never closed makes one field of all that follows, to the end of the file."""
    lines = list(io.StringIO(text, newline=""))
    reader, begins = csv.reader(lines), [0]
    try:
        begins += (reader.line_num for _ in reader)
        last = lines[begins[-2] :] if len(begins) > 1 else []
        list(csv.reader(last, strict=True))
    except csv.Error as error:
        # Anything else is told of where it is read.
        if "unexpected end" in str(error):
            line = begins[-2] + _opening(last)
            raise UnknownFormat(f"A quote that is opened in line {line} is never closed") from error


def _opening(lines: list[str]) -> int:
    """Which of the lines, the first being 1, opens the quote that is still open after the last one."""
    opened, is_open = 1, False
    for number, line in enumerate(lines, start=1):
        was_open, is_open = is_open, is_open ^ bool(line.count('"') % 2)
        if is_open and not was_open:
            opened = number
    return opened
