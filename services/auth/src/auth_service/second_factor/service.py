"""What it takes to get in beside the password, and how a person sets that up."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.second_factor import repository


async def is_enabled(reads: AsyncConnection, user_id: UUID) -> bool:
    """Whether a password alone does not let this person in."""
    return await repository.has_any(reads, user_id)
