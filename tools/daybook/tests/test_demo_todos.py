from datetime import date

from daybook.demo_todos import todos


class TestTodos:
    made = (*todos(date(2026, 11, 22)),)

    def test_are_200_different_ones(self) -> None:
        assert len({todo["title"] for todo in self.made}) == 200

    def test_are_of_all_kinds(self) -> None:
        assert {todo["priority"] for todo in self.made} == {"none", "low", "medium", "high"}
        assert {todo["completed"] for todo in self.made} == {True, False}
        assert {frozenset(todo["due"] or ()) for todo in self.made} == {
            frozenset(),
            frozenset({"date"}),
            frozenset({"at", "zone"}),
        }
        assert {bool(todo["description"]) for todo in self.made} == {True, False}
        assert any(todo["due"] == {"date": "2026-11-22"} for todo in self.made)

    def test_are_within_the_limits_of_the_api(self) -> None:
        assert all(0 < len(todo["title"]) <= 200 for todo in self.made)
        assert all(len(todo["tags"]) <= 20 for todo in self.made)

    def test_spread_what_is_done_over_all_areas(self) -> None:
        areas = {todo["tags"][0] for todo in self.made}

        assert {todo["tags"][0] for todo in self.made if todo["completed"]} == areas
