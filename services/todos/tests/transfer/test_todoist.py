import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from todos_service.transfer import todoist
from todos_service.transfer.candidates import Candidate, Remark
from todos_service.transfer.errors import UnknownFormat
from todos_service.transfer.uploads import Upload

OWNER = uuid4()
COLUMNS = (
    "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE,DURATION,DURATION_UNIT,"
    "DEADLINE,DEADLINE_LANG"
)
# In the form of Todoist's "Export as CSV": a byte order mark, Windows line ends, rows of settings and empty rows.
LINES = (
    COLUMNS,
    "meta,view_style=list,,,,,,,,,,,,",
    "task,Repot the basil @garden @weekend,Terracotta pot,1,1,Kim (7),,Nov 24 2999,en,Europe/Berlin,30,minute,,",
    "task,Buy compost,,4,2,Kim (7),Ada (8),,en,Europe/Berlin,,None,,",
    "note,Get the peat-free one,,,,Kim (7),,,,,,,,",
    ",,,,,,,,,,,,,",
    "section,Weekly,,,,,,,,,,,,",
    'task,"Order seeds, ""heirloom"" kind",,2,1,Kim (7),,2999-11-24 18:00,en,Europe/Berlin,,,2999-12-01,en',
    "task,Water the ferns,,3,1,Kim (7),,every! monday,en,Europe/Berlin,,,,",
    "task,Water the ferns,,4,1,Kim (7),,jeden Montag,de,Europe/Berlin,,,,",
    "",
)
EXPORT = "\r\n".join(LINES)


async def read_all(text: str | bytes, name: str = "") -> list[Candidate | Remark]:
    async def pieces() -> AsyncIterator[bytes]:
        content = text if isinstance(text, bytes) else b"\xef\xbb\xbf" + text.encode()
        for begin in range(0, len(content), 97):
            yield content[begin : begin + 97]

    return [each async for each in todoist.read(Upload(pieces(), most=10**7), OWNER, name)]


async def read(text: str | bytes, name: str = "") -> list[Candidate]:
    return [each for each in await read_all(text, name) if isinstance(each, Candidate)]


