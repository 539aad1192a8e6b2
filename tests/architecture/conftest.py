import base64
import secrets
from typing import Any

import pytest
from fastapi import FastAPI

from auth_service import app as auth
from auth_service.settings import Settings as AuthSettings
from todos_service import app as todos
from todos_service.settings import Settings as TodosSettings


@pytest.fixture(scope="package")
def services(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FastAPI]:
    """As they are put together; nothing is opened."""
    keys = tmp_path_factory.mktemp("keys") / "keys"
    keys.write_text(f"k1 {base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}\n")
    keys.chmod(0o600)
    common: dict[str, Any] = {
        "database": {"url": "postgresql://nobody@127.0.0.1/nothing"},
        "broker": {"url": "amqp://nobody@127.0.0.1/"},
        "key_encryption_key_file": keys,
        "http": {"port": 1},
    }
    of_auth = {"issuer": "http://api.test", "allowed_origins": ["http://app.test"]}
    of_todos = {
        "tokens": {"issuer": "http://api.test", "jwks_url": "http://auth.test/jwks.json"},
        "revocations": {"url": "http://auth.test/internal/revocations"},
        "events": {"keys_url": "http://auth.test/internal/event-keys"},
        "redis": {"url": "redis://127.0.0.1"},
    }
    return {
        "auth": auth.build(AuthSettings.model_validate(common | of_auth)),
        "todos": todos.build(TodosSettings.model_validate(common | of_todos)),
    }
