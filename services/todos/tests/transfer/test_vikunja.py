import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import orjson
import pytest

from todos_service.transfer import vikunja
from todos_service.transfer.candidates import Candidate, Remark
from todos_service.transfer.errors import UnknownFormat
from todos_service.transfer.uploads import Upload

OWNER = uuid4()
NEVER = "0001-01-01T00:00:00Z"
# What every task of a dump has, whether it means something or not.
PLAIN: dict[str, Any] = {
    "description": "", "done": False, "done_at": NEVER, "due_date": NEVER, "reminders": None, "project_id": 1,
    "repeat_after": 0, "repeat_mode": 0, "priority": 0, "start_date": NEVER, "end_date": NEVER, "assignees": None,
    "labels": None, "hex_color": "", "percent_done": 0, "identifier": "", "index": 1, "related_tasks": {},
    "attachments": None, "cover_image_attachment_id": 0, "is_favorite": False, "bucket_id": 0, "position": 65536,
    "comments": None, "created": "2026-07-17T13:09:53+01:00", "updated": "2026-07-18T13:09:53+01:00",
}  # fmt: skip


def dump(*tasks: dict[str, Any], title: str = "Garden") -> bytes:
    project = {"id": 1, "title": title, "tasks": [{**PLAIN, **task} for task in tasks], "views": [], "buckets": []}
    return orjson.dumps([project, {"id": 2, "title": "Empty", "tasks": None}])


async def read_all(content: bytes) -> list[Candidate | Remark]:
    async def pieces() -> AsyncIterator[bytes]:
        yield content

    return [each async for each in vikunja.read(Upload(pieces(), most=10**7), OWNER)]


async def read(content: bytes) -> list[Candidate]:
    return [each for each in await read_all(content) if isinstance(each, Candidate)]


