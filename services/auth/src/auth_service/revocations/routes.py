from typing import Annotated

from fastapi import APIRouter, Query

from auth_service.revocations import service
from auth_service.revocations.schemas import RevocationsOut
from chassis.web.dependencies import Reads

# What is below /internal is for the other services: the gateway has no route to it.
router = APIRouter(prefix="/internal", tags=["revocations"])

# The largest that the column holds.
_LAST = 2**63 - 1


@router.get("/revocations", operation_id="list_revocations")
async def list_revocations(reads: Reads, after: Annotated[int, Query(ge=0, le=_LAST)] = 0) -> RevocationsOut:
    """Whose tokens are to be refused although they have not expired: those numbered after `after`."""
    revocations = await service.list_after(reads, after)
    return RevocationsOut.model_validate(revocations, from_attributes=True)
