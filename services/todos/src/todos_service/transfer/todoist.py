"""A project of Todoist, as its "Export as CSV" writes it: a row for each task, section and comment."""

import re
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import orjson

from todos_service.todos import positions
from todos_service.todos.fields import time_zones
from todos_service.transfer import phrases, reports
from todos_service.transfer.candidates import LONGEST_LABEL, LONGEST_TEXT, Candidate, Remark, Source
from todos_service.transfer.errors import UnknownFormat
from todos_service.transfer.fitting import fit
from todos_service.transfer.tables import BEYOND, Row, rows, swallowed
from todos_service.transfer.uploads import Pace, Upload

_PRIORITIES: Final = {"1": "high", "2": "medium", "3": "low"}
_LABEL = re.compile(r"(?:(?<=\s)|^)@(\S+)")
_COLUMNS: Final = frozenset({"TYPE", "CONTENT"})
# Rows of which nobody wrote what is in them.
_SETTINGS: Final = "meta"
# Columns of which a todo has no counterpart, and what they are.
_LOST: Final = {"RESPONSIBLE": "assigned to", "DURATION": "duration", BEYOND: "after the last column:"}


async def read(upload: Upload, owner_id: UUID, name: str = "") -> AsyncGenerator[Candidate | Remark]:
    """`name` is the project's, which the file does not tell: it tells equal rows of two projects apart."""
    try:
        text = (await upload.read()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnknownFormat("The file is not text in UTF-8") from error
    pace, candidates = Pace(), list[Candidate | Remark]()
    # To its end before the first one: it may not be CSV there.
    for candidate in _Project(owner_id, name).candidates(rows(text, _COLUMNS), now=datetime.now(UTC)):
        candidates.append(candidate)
        await pace.rest()
    for candidate in candidates:
        yield candidate


@dataclass(slots=True)
class _Task:
    """A task that is being read: comments follow it, and are part of what it says."""

    candidate: Candidate
    said: list[Row]
    section: str


@dataclass(slots=True)
class _Project:
    """What the rows so far say about the next one."""

    owner_id: UUID
    name: str
    section: str = ""
    section_id: str = ""
    # Titles of the tasks that the next one may be below, by how far they are indented.
    parents: dict[int, str] = field(default_factory=dict)
    seen: Counter[bytes] = field(default_factory=Counter)

    def candidates(self, lines: Iterator[tuple[int, Row]], *, now: datetime) -> Iterator[Candidate | Remark]:
        """Comments are added to the task before them, so a task is ready when the next one begins."""
        current: _Task | None = None
        for line, row in lines:
            kind, source = row.get("TYPE", "").lower(), Source(line=line)
            if kind == "task":
                yield from self._finished(current)
                current = self._begun(row, source, now=now)
            elif kind == "note" and current is not None:
                current.said.append(row)
                _add_text(current.candidate, row.get("CONTENT", ""))
            elif kind == "section":
                self._enter(row.get("CONTENT", ""))
            elif row.get("CONTENT") and kind != _SETTINGS:
                yield Candidate(source, {}, fault=f"it belongs to no task: {row['CONTENT']}")
            if found := swallowed(row):
                yield Remark(source, [f"lines in a text look like more rows, as if a quote was not closed: {found}"])
        yield from self._finished(current)

    def _enter(self, section: str) -> None:
        self.section, self.section_id = section[:LONGEST_LABEL], sha256(section.encode()).hexdigest()
        self.parents.clear()

    def _begun(self, row: Row, source: Source, *, now: datetime) -> _Task:
        candidate = _task(row, source, [each for each in (self.section, self.name) if each], now=now)
        candidate.content["position"] = positions.counted(source.line or 0)
        candidate.losses += self._place(row.get("INDENT", ""), candidate.content["title"])
        _add_due(candidate, row, now=now)
        return _Task(candidate, [row], self.section_id)

    def _place(self, indent: str, title: str) -> list[str]:
        depth = int(indent) if indent.isdecimal() and len(indent) <= len("999") else 1
        parent = next((self.parents[each] for each in sorted(self.parents, reverse=True) if each < depth), None)
        self.parents = {each: of for each, of in self.parents.items() if each < depth} | {depth: title}
        if depth <= 1:
            return []
        return ["was a sub-task" if parent is None else f"was a sub-task of {reports.quoted(parent)}"]

    def _finished(self, task: _Task | None) -> Iterator[Candidate]:
        """Known by all that it says, so that nothing of a row that has changed is taken for what is here already.

        The same task may be there twice; a file exported again has both in the same order.
        """
        if task is None:
            return
        said = [sorted((name, value) for name, value in row.items() if value) for row in task.said]
        digest = sha256(orjson.dumps([self.name, task.section, said])).digest()
        self.seen[digest] += 1
        identity = f"todoist\n{digest.hex()}\n{self.seen[digest]}"
        task.candidate.content["id"] = uuid5(self.owner_id, identity)
        fit(task.candidate)
        yield task.candidate


def _task(row: Row, source: Source, places: list[str], *, now: datetime) -> Candidate:
    content = row.get("CONTENT", "")
    labels = _LABEL.findall(content)
    candidate = Candidate(
        source,
        {
            "title": " ".join(_LABEL.sub("", content).split()),
            "description": row.get("DESCRIPTION", ""),
            "priority": _PRIORITIES.get(row.get("PRIORITY", ""), "none"),
            "tags": [*labels, *places],
            "created_at": now,
            "updated_at": now,
        },
        is_dated=False,
    )
    candidate.losses += [f"{what} {row[name]}" for name, what in _LOST.items() if row.get(name, "") not in {"", "None"}]
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
