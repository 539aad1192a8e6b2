from datetime import timedelta

from fastapi import Request, Response

from auth_service.settings import CookieSettings


class RefreshCookie:
    """The cookie of one request and its response. Out of reach of scripts, and never sent from another site's page."""

    def __init__(self, settings: CookieSettings, request: Request, response: Response) -> None:
        self._settings, self._request, self._response = settings, request, response

    @property
    def presented(self) -> str | None:
        return self._request.cookies.get(self._settings.full_name)

    def keep(self, token: str, *, lasts: timedelta) -> None:
        self._set(token, max_age=round(lasts.total_seconds()))

    def drop(self) -> None:
        self._set("", max_age=0)

    def _set(self, value: str, *, max_age: int) -> None:
        self._response.set_cookie(
            self._settings.full_name,
            value,
            max_age=max_age,
            path=self._settings.path,
            secure=self._settings.secure,
            httponly=True,
            samesite="strict",
        )
