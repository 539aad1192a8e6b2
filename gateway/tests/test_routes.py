import pytest

from gateway import table


class TestRouteTable:
    table = table.read().routes

    @pytest.mark.parametrize(
        "path, route",
        [
            (b"/todos", "/todos"),
            (b"/todos/1/toggle", "/todos"),
            (b"/sync/changes", "/sync"),
            (b"/sync/stream", "/sync/stream"),
            (b"/auth/login", "/auth/login"),
            (b"/auth/logins", "/auth"),
            (b"/auth/me", "/auth"),
            (b"/calendar/secret.ics", "/calendar"),
            (b"/.well-known/jwks.json", "/.well-known/jwks.json"),
        ],
    )
    def test_finds_the_longest_path_that_fits(self, path: bytes, route: str) -> None:
        found = self.table.find(path)
        assert found is not None
        assert found.path == route

    @pytest.mark.parametrize(
        "path",
        [b"/", b"/todosx", b"/TODOS", b"/internal/revocations", b"/metrics", b"/.well-known", b"/.well-known/other"],
    )
    def test_finds_nothing_that_is_not_in_it(self, path: bytes) -> None:
        assert self.table.find(path) is None
