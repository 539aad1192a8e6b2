from datetime import date
from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import AfterValidator, AwareDatetime, Field, TypeAdapter, ValidationError

from chassis.problems import InvalidRequest, Problem, ServiceUnavailable, Unauthenticated


class BellBroken(Problem):
    status, slug, title = 409, "bell-broken", "The bell is broken"
    hint: ClassVar[str] = "not part of the document"


class TestProblem:
    def test_is_a_problem_details_object(self) -> None:
        problem = BellBroken("It fell", floor=3)

        assert problem.document("/bells/1") == {
            "type": "urn:problem:bell-broken",
            "title": "The bell is broken",
            "status": 409,
            "detail": "It fell",
            "instance": "/bells/1",
            "floor": 3,
        }

    def test_says_no_more_than_it_knows(self) -> None:
        assert BellBroken().document().keys() == {"type", "title", "status"}

    def test_unavailable_says_when_to_come_back(self) -> None:
        assert ServiceUnavailable(retry_after=7).headers == {"Retry-After": "7"}

    def test_the_challenge_tells_a_bad_token_from_a_missing_one(self) -> None:
        assert Unauthenticated().headers == {"WWW-Authenticate": "Bearer"}
        assert Unauthenticated(error="invalid_token").headers == {"WWW-Authenticate": 'Bearer error="invalid_token"'}


def even(number: int) -> int:
    if number % 2:
        raise ValueError("must be even")
    return number


class TestInvalidRequest:
    @pytest.mark.parametrize(
        "kind, given, words",
        [
            (date, "soon", "must be a date, like 2026-11-24"),
            (date, "2026-11-24T09:00:00", "must be a date, like 2026-11-24"),
            (AwareDatetime, "soon", "must be a moment, like 2026-11-24T09:00:00Z"),
            (AwareDatetime, "2026-11-24T09:00:00", "must say how far it is from UTC, as by a Z at its end"),
            (Annotated[str, Field(min_length=2)], "a", "must have at least 2 characters"),
            (Annotated[str, Field(min_length=1)], "", "must not be empty"),
            (Annotated[str, Field(max_length=2)], "abc", "must have at most 2 characters"),
            (Annotated[str, Field(pattern="^a")], "b", "must have the form ^a"),
            (Annotated[list[int], Field(max_length=1)], [1, 2], "must have at most 1 entries"),
            (Annotated[int, Field(ge=1)], 0, "must be at least 1"),
            (Annotated[int, Field(le=200)], 201, "must be at most 200"),
            (Annotated[int, Field(gt=0, lt=9)], 0, "must be more than 0"),
            (Annotated[int, Field(gt=0, lt=9)], 9, "must be less than 9"),
            (int, "1" * 5000, "must be a smaller number"),
            (int, float("nan"), "must be a number"),
            (Literal["low", "high"], "{0}", "must be 'low' or 'high'"),
            (Annotated[int, AfterValidator(even)], 3, "must be even"),
        ],
    )
    def test_says_what_would_be_right(self, kind: Any, given: object, words: str) -> None:
        with pytest.raises(ValidationError) as caught:
            TypeAdapter(kind).validate_python(given)

        assert [InvalidRequest.words(dict(fault)) for fault in caught.value.errors()] == [words]
