"""A project of Todoist, as its "Export as CSV" writes it: a row for each task, section and comment."""

import csv
import io
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from todos_service.todos import positions
from todos_service.todos.fields import time_zones
from todos_service.transfer import phrases
from todos_service.transfer.candidates import LONGEST_LABEL, LONGEST_TEXT, Candidate, Source
from todos_service.transfer.errors import UnknownFormat
from todos_service.transfer.fitting import fit
from todos_service.transfer.uploads import Pace, Upload

_PRIORITIES: Final = {"1": "high", "2": "medium", "3": "low"}
_LABEL = re.compile(r"(?:(?<=\s)|^)@(\S+)")
_COLUMNS: Final = {"TYPE", "CONTENT"}
# Rows of which nobody wrote what is in them.
_SETTINGS: Final = "meta"
# Columns of which a todo has no counterpart, and what they are.
_LOST: Final = {"RESPONSIBLE": "assigned to", "DURATION": "duration"}

Row = Mapping[str, str]


async def read(upload: Upload, owner_id: UUID) -> AsyncIterator[Candidate]:
    try:
        text = (await upload.read()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnknownFormat("The file is not text in UTF-8") from error
    pace, candidates = Pace(), list[Candidate]()
    # To its end before the first one: it may not be CSV there.
    for candidate in _candidates(_rows(text), owner_id, now=datetime.now(UTC)):
        candidates.append(candidate)
        await pace.rest()
    for candidate in candidates:
        yield candidate


def _rows(text: str) -> Iterator[tuple[int, Row]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        names = {name.strip().upper() for name in reader.fieldnames or () if name}
        if not names >= _COLUMNS:
            raise UnknownFormat("A Todoist export has the columns TYPE and CONTENT")
        for row in reader:
            yield (
                reader.line_num,
                {
                    str(name).strip().upper(): value.strip()
                    for name, value in row.items()
                    if name is not None and isinstance(value, str)
                },
            )
    except csv.Error as error:
        raise UnknownFormat(f"Line {reader.line_num} is not CSV: {error}") from error


def _candidates(rows: Iterator[tuple[int, Row]], owner_id: UUID, *, now: datetime) -> Iterator[Candidate]:
    """Comments are added to the task before them, so a task is ready when the next one begins."""
    section, current = "", None
    seen: Counter[tuple[str, str]] = Counter()
    for line, row in rows:
        kind = row.get("TYPE", "").lower()
        if kind == "section":
            section = row.get("CONTENT", "")[:LONGEST_LABEL]
        elif kind == "note" and current is not None:
            _add_text(current, row.get("CONTENT", ""))
        elif kind == "task":
            if current is not None:
                yield _finished(current)
            # The same task may be there twice; a file exported again has both in the same order.
            content = row.get("CONTENT", "")
            seen[section, content] += 1
            name = f"todoist\n{section}\n{content}\n{seen[section, content]}"
            current = _task(row, Source(line=line), section, now=now)
            current.content |= {"id": uuid5(owner_id, name), "position": positions.counted(line)}
        elif row.get("CONTENT") and kind != _SETTINGS:
            yield Candidate(Source(line=line), {}, fault=f"it belongs to no task: {row['CONTENT']}")
    if current is not None:
        yield _finished(current)


def _task(row: Row, source: Source, section: str, *, now: datetime) -> Candidate:
    content = row.get("CONTENT", "")
    labels = _LABEL.findall(content)
    candidate = Candidate(
        source,
        {
            "title": " ".join(_LABEL.sub("", content).split()),
            "description": row.get("DESCRIPTION", ""),
            "priority": _PRIORITIES.get(row.get("PRIORITY", ""), "none"),
            "tags": [*labels, *([section] if section else [])],
            "created_at": now,
            "updated_at": now,
        },
        is_dated=False,
    )
    candidate.losses += [f"{what} {row[name]}" for name, what in _LOST.items() if row.get(name, "") not in {"", "None"}]
    if row.get("INDENT", "1") not in {"", "1"}:
        candidate.losses.append("was a sub-task")
    _add_due(candidate, row, now=now)
    return candidate


def _add_due(candidate: Candidate, row: Row, *, now: datetime) -> None:
    zone = row.get("TIMEZONE", "")
    today = now.astimezone(ZoneInfo(zone)).date() if zone in time_zones() else now.date()
    text, deadline = row.get("DATE", ""), row.get("DEADLINE", "")
    phrase = phrases.read(text, today=today) if text else None
    if text and phrase is None:
        candidate.losses.append(f"due “{text}”, which is kept in the description")
        _add_text(candidate, f"Due: {text}")
    if deadline and phrase is None:
        phrase = phrases.read(deadline, today=today)
    elif deadline:
        candidate.losses.append(f"deadline {deadline}, which is kept in the description")
        _add_text(candidate, f"Deadline: {deadline}")
    if phrase is None:
        return
    candidate.content["due"] = _due(candidate, phrase, zone)
    if phrase.rule:
        anchor = "completion" if phrase.by_completion else "due"
        candidate.content["recurrence"] = {"rule": phrase.rule, "anchor": anchor}


def _due(candidate: Candidate, phrase: phrases.Phrase, zone: str) -> dict[str, str]:
    if phrase.at is None:
        return {"date": phrase.day.isoformat()}
    if zone not in time_zones():
        candidate.losses.append(f"at {phrase.at:%H:%M}, which says no time zone")
        return {"date": phrase.day.isoformat()}
    moment = datetime.combine(phrase.day, phrase.at, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return {"at": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "zone": zone}


def _add_text(candidate: Candidate, text: str) -> None:
    """Too much is cut in the end. To add more to what is that already would only take time."""
    if len(candidate.content["description"]) > LONGEST_TEXT:
        return
    candidate.content["description"] = "\n\n".join(each for each in (candidate.content["description"], text) if each)


def _finished(candidate: Candidate) -> Candidate:
    fit(candidate)
    return candidate
