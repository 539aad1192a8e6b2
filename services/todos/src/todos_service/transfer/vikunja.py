"""What Vikunja exports: `data.json` of its archive, a list of projects with their tasks."""

from collections.abc import AsyncGenerator, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid5

import orjson

from todos_service.todos import positions
from todos_service.transfer import reports
from todos_service.transfer.candidates import LONGEST_LABEL, LONGEST_TEXT, Candidate, Remark, Source
from todos_service.transfer.errors import UnknownFormat
from todos_service.transfer.fitting import fit
from todos_service.transfer.markup import text_of
from todos_service.transfer.uploads import Pace, Upload

# 0 is unset; it knows "high", "urgent" and "do now".
_PRIORITIES: Final = ("none", "low", "medium", "high", "high", "high")
# What becomes of a task in which something is not what it is called, down to lists a thousand deep.
_NOT_A_TASK = (TypeError, ValueError, AttributeError, LookupError, OverflowError, RecursionError)
_FAULT = "it is not a task as Vikunja writes one"
_DAY, _DAYS_OF_A_WEEK, _LONGEST_INTERVAL = 86_400, 7, 400
_MONTHLY, _FROM_COMPLETION = 1, 2
# What a todo has no counterpart of.
_LOST: Final = {
    "assignees": "assignees",
    "attachments": "attachments",
    "reminders": "reminders",
    "related_tasks": "relations to other tasks",
    "is_favorite": "that it is a favourite",
}
_PLACES: Final = ("bucket_id", "kanban_position")
_CHILDREN: Final = "child_projects"
# Of a project: what becomes of todos, and what the program counts and keeps for itself.
_CARRIED: Final = frozenset({"id", "title", "tasks", _CHILDREN, "parent_project_id", "position", "created", "updated"})
_UNWRITTEN: Final = frozenset({"owner", "max_right", "max_permission"})

Project = Mapping[str, Any]


class _Strange(ValueError):
    """Says in words for a person what is not what it is called."""


async def read(upload: Upload, owner_id: UUID) -> AsyncGenerator[Candidate | Remark]:
    try:
        dump = orjson.loads(await upload.read())
    except orjson.JSONDecodeError as error:
        raise UnknownFormat("The file is not JSON; an archive has it as data.json") from error
    if not (isinstance(dump, list) and all(map(_is_project, dump))):
        raise UnknownFormat("A dump of Vikunja is a list of projects, each with its tasks")
    pace, number = Pace(), 0
    for each in _candidates(dump, owner_id):
        if isinstance(each, Candidate):
            number += 1
            each.content["position"] = positions.counted(number)
        yield each
        await pace.rest()


def _candidates(dump: list[Any], owner_id: UUID) -> Iterator[Candidate | Remark]:
    for project, parent in _walk(dump):
        if not _is_project(project):
            yield Candidate(Source(), {}, fault=f"it is not a project as Vikunja writes one: {reports.quoted(project)}")
            continue
        if losses := _project_losses(project, parent):
            yield Remark(Source.of_id(project.get("title")), losses)
        for task in project.get("tasks") or ():
            source = Source.of_id(task.get("id")) if isinstance(task, dict) else Source()
            try:
                yield _task(task, source, _label(project.get("title")), owner_id)
            except _Strange as error:
                yield Candidate(source, {}, fault=f"{_FAULT}: {error}")
            except _NOT_A_TASK:
                yield Candidate(source, {}, fault=_FAULT)


def _is_project(each: Any) -> bool:
    return (
        isinstance(each, dict)
        and not each.keys().isdisjoint({"tasks", _CHILDREN})
        and all(isinstance(each.get(name) or [], list) for name in ("tasks", _CHILDREN))
    )


