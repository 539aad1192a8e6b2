"""What Vikunja exports: `data.json` of its archive, a list of projects with their tasks."""

import html
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid5

import orjson

from todos_service.todos import positions
from todos_service.transfer.candidates import LONGEST_LABEL, LONGEST_TEXT, Candidate, Source
from todos_service.transfer.errors import UnknownFormat
from todos_service.transfer.fitting import fit
from todos_service.transfer.uploads import Pace, Upload

# 0 is unset; it knows "high", "urgent" and "do now".
_PRIORITIES: Final = ("none", "low", "medium", "high", "high", "high")
_BULLET = "- "
_LONGEST_QUOTE = 100
# What becomes of a task in which something is not what it is called, down to lists a thousand deep.
_NOT_A_TASK = (TypeError, ValueError, AttributeError, LookupError, OverflowError, RecursionError)
_FAULT = "it is not a task as Vikunja writes one"
_DAY, _DAYS_OF_A_WEEK, _LONGEST_INTERVAL = 86_400, 7, 400
_MONTHLY, _FROM_COMPLETION = 1, 2
_BLOCKS: Final = frozenset({"p", "br", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "tr"})
# What a todo has no counterpart of.
_LOST: Final = {
    "assignees": "assignees",
    "attachments": "attachments",
    "reminders": "reminders",
    "related_tasks": "relations to other tasks",
}


class _Strange(ValueError):
    """Says in words for a person what is not what it is called."""


async def read(upload: Upload, owner_id: UUID) -> AsyncIterator[Candidate]:
    try:
        projects = orjson.loads(await upload.read())
    except orjson.JSONDecodeError as error:
        raise UnknownFormat("The file is not JSON; an archive has it as data.json") from error
    if not (isinstance(projects, list) and all(map(_is_a_project, projects))):
        raise UnknownFormat("A dump of Vikunja is a list of projects, each with its tasks")
    pace = Pace()
    for number, candidate in enumerate(_candidates(projects, owner_id), start=1):
        candidate.content["position"] = positions.counted(number)
        yield candidate
        await pace.rest()


def _is_a_project(each: Any) -> bool:
    return isinstance(each, dict) and "tasks" in each and isinstance(each["tasks"] or [], list)


def _candidates(projects: list[Any], owner_id: UUID) -> Iterator[Candidate]:
    for project in projects:
        title = project.get("title")
        for task in project["tasks"] or ():
            source = Source.of_id(task.get("id")) if isinstance(task, dict) else Source()
            try:
                yield _task(task, source, _label(title), owner_id)
            except _Strange as error:
                yield Candidate(source, {}, fault=f"{_FAULT}: {error}")
            except _NOT_A_TASK:
                yield Candidate(source, {}, fault=_FAULT)


def _task(task: Any, source: Source, project: str, owner_id: UUID) -> Candidate:
    done, due = bool(task.get("done")), _moment(task, "due_date")
    changed = _moment(task, "updated") or _moment(task, "created")
    created = _moment(task, "created") or datetime.now(UTC)
    candidate = Candidate(
        source,
        {
            "id": uuid5(owner_id, f"vikunja\n{task['id']}"),
            "title": _text(task["title"]),
            "description": "",
            "completed": done,
            "completed_at": (_moment(task, "done_at") or created) if done else None,
            "priority": _PRIORITIES[min(max(_number(task, "priority"), 0), len(_PRIORITIES) - 1)],
            "due": {"at": due.strftime("%Y-%m-%dT%H:%M:%SZ"), "zone": "UTC"} if due else None,
            "tags": [*(_label(label["title"]) for label in task.get("labels") or ()), *([project] if project else [])],
            "created_at": created,
            "updated_at": changed or created,
        },
        is_dated=changed is not None,
    )
    candidate.losses += [what for name, what in _LOST.items() if task.get(name)]
    candidate.losses += [f"progress of {task['percent_done']:.0%}"] if task.get("percent_done") else []
    candidate.losses += [
        f"{name.replace('_', ' ')} {moment:%Y-%m-%d}"
        for name in ("start_date", "end_date")
        if (moment := _moment(task, name))
    ]
    _add_recurrence(candidate, task)
    _add_texts(candidate, [task.get("description"), *(each.get("comment") for each in task.get("comments") or ())])
    fit(candidate)
    return candidate


def _add_recurrence(candidate: Candidate, task: Mapping[str, Any]) -> None:
    mode, seconds = _number(task, "repeat_mode"), _number(task, "repeat_after")
    days, rest = divmod(seconds, _DAY)
    rule = None
    if mode == _MONTHLY:
        rule = "FREQ=MONTHLY"
    elif days and not rest and days % _DAYS_OF_A_WEEK == 0:
        rule = f"FREQ=WEEKLY;INTERVAL={days // _DAYS_OF_A_WEEK}"
    elif days and not rest and days <= _LONGEST_INTERVAL:
        rule = f"FREQ=DAILY;INTERVAL={days}"
    if rule is not None:
        candidate.content["recurrence"] = {
            "rule": rule,
            "anchor": "completion" if mode == _FROM_COMPLETION else "due",
        }
    elif seconds:
        candidate.losses.append(f"repeats every {seconds} seconds")


def _add_texts(candidate: Candidate, said: list[Any]) -> None:
    """The description, and each comment below it."""
    texts, room = list[str](), LONGEST_TEXT
    for each in said:
        markup = _text(each)
        if len(markup) > room:
            candidate.losses.append(f"the end of a text of {len(markup)} characters")
        texts.append(text_of(markup[:room]))
        room -= min(len(markup), room)
    candidate.content["description"] = "\n\n".join(text for text in texts if text)


def _text(said: Any) -> str:
    if said is not None and not isinstance(said, str):
        raise _Strange(f"what should be a text is none: {_quoted(said)}")
    return said or ""


def _label(said: Any) -> str:
    return _text(said)[:LONGEST_LABEL]


def _quoted(said: Any) -> str:
    text = str(said)
    return f"“{text}”" if len(text) <= _LONGEST_QUOTE else f"“{text[:_LONGEST_QUOTE]}…”"


def _number(task: Mapping[str, Any], name: str) -> int:
    try:
        return int(task.get(name) or 0)
    except (TypeError, ValueError, OverflowError) as error:
        raise _Strange(f"{name} is no number: {_quoted(task[name])}") from error


def _moment(task: Mapping[str, Any], name: str) -> datetime | None:
    """None for none, which it writes as a moment of the year 1."""
    if not (said := task.get(name)):
        return None
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError as error:
        raise _Strange(f"{name} is no time: {_quoted(said)}") from error
    if moment.year <= 1:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


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
