from auth_service.settings import CookieSettings


class TestCookieSettings:
    def test_binds_the_cookie_to_the_host_where_there_is_tls(self) -> None:
        cookie = CookieSettings()
        assert (cookie.full_name, cookie.path) == ("__Host-daybook_refresh", "/")

    def test_keeps_the_cookie_to_our_paths_where_there_is_none(self) -> None:
        cookie = CookieSettings(secure=False)
        assert (cookie.full_name, cookie.path) == ("daybook_refresh", "/auth")
