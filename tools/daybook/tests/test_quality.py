from collections.abc import Mapping

import pytest

from daybook import quality
from daybook.checkout import Checkout
from daybook.quality import Suite


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[Suite]:
    """What was asked to run; all of it succeeds."""
    suites: list[Suite] = []

    def run(suite: Suite, _: Mapping[str, str]) -> int:
        suites.append(suite)
        return 0

    monkeypatch.setattr(quality, "run", run)
    return suites


class TestSuites:
    def test_run_on_engines_that_are_started_for_them(self, checkout: Checkout) -> None:
        python, *_ = quality.suites(checkout, {})

        assert python.name == "python"
        assert {"daybook", "run", "--ephemeral"} <= set(python.argv)

    def test_leave_engines_to_testcontainers_where_that_is_asked(self, checkout: Checkout) -> None:
        """Else the tests would find the URLs of those we started, which win over containers."""
        python, *others = quality.suites(checkout, {"TEST_BACKEND": "testcontainers"})

        assert python.argv == (checkout.python, "-m", "pytest")
        assert others == list(quality.suites(checkout, {})[1:])


class TestChaos:
    def test_keeps_promises_in_full_size_on_the_engines_of_choice(self, checkout: Checkout, ran: list[Suite]) -> None:
        assert quality.chaos(checkout, {}, ["P8"]) == 0
        assert quality.chaos(checkout, {"TEST_BACKEND": "testcontainers"}, []) == 0

        ours, contained = ran
        assert ours.variables == {"DAYBOOK_PROMISES": "full", "DAYBOOK_PROMISE": "P8"}
        assert ("run" in ours.argv, "run" in contained.argv) == (True, False)


class TestBench:
    def test_measures_everything_whatever_the_first_one_finds(
        self, checkout: Checkout, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ran: list[Suite] = []

        def run(suite: Suite, _: Mapping[str, str]) -> int:
            ran.append(suite)
            return 1 if len(ran) == 1 else 0

        monkeypatch.setattr(quality, "run", run)

        assert quality.bench(checkout, {}) == 1
        assert [suite.argv[-1] for suite in ran] == ["tests.bench.gateway", "tests/bench/test_streams.py"]
        for suite in ran:
            assert "--ephemeral" in suite.argv
            assert suite.variables == {"DAYBOOK_EVIDENCE": "1"}


class TestBrowser:
    def test_runs_every_browser_test_and_a_test_run_those_that_are_marked_as_quick(
        self, checkout: Checkout, ran: list[Suite]
    ) -> None:
        assert quality.browser(checkout, {}) == 0
        assert quality.test(checkout, {}, "e2e") == 0

        whole, quick = (" ".join(map(str, suite.argv)) for suite in ran)
        assert "run e2e" in whole
        assert "--grep" not in whole
        assert "--grep @quick" in quick
        assert ("run lighthouse" in whole, "run lighthouse" in quick) == (True, False)
