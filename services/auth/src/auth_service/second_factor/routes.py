from typing import Any

from fastapi import APIRouter

from auth_service.second_factor import service
from auth_service.second_factor.dependencies import MainCheckpoint
from auth_service.second_factor.schemas import PasskeyQuestion, RequestOptions
from chassis.web.dependencies import Reads

router = APIRouter(prefix="/auth", tags=["second factor"])


@router.post("/login/passkey/options", operation_id="ask_for_passkey", response_model=RequestOptions)
async def ask_for_passkey(_: PasskeyQuestion, reads: Reads, checkpoint: MainCheckpoint) -> dict[str, Any]:
    """What to ask the browser for: any passkey it has for this site. Good for five minutes and for one answer."""
    return await service.sign_in_options(reads, checkpoint)