def _walk(dump: list[Any]) -> Iterator[tuple[Any, Project | None]]:
    """Each project before those within it, with the one it is in. Without recursion, however deep they are."""
    # Some versions write a project beside the one it is in, and its number.
    numbered = {str(each["id"]): each for each in dump if each.get("id")}
    waiting = [(each, numbered.get(str(each.get("parent_project_id")))) for each in reversed(dump)]
    while waiting:
        project, parent = waiting.pop()
        yield project, parent
        if _is_project(project):
            waiting += [(each, project) for each in reversed(project.get(_CHILDREN) or [])]


def _project_losses(project: Project, parent: Project | None) -> list[str]:
    """What a todo has no place for. Each names the project, as there may be many."""
    lost = [] if parent is None else [f"is within the project {reports.quoted(parent.get('title'))}"]
    lost += [
        f"{name.replace('_', ' ')}{_words(value)}"
        for name, value in project.items()
        if value and name not in _CARRIED | _UNWRITTEN
    ]
    return [f"of the project {reports.quoted(project.get('title'))}: {each}" for each in lost]


def _words(value: Any) -> str:
    """What people wrote of it, or how much there is."""
    if value is True:
        return ""
    if not isinstance(value, dict | list):
        return f" {reports.quoted(value)}"
    titles = [each["title"] for each in value if isinstance(each, dict) and isinstance(each.get("title"), str)]
    return f" {', '.join(map(reports.quoted, titles))}" if titles else f" ({len(value)})"


def _task(task: Any, source: Source, project: str, owner_id: UUID) -> Candidate:
    done, due = bool(task.get("done")), _moment(task, "due_date")
    changed = _moment(task, "updated") or _moment(task, "created")
    created = _moment(task, "created") or datetime.now(UTC)
    candidate = Candidate(
        source,
        {
            "id": uuid5(owner_id, _identity(task)),
            "title": _text(task.get("title")),
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
    candidate.losses += _losses(task)
    _add_recurrence(candidate, task)
    _add_texts(candidate, [task.get("description"), *(each.get("comment") for each in task.get("comments") or ())])
    fit(candidate)
    return candidate


def _identity(task: Mapping[str, Any]) -> str:
    """What never changes of a task. Its number alone is another task's on every other server."""
    number = task.get("id")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise _Strange(f"its id is no whole number above 0: {reports.quoted(number)}")
    # The same moment may be written in another time zone.
    created = _moment(task, "created") or task.get("title")
    return f"vikunja\n{number}\n{created}"


def _losses(task: Mapping[str, Any]) -> Iterator[str]:
    yield from (what for name, what in _LOST.items() if task.get(name))
    if colour := task.get("hex_color"):
        yield f"colour {reports.quoted(colour)}"
    if task.get("percent_done"):
        yield f"progress of {task['percent_done']:.0%}"
    for name in ("start_date", "end_date"):
        if moment := _moment(task, name):
            yield f"{name.replace('_', ' ')} {moment:%Y-%m-%d}"
    if any(task.get(name) for name in _PLACES):
        yield "place on the board"
    written = [_signature(each) for each in task.get("comments") or ()]
    if any(written):
        yield f"who wrote the comments, and when: {', '.join(written)}"


def _signature(comment: Mapping[str, Any]) -> str:
    author, moment = comment.get("author") or {}, _moment(comment, "created")
    name = author.get("name") or author.get("username") or ""
    return f"{name} {moment:%Y-%m-%d}" if moment else f"{name}"


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
        raise _Strange(f"what should be a text is none: {reports.quoted(said)}")
    return said or ""


def _label(said: Any) -> str:
    return _text(said)[:LONGEST_LABEL]


def _number(task: Mapping[str, Any], name: str) -> int:
    try:
        return int(task.get(name) or 0)
    except (TypeError, ValueError, OverflowError) as error:
        raise _Strange(f"{name} is no number: {reports.quoted(task[name])}") from error


def _moment(task: Mapping[str, Any], name: str) -> datetime | None:
    """None for none, which it writes as a moment of the year 1."""
    if not (said := task.get(name)):
        return None
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError as error:
        raise _Strange(f"{name} is no time: {reports.quoted(said)}") from error
    if moment.year <= 1:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
