import re
import secrets
from datetime import timedelta

from fastapi import Request, Response

from auth_service.settings import CookieSettings

_LASTS = timedelta(days=400)  # browsers keep none for longer
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


class DeviceCookie:
    """A secret by which a browser is recognised. It opens nothing; it only shows who was here before."""

    def __init__(self, settings: CookieSettings, request: Request, response: Response) -> None:
        self._settings, self._response = settings, response
        presented = request.cookies.get(settings.full_device_name, "")
        self.presented = presented if _SECRET.fullmatch(presented) else None

    def keep(self) -> str:
        """The browser's secret, for another 400 days; a new one if it has none."""
        secret = self.presented or secrets.token_urlsafe(32)
        self._response.set_cookie(
            self._settings.full_device_name,
            secret,
            max_age=round(_LASTS.total_seconds()),
            path=self._settings.path,
            secure=self._settings.secure,
            httponly=True,
            samesite="strict",
        )
        return secret
