from typing import Annotated

from fastapi import Depends, Request, Response

from auth_service.devices.cookies import DeviceCookie
from auth_service.settings import Settings


async def _device_cookie(request: Request, response: Response) -> DeviceCookie:
    settings: Settings = request.app.state.settings
    return DeviceCookie(settings.cookie, request, response)


CallingDevice = Annotated[DeviceCookie, Depends(_device_cookie)]
