import re

import httpx
import pytest


class TestHealth:
    @pytest.mark.parametrize("path", ["/livez", "/readyz"])
    async def test_answers(self, client: httpx.AsyncClient, path: str) -> None:
        response = await client.get(path)
        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-store"
        head = await client.head(path)
        assert (head.status_code, head.content) == (200, b"")

    async def test_says_what_other_methods_get(self, client: httpx.AsyncClient) -> None:
        response = await client.post("/livez")
        assert response.status_code == 405
        assert response.headers["allow"] == "GET, HEAD"
        assert response.json()["type"] == "urn:problem:method-not-allowed"


class TestQuery:
    @pytest.mark.parametrize("path", ["/livez", "/readyz", "/openapi.json", "/docs", "/docs/start.js"])
    async def test_that_nobody_reads_is_refused_as_in_the_services(self, client: httpx.AsyncClient, path: str) -> None:
        response = await client.get(f"{path}?pretty=1&pretty=")
        assert (response.status_code, response.json()["type"]) == (422, "urn:problem:invalid-request")
        assert response.json()["errors"] == [
            {"pointer": "?pretty", "detail": "is not known here"},
            {"pointer": "?pretty", "detail": "is given more than once"},
        ]
        assert (await client.get(f"{path}?")).status_code == 200


class TestDocs:
    async def test_needs_nothing_from_elsewhere(self, client: httpx.AsyncClient) -> None:
        page = await client.get("/docs")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert len(links) >= 4
        for link in links:
            assert link.startswith("/")
            if link != "/openapi.json":
                assert (await client.get(link)).status_code == 200
        assert "<script>" not in page.text

    async def test_shows_the_merged_document(self, client: httpx.AsyncClient) -> None:
        assert '"/openapi.json"' in (await client.get("/docs/start.js")).text

    @pytest.mark.parametrize("path", ["/docs/", "/docs/redoc.standalone.js", "/docs/start.js/x"])
    async def test_serves_no_other_file(self, client: httpx.AsyncClient, path: str) -> None:
        assert (await client.get(path)).status_code == 404
