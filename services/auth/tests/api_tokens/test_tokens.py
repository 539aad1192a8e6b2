import pytest

from auth_service.api_tokens.tokens import ApiToken


class TestApiToken:
    def test_reads_as_it_was_written(self) -> None:
        token = ApiToken.new()
        assert token.write().startswith("daybook_")
        assert ApiToken.read(token.write()) == token

    @pytest.mark.parametrize(
        "text", ["", "daybook_", "daybook_é", "daybook_" + "A" * 63, "daybook_" + "A" * 68, "A" * 64]
    )
    def test_that_we_did_not_write_is_none(self, text: str) -> None:
        assert ApiToken.read(text) is None
