from fastapi import APIRouter, Response

from auth_service.exports import service
from auth_service.exports.schemas import AccountExport
from auth_service.sessions.dependencies import CallingClient, LiveUser
from chassis.problems import InsufficientScope, Unauthenticated
from chassis.web.dependencies import Transaction
from chassis.web.problems import responses

router = APIRouter(prefix="/auth", tags=["accounts"])


@router.get("/export", operation_id="export_account", responses=responses(Unauthenticated, InsufficientScope))
async def export_account(user: LiveUser, tx: Transaction, client: CallingClient, response: Response) -> AccountExport:
    """Everything that is kept about the caller here, but secrets. `GET /todos/export` has the todos."""
    response.headers["Content-Disposition"] = 'attachment; filename="daybook-account.json"'
    return await service.export(tx, user, client=client)
