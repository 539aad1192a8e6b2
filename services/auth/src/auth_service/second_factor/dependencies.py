from typing import Annotated

from fastapi import Depends, Request

from auth_service.second_factor.service import Checkpoint


async def _checkpoint(request: Request) -> Checkpoint:
    checkpoint: Checkpoint = request.app.state.entrance.checkpoint
    return checkpoint


MainCheckpoint = Annotated[Checkpoint, Depends(_checkpoint)]
