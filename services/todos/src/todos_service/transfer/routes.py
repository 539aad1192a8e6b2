from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from chassis.problems import ContentTooLarge, InsufficientScope, Unauthenticated
from chassis.web.problems import responses
from todos_service.owners.errors import OwnerErased
from todos_service.todos import answers
from todos_service.todos.answers import FRESH
from todos_service.todos.dependencies import ImportLimit, Keys, Reader, TodoLimit, Transactions, Writer, author
from todos_service.todos.errors import TodoUnreadable
from todos_service.transfer import exporting, service
from todos_service.transfer.errors import UnknownFormat
from todos_service.transfer.schemas import Export, Format, Report
from todos_service.transfer.uploads import Imports, Upload

router = APIRouter(
    prefix="/todos", tags=["todos"], responses=responses(Unauthenticated, InsufficientScope, TodoUnreadable)
)

_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "text/csv": {"schema": {"type": "string"}},
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.get(
    "/export",
    operation_id="export_todos",
    response_model=Export,
    responses={200: {"description": "Everything, as one file"}},
)
async def export_todos(user: Reader, database: Transactions, keys: Keys) -> Response:
    """Everything of the caller's: all todos, those in the trash too, each with its whole history.

    `POST /todos/import` takes it back, into this account or another one.
    """
    name = f"daybook-todos-{datetime.now(UTC):%Y-%m-%d}.json"
    headers = FRESH | {"Content-Disposition": f'attachment; filename="{name}"'}
    pieces = exporting.export(database, keys, owner_id=user.id)
    return await answers.stream(pieces, headers, media_type="application/json")


@router.post(
    "/import",
    operation_id="import_todos",
    response_model=Report,
    responses={**responses(UnknownFormat, ContentTooLarge, OwnerErased), 200: {"description": "What became of them"}},
    openapi_extra=_FILE,
)
async def import_todos(
    *,
    request: Request,
    user: Writer,
    database: Transactions,
    keys: Keys,
    limit: TodoLimit,
    most: ImportLimit,
    source: Annotated[Format, Query(alias="format", description="Whose file it is")] = "daybook",
    name: Annotated[
        str,
        Query(
            max_length=255,
            description="What the project is called that Todoist exported: its file does not tell. It becomes a tag, "
            "and tells equal tasks of two projects apart",
        ),
    ] = "",
) -> Response:
    """Bring todos in from a file: an export of ours, a project that Todoist exported as CSV, or Vikunja's `data.json`.

    A todo of an export keeps its id, its history and its place in the trash. Importing a file again changes nothing.
    What is here already is merged field by field: what only the file changed is taken, what only you changed stays, and
    of what both changed, what is here stays and `notes` say what the file has. With no past in common the newer one
    wins as a whole, and `notes` name what it replaced. Todoist's files have no ids: a row that says something else than
    before is another todo. The report names what was left out, and of other programs' files what could not be carried.
    Nothing of a file is taken that is broken or ends too early. A file of other programs has at most 8 MiB. While
    another import of the caller's is under way, or too many of others, the answer is a 503.
    """
    imports: Imports = request.app.state.imports
    with imports.one_of(user.id):
        upload = Upload(request.stream(), most=most)
        tally = await service.bring_in(
            database, keys, by=author(user), upload=upload, format_=source, name=name, limit=limit
        )
    return answers.json(asdict(tally), {})