class TestRead:
    async def test_makes_a_todo_of_each_task(self) -> None:
        done, plain = await read(
            dump(
                {
                    "id": 1,
                    "title": "Repot the basil",
                    "description": "<p>Terracotta &amp; <strong>soil</strong></p>",
                    "done": True,
                    "done_at": "2026-11-20T08:00:00Z",
                    "due_date": "2026-11-24T18:30:00+01:00",
                    "priority": 4,
                    "labels": [{"id": 3, "title": "weekend"}],
                },
                {"id": 2, "title": "Water the ferns"},
            )
        )

        todo: Any = done.checked()
        assert (todo.title, todo.description, todo.priority) == ("Repot the basil", "Terracotta & soil", "high")
        assert todo.fields["due"] == {"at": "2026-11-24T17:30:00Z", "zone": "UTC"}
        assert todo.tags == ["weekend", "Garden"]
        assert (todo.completed, todo.completed_at.isoformat()) == (True, "2026-11-20T08:00:00+00:00")
        assert todo.created_at.isoformat() == "2026-07-17T12:09:53+00:00"
        assert todo.updated_at.isoformat() == "2026-07-18T12:09:53+00:00"
        other: Any = plain.checked()
        assert (other.due, other.completed_at, other.priority, plain.losses) == (None, None, "none", [])
        assert todo.position < other.position

    @pytest.mark.parametrize(
        "repeats, recurrence",
        [
            ({"repeat_after": 86_400}, {"rule": "FREQ=DAILY", "anchor": "due"}),
            ({"repeat_after": 1_209_600}, {"rule": "FREQ=WEEKLY;INTERVAL=2", "anchor": "due"}),
            ({"repeat_mode": 1}, {"rule": "FREQ=MONTHLY", "anchor": "due"}),
            ({"repeat_after": 259_200, "repeat_mode": 2}, {"rule": "FREQ=DAILY;INTERVAL=3", "anchor": "completion"}),
        ],
    )
    async def test_takes_over_how_it_repeats(self, repeats: dict[str, int], recurrence: dict[str, str]) -> None:
        (candidate,) = await read(dump({"id": 1, "title": "x", **repeats}))

        todo: Any = candidate.checked()
        assert todo.fields["recurrence"] == recurrence

    async def test_says_what_it_could_not_carry(self) -> None:
        (candidate,) = await read(
            dump(
                {
                    "id": 1,
                    "title": "x",
                    "repeat_after": 3_600,
                    "percent_done": 0.5,
                    "assignees": [{"username": "kim"}],
                    "attachments": [{"id": 1}],
                    "reminders": [{"reminder": "2026-11-24T08:00:00Z"}],
                    "related_tasks": {"subtask": [{"id": 2}]},
                    "start_date": "2026-11-23T00:00:00Z",
                    "comments": [{"comment": "<p>Soon</p>"}],
                }
            )
        )

        assert candidate.losses == [
            "assignees",
            "attachments",
            "reminders",
            "relations to other tasks",
            "progress of 50%",
            "start date 2026-11-23",
            "repeats every 3600 seconds",
        ]
        assert candidate.content["description"] == "Soon"

    async def test_leaves_a_task_that_is_none_to_the_report(self) -> None:
        broken, whole = await read(dump({"id": 1}, {"id": 2, "title": "x"}))

        assert isinstance(broken.checked(), str)
        assert not isinstance(whole.checked(), str)

    @pytest.mark.parametrize(
        "strange",
        [
            {"due_date": "9999-12-31T23:59:59-12:00"},
            {"due_date": "0001-06-01T00:00:00Z"},
            {"due_date": [1]},
            {"priority": 1e308 * 10},
            {"priority": "high"},
            {"repeat_after": 2**63},
            {"comments": 5},
            {"comments": [None]},
            {"labels": [{}]},
            {"labels": {"title": "x"}},
            {"id": {"id": 1}},
            {"description": "&#" + "9" * 5000},
            {"percent_done": "half"},
        ],
        ids=str,
    )
    async def test_tells_of_one_strange_task_and_takes_the_others(self, strange: dict[str, Any]) -> None:
        one, other = await read(dump({"id": 1, "title": "x", **strange}, {"id": 2, "title": "y"}))

        assert one.source.note("why").keys() == {"line", "id", "reason"}
        assert not isinstance(other.checked(), str)

    @pytest.mark.parametrize(
        "strange, why",
        [
            ({"priority": "soon"}, ": priority is no number: “soon”"),
            ({"repeat_after": [1]}, ": repeat_after is no number: “[1]”"),
            ({"due_date": "soon"}, ": due_date is no time: “soon”"),
            ({"title": 5}, ": what should be a text is none: “5”"),
            ({"title": [0] * 60}, f": what should be a text is none: “{'[' + '0, ' * 33}…”"),
            ({"comments": 5}, ""),
        ],
        ids=str,
    )
    async def test_says_in_words_what_is_strange(self, strange: dict[str, Any], why: str) -> None:
        (task,) = await read(dump({"id": 1, "title": "x", **strange}))

        assert task.checked() == f"it is not a task as Vikunja writes one{why}"

    @pytest.mark.parametrize("name", ["id", "title", "description", "due_date", "labels", "comments", "priority"])
    async def test_tells_of_a_task_that_is_deeper_than_it_can_be_read(self, name: str) -> None:
        deep = b"[" * 900 + b"]" * 900
        content = dump({"id": 1, "title": "x", name: "HERE"}, {"id": 2, "title": "y"}).replace(b'"HERE"', deep)

        _, other = await read(content)

        assert not isinstance(other.checked(), str)

    async def test_cuts_texts_before_they_are_read(self) -> None:
        comments = [{"comment": "<!--" * 500_000}, {"comment": "<p>late</p>"}]
        (candidate,) = await read(
            dump({"id": 1, "title": "x", "description": "<p>long</p>" * 5000, "comments": comments})
        )

        assert not isinstance(candidate.checked(), str)
        assert "the end of a text of 55000 characters" in candidate.losses
        assert "the end of a text of 2000000 characters" in candidate.losses
        assert len(candidate.content["description"]) == 10_000

    async def test_reads_a_project_title_once_for_each_task_and_no_more_of_it_than_it_needs(self) -> None:
        content = dump(*({"id": number, "title": "x"} for number in range(1, 1001)), title="x" * 4_000_000)
        begun = time.process_time()

        candidates = await read(content)

        assert {each.content["tags"][0] for each in candidates} == {"x" * 50}
        assert time.process_time() - begun < 5

    async def test_says_which_tags_it_cut(self) -> None:
        label = "What has to be done before the first frost comes, or it dies"

        (candidate,) = await read(dump({"id": 1, "title": "x", "labels": [{"title": label}]}))

        assert candidate.content["tags"] == [label[:50].strip(), "Garden"]
        assert candidate.losses == [f"the end of the tag “{label[:50]}…”"]

    @pytest.mark.parametrize(
        "times, is_dated",
        [
            ({}, True),
            ({"updated": NEVER}, True),
            ({"created": NEVER}, True),
            ({"created": NEVER, "updated": NEVER}, False),
            ({"created": None, "updated": None}, False),
        ],
        ids=str,
    )
    async def test_knows_when_a_task_was_changed_if_the_file_says_so(
        self, times: dict[str, str | None], is_dated: bool
    ) -> None:
        (candidate,) = await read(dump({"id": 1, "title": "x", **times}))

        assert candidate.is_dated is is_dated

    async def test_gives_the_same_ids_each_time(self) -> None:
        content = dump({"id": 1, "title": "x"})

        assert (await read(content))[0].content["id"] == (await read(content))[0].content["id"]

    @pytest.mark.parametrize(
        "other, is_same",
        [
            # Another server counts from 1, too.
            ({"created": "2026-07-17T13:09:54+01:00"}, False),
            ({"created": "2026-07-17T12:09:53Z"}, True),
            ({"title": "y", "description": "y", "updated": "2026-11-01T00:00:00Z"}, True),
        ],
        ids=str,
    )
    async def test_knows_a_task_by_its_number_and_when_it_was_created(
        self, other: dict[str, str], *, is_same: bool
    ) -> None:
        (first,) = await read(dump({"id": 1, "title": "x"}))
        (second,) = await read(dump({"id": 1, "title": "x", **other}))

        assert (first.content["id"] == second.content["id"]) is is_same

    async def test_tells_tasks_apart_by_their_titles_that_were_created_nobody_knows_when(self) -> None:
        tasks = [{"id": 1, "title": title, "created": NEVER} for title in ("x", "y", "x")]

        x, y, again = [(await read(dump(task)))[0].content["id"] for task in tasks]

        assert x == again != y

    @pytest.mark.parametrize("number", [0, -1, True, "1", 1.5, None, [1]], ids=repr)
    async def test_says_of_what_is_no_id_that_it_is_none(self, number: Any) -> None:
        (candidate,) = await read(dump({"id": number, "title": "x"}))

        assert candidate.checked() == (
            f"it is not a task as Vikunja writes one: its id is no whole number above 0: “{number}”"
        )

    @pytest.mark.parametrize("task", [{"id": 1, "title": ""}, {"id": 1, "title": "  "}, {"id": 1}], ids=str)
    async def test_says_that_a_task_has_no_title(self, task: dict[str, Any]) -> None:
        (candidate,) = await read(dump(task))

        assert candidate.checked() == "it has no title"

    async def test_reads_projects_within_projects(self) -> None:
        seed = {**PLAIN, "id": 3, "title": "Sow"}
        beds = {"id": 2, "title": "Beds", "child_projects": [{"id": 3, "title": "Herbs", "tasks": [seed]}, 7]}
        content = orjson.dumps([{"id": 1, "title": "Garden", "tasks": None, "child_projects": [beds]}])

        candidates = await read(content)

        assert [(each.content.get("title"), each.content.get("tags"), each.fault) for each in candidates] == [
            ("Sow", ["Herbs"], None),
            (None, None, "it is not a project as Vikunja writes one: “7”"),
        ]
        assert [each.losses for each in await read_all(content) if isinstance(each, Remark)] == [
            ["of the project “Beds”: is within the project “Garden”"],
            ["of the project “Herbs”: is within the project “Beds”"],
        ]

    async def test_says_within_which_project_one_is_that_stands_beside_it(self) -> None:
        beds = {"id": 2, "title": "Beds", "tasks": [], "parent_project_id": 1}

        (remark,) = await read_all(
            orjson.dumps([beds, {"id": 1, "title": "Garden", "tasks": [], "parent_project_id": 0}])
        )

        assert remark.losses == ["of the project “Beds”: is within the project “Garden”"]

    async def test_reads_projects_however_deep_they_are(self) -> None:
        content = b'[{"title":"x","tasks":null,"child_projects":' * 100 + b"[]" + b"}]" * 100

        assert await read(content) == []

    async def test_names_what_is_lost_of_a_project(self) -> None:
        project = {
            "id": 1,
            "title": "Garden",
            "tasks": [],
            "description": "All that <b>grows</b>",
            "is_favorite": True,
            "hex_color": "22aa44",
            "is_archived": False,
            "buckets": [{"id": 1, "title": "Doing"}, {"id": 2, "title": "Done"}],
            "background_information": {"x": 1},
            "owner": {"username": "ada"},
        }

        (remark,) = await read_all(orjson.dumps([project]))

        assert isinstance(remark, Remark)
        assert remark.source.id == "Garden"
        assert remark.losses == [
            "of the project “Garden”: description “All that <b>grows</b>”",
            "of the project “Garden”: is favorite",
            "of the project “Garden”: hex color “22aa44”",
            "of the project “Garden”: buckets “Doing”, “Done”",
            "of the project “Garden”: background information (1)",
        ]

    async def test_names_what_is_lost_of_a_task(self) -> None:
        comments = [
            {"comment": "Not yet", "author": {"name": "Ada", "username": "ada"}, "created": "2026-11-20T08:00:00Z"},
            {"comment": "Now", "author": {"username": "ben"}},
        ]

        (candidate,) = await read(
            dump(
                {
                    "id": 1,
                    "title": "x",
                    "is_favorite": True,
                    "hex_color": "22aa44",
                    "bucket_id": 3,
                    "comments": comments,
                }
            )
        )

        assert candidate.content["description"] == "Not yet\n\nNow"
        assert candidate.losses == [
            "that it is a favourite",
            "colour “22aa44”",
            "place on the board",
            "who wrote the comments, and when: Ada 2026-11-20, ben",
        ]

    @pytest.mark.parametrize(
        "content",
        [b"", b"{}", b"[1]", b'[{"title": "x"}]', b'[{"tasks": 5}]', b'[{"tasks": "x"}]', b"PK\x03\x04", b'"x"'],
    )
    async def test_refuses_another_file(self, content: bytes) -> None:
        with pytest.raises(UnknownFormat):
            await read(content)
