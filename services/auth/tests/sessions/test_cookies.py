from datetime import timedelta

import pytest
from fastapi import Request, Response

from auth_service.sessions.cookies import RefreshCookie
from auth_service.settings import CookieSettings

REQUEST = Request({"type": "http", "headers": [(b"cookie", b"daybook_refresh=plain; __Host-daybook_refresh=bound")]})


def attributes(response: Response) -> set[str]:
    return set(response.headers["set-cookie"].split("; "))


class TestRefreshCookie:
    @pytest.mark.parametrize(
        "settings, expected",
        [
            (CookieSettings(), {"__Host-daybook_refresh=token", "Path=/", "Secure"}),
            (CookieSettings(secure=False), {"daybook_refresh=token", "Path=/auth"}),
        ],
    )
    def test_is_out_of_reach_of_scripts_and_other_sites(self, settings: CookieSettings, expected: set[str]) -> None:
        response = Response()
        RefreshCookie(settings, REQUEST, response).keep("token", lasts=timedelta(days=1))
        assert attributes(response) == expected | {"HttpOnly", "SameSite=strict", "Max-Age=86400"}

    def test_is_dropped_with_the_attributes_it_was_set_with(self) -> None:
        response = Response()
        RefreshCookie(CookieSettings(), REQUEST, response).drop()
        assert attributes(response) == {
            '__Host-daybook_refresh=""',
            "HttpOnly",
            "SameSite=strict",
            "Max-Age=0",
            "Path=/",
            "Secure",
        }

    def test_one_that_another_host_could_have_set_is_not_read(self) -> None:
        assert RefreshCookie(CookieSettings(), REQUEST, Response()).presented == "bound"
        assert RefreshCookie(CookieSettings(name="other"), REQUEST, Response()).presented is None
