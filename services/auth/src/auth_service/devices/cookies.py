import re
import secrets
from datetime import timedelta

from fastapi import Request, Response

from auth_service.settings import CookieSettings

_LASTS = timedelta(days=400)  # browsers keep none for longer
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


class DeviceCookie:
    """A secret by which a browser is recognised. It opens nothing; it only shows who was here before.

    A browser without one has a new one, which it learns when somebody signs in.
    """

    def __init__(self, settings: CookieSettings, request: Request, response: Response) -> None:
        self._settings, self._response = settings, response
        presented = request.cookies.get(settings.full_device_name, "")
        self.is_presented = bool(_SECRET.fullmatch(presented))
        self.secret = presented if self.is_presented else secrets.token_urlsafe(32)

    def keep(self) -> None:
        """For another 400 days."""
        self._response.set_cookie(
            self._settings.full_device_name,
            self.secret,
            max_age=round(_LASTS.total_seconds()),
            path=self._settings.path,
            secure=self._settings.secure,
            httponly=True,
            samesite="strict",
        )
