from uuid import UUID

import httpx
import pytest
from services.todos.tests.support import SignIn
from services.todos.tests.sync.device import Device


@pytest.fixture
def phone(client: httpx.AsyncClient) -> Device:
    return Device(client)


@pytest.fixture
def laptop(sign_in: SignIn, user_id: UUID) -> Device:
    """Another device of the same person."""
    return Device(sign_in(user_id))
