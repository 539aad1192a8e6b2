"""What is measured rather than proven: real processes, and figures for `docs/evidence`."""

import json
import os
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.support.system import System, running

from daybook import evidence
from daybook.checkout import Checkout

# Name, figures, and under which load they were found.
WriteDown = Callable[[str, Mapping[str, Any], Mapping[str, Any]], None]


@pytest.fixture(scope="session")
async def system(
    tmp_path_factory: pytest.TempPathFactory,
    service_database_urls: Mapping[str, str],
    rabbitmq_url: str,
    redis_url: str,
) -> AsyncIterator[System]:
    folder = tmp_path_factory.mktemp("system")
    async with running(folder, databases=service_database_urls, broker_url=rabbitmq_url, redis_url=redis_url) as system:
        yield system


@pytest.fixture(scope="session")
def write_down() -> WriteDown:
    """Keeps what was measured, with where and when, if `DAYBOOK_EVIDENCE` asks for it."""

    def write_down(name: str, figures: Mapping[str, Any], load: Mapping[str, Any]) -> None:
        print(f"\n{name}: {json.dumps(figures)}")
        if os.environ.get("DAYBOOK_EVIDENCE"):
            checkout = Checkout(Path(__file__).parents[2])
            print(evidence.write(checkout, name, {"figures": figures, "load": load, **evidence.stamp(checkout)}))

    return write_down
