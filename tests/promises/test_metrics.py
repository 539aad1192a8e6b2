"""Every process tells what it counts, where only Prometheus asks."""

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.support.system import System

from daybook.services import SERVICES

MEASURED = [service.name for service in SERVICES if service.metrics]


class TestEveryProcess:
    @pytest.mark.parametrize("name", MEASURED)
    async def test_tells_its_metrics(self, system: System, name: str) -> None:
        async with httpx.AsyncClient() as client:
            await client.get(f"{system.url(name)}/livez")
            told = await client.get(system.metrics_url(name))
            # Nowhere else: what strangers can reach does not tell.
            elsewhere = await client.get(f"{system.url(name)}/metrics")

        families = {family.name: family for family in text_string_to_metric_families(told.text)}
        assert {"http_request_duration_seconds", "process_resident_memory_bytes"} <= families.keys()
        assert families["http_request_duration_seconds"].samples
        assert ("database_connections_in_use" in families) == (name != "gateway")
        assert elsewhere.status_code == 404


class TestEveryVerifier:
    @pytest.mark.parametrize("name", ["todos-api", "gateway"])
    async def test_tells_how_well_it_knows_which_sessions_have_ended(self, system: System, name: str) -> None:
        async with httpx.AsyncClient() as client:
            told = await client.get(system.metrics_url(name))

        families = {family.name: family for family in text_string_to_metric_families(told.text)}
        staleness, lag, listening = (
            families[f"revocations_{figure}"].samples[0].value
            for figure in ("staleness_seconds", "lag_seconds", "listening")
        )
        assert 0 <= staleness < 30
        assert 0 <= lag < 30
        assert listening == 1
