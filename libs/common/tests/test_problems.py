from typing import ClassVar

from chassis.problems import Problem, ServiceUnavailable, Unauthenticated


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
