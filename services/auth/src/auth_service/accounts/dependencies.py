"""Who is at the door: what an endpoint of this feature, or of one above it, may ask for."""

from typing import Annotated

from fastapi import Depends, Request

from auth_service.accounts.service import Entrance, Visitor
from auth_service.devices.dependencies import CallingDevice
from auth_service.sessions.dependencies import CallingClient


async def _entrance(request: Request) -> Entrance:
    entrance: Entrance = request.app.state.entrance
    return entrance


async def _visitor(client: CallingClient, device: CallingDevice) -> Visitor:
    return Visitor(client, device.secret, has_cookie=device.is_presented)


MainEntrance = Annotated[Entrance, Depends(_entrance)]
CallingVisitor = Annotated[Visitor, Depends(_visitor)]