class TestRead:
    async def test_makes_a_todo_of_each_task(self) -> None:
        candidates = await read(EXPORT)

        todos: list[Any] = [candidate.checked() for candidate in candidates]
        assert [todo.title for todo in todos] == [
            "Repot the basil",
            "Buy compost",
            'Order seeds, "heirloom" kind',
            "Water the ferns",
            "Water the ferns",
        ]
        assert [todo.priority for todo in todos] == ["high", "none", "medium", "low", "none"]
        assert [todo.tags for todo in todos] == [["garden", "weekend"], [], ["Weekly"], ["Weekly"], ["Weekly"]]
        assert [todo.position for todo in todos] == sorted({todo.position for todo in todos})
        assert todos[0].fields["due"] == {"date": "2999-11-24"}
        assert todos[2].fields["due"] == {"at": "2999-11-24T17:00:00Z", "zone": "Europe/Berlin"}
        assert todos[3].fields["recurrence"] == {"rule": "FREQ=WEEKLY;BYDAY=MO", "anchor": "completion"}
        assert todos[0].description == "Terracotta pot"
        assert todos[1].description == "Get the peat-free one"

    async def test_says_what_it_could_not_carry_and_keeps_it_as_text(self) -> None:
        basil, compost, seeds, _, in_german = await read(EXPORT)

        assert basil.losses == ["duration 30"]
        assert compost.losses == ["assigned to Ada (8)", "was a sub-task of “Repot the basil”"]
        assert seeds.losses == ["deadline 2999-12-01, which is kept in the description"]
        assert seeds.content["description"] == "Deadline: 2999-12-01"
        assert in_german.losses == ["due “jeden Montag”, which is kept in the description"]
        assert in_german.content["description"] == "Due: jeden Montag"
        assert [each.source.line for each in (basil, compost)] == [3, 4]

    async def test_gives_the_same_ids_each_time_and_to_each_its_own(self) -> None:
        first, second = await read(EXPORT), await read(EXPORT)

        ids = [candidate.content["id"] for candidate in first]
        assert ids == [candidate.content["id"] for candidate in second]
        assert len(set(ids)) == 5

    async def test_cuts_what_is_too_long_and_keeps_the_whole(self) -> None:
        title, tags = "x" * 300, " ".join(f"@tag{number}" for number in range(25))

        (candidate,) = await read(f"TYPE,CONTENT\r\ntask,{title} {tags}\r\n")

        todo: Any = candidate.checked()
        assert len(todo.title) == 200
        assert todo.description == title
        assert len(todo.tags) == 20
        assert len(candidate.losses) == 2

    async def test_takes_the_date_alone_of_a_time_without_a_zone(self) -> None:
        (candidate,) = await read("TYPE,CONTENT,DATE,TIMEZONE\r\ntask,x,2999-11-24 18:00,Mars/Olympus\r\n")

        assert candidate.content["due"] == {"date": "2999-11-24"}
        assert candidate.losses == ["at 18:00, which says no time zone"]

    @pytest.mark.parametrize(
        "content",
        [
            "",
            "Title,Due\r\nx,y",
            b"TYPE,CONTENT\r\ntask,\xff\xfe",
            "{}",
            # A column, and a field, that are longer than a reader takes.
            "TYPE,CONTENT," + "x" * 140_000 + "\r\ntask,y,z\r\n",
            "TYPE,CONTENT\r\ntask," + "x" * 140_000 + "\r\n",
        ],
    )
    async def test_refuses_another_file(self, content: str | bytes) -> None:
        with pytest.raises(UnknownFormat):
            await read(content)

    @pytest.mark.parametrize(
        "date", ["9999-12-31 23:59", "0001-01-01 00:00", "1899-12-31 12:00", "every " + "mon " * 9000]
    )
    async def test_keeps_a_date_as_text_that_no_todo_can_have(self, date: str) -> None:
        (candidate,) = await read(f"TYPE,CONTENT,DATE,TIMEZONE\r\ntask,x,{date},Etc/GMT+12\r\n")

        todo: Any = candidate.checked()
        assert (todo.due, todo.description[:40]) == (None, f"Due: {date}".strip()[:40])

    async def test_adds_no_more_to_a_description_than_can_be_kept(self) -> None:
        notes = "".join(f"note,{'x' * 100}\r\n" for _ in range(20_000))
        begun = time.process_time()

        (candidate,) = await read(f"TYPE,CONTENT\r\ntask,x\r\n{notes}")

        assert len(candidate.content["description"]) == 10_000
        assert candidate.losses[0].startswith("the end of a description of 4")
        # Each note copies what is there already: without an end that is a gigabyte twenty times.
        assert time.process_time() - begun < 10

    async def test_leaves_what_belongs_to_no_task_to_the_report(self) -> None:
        """Comments on the project itself, and rows of a kind that nobody here knows."""
        rows = "meta,view_style=list\r\nnote,Ask Ada\r\ntask,x\r\nidea,A pond\r\n,\r\n"

        candidates = await read(f"TYPE,CONTENT\r\n{rows}")

        told = {each.source.line: each.checked() for each in candidates if each.fault}
        assert told == {3: "it belongs to no task: Ask Ada", 5: "it belongs to no task: A pond"}
        assert [each.content["title"] for each in candidates if not each.fault] == ["x"]

    async def test_says_which_tags_it_cut(self) -> None:
        section = "All that has to be done before the first frost comes, or it dies"

        basil, ferns = await read(f"TYPE,CONTENT\r\nsection,{section}\r\ntask,basil\r\ntask,ferns @green\r\n")

        assert ferns.content["tags"] == ["green", section[:50]]
        assert basil.losses == ferns.losses == [f"the end of the tag “{section[:50]}…”"]

    async def test_reads_a_section_once_for_each_task_and_no_more_of_it_than_it_needs(self) -> None:
        tasks = "".join(f"task,{number}\r\n" for number in range(1000))
        begun = time.process_time()

        candidates = await read(f"TYPE,CONTENT\r\nsection,{'x' * 130_000}\r\n{tasks}")

        assert len({each.content["id"] for each in candidates}) == 1000
        assert time.process_time() - begun < 5

    async def test_leaves_a_task_without_a_title_to_the_report(self) -> None:
        (candidate,) = await read("TYPE,CONTENT\r\ntask,@label\r\n")

        assert candidate.checked() == "it has no title"

    @pytest.mark.parametrize(
        "before, after",
        [
            ("task,Water,Twice,1", "task,Water,Once,1"),
            ("task,Water,Twice,1", "task,Water,Twice,2"),
            ("section,Beds,,\r\ntask,Water,,", "section,Balcony,,\r\ntask,Water,,"),
            ("task,Water,,\r\nnote,Gently,,", "task,Water,,\r\nnote,Hard,,"),
        ],
    )
    async def test_knows_a_task_by_all_that_its_rows_say(self, before: str, after: str) -> None:
        columns = "TYPE,CONTENT,DESCRIPTION,PRIORITY\r\n"

        first, same, other = [(await read(f"{columns}{rows}\r\n"))[0] for rows in (before, before, after)]

        assert first.content["id"] == same.content["id"] != other.content["id"]

    async def test_counts_rows_that_are_alike_wherever_they_stand(self) -> None:
        (alone,) = await read("TYPE,CONTENT\r\ntask,Water\r\n")
        feed, first, second = await read("TYPE,CONTENT\r\ntask,Feed\r\ntask,Water\r\ntask,Water\r\n")

        ids = [each.content["id"] for each in (feed, first, second)]
        assert alone.content["id"] == ids[1]
        assert len(set(ids)) == 3

    async def test_takes_the_project_for_a_tag_and_tells_its_tasks_from_those_of_others(self) -> None:
        content = "TYPE,CONTENT\r\nsection,Beds\r\ntask,Water @green\r\n"

        garden, again, balcony, nameless = [
            (await read(content, name))[0] for name in ("Garden", "Garden", "Balcony", "")
        ]

        assert garden.content["tags"] == ["green", "Beds", "Garden"]
        assert nameless.content["tags"] == ["green", "Beds"]
        assert garden.content["id"] == again.content["id"]
        assert len({each.content["id"] for each in (garden, balcony, nameless)}) == 3

    async def test_says_which_task_a_sub_task_belonged_to(self) -> None:
        rows = "task,Beds,1\r\ntask,Dig,2\r\ntask,Find the spade,3\r\ntask,Sow,2\r\nsection,Cat,\r\ntask,Feed,2\r\n"

        candidates = await read(f"TYPE,CONTENT,INDENT\r\n{rows}")

        assert [each.losses for each in candidates] == [
            [],
            ["was a sub-task of “Beds”"],
            ["was a sub-task of “Dig”"],
            ["was a sub-task of “Beds”"],
            ["was a sub-task"],
        ]

    async def test_tells_of_rows_that_a_quote_has_swallowed(self) -> None:
        """Where another quote closes it, the file is right, and is not what anybody meant."""
        content = 'TYPE,CONTENT\r\ntask,"Water\r\ntask,Feed the cat\r\ntask,Sow"\r\n'

        remark, task = await read_all(content)

        assert isinstance(remark, Remark)
        assert remark.losses == [
            "lines in a text look like more rows, as if a quote was not closed: “task,Feed the cat”"
        ]
        assert isinstance(task, Candidate)

    async def test_tells_of_what_stands_after_the_last_column(self) -> None:
        (candidate,) = await read("TYPE,CONTENT\r\ntask,Water,the ferns,today\r\n")

        assert candidate.losses == ["after the last column: the ferns, today"]
