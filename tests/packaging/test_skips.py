"""In CI a skip is a failure; at a desk it stays a skip."""

from __future__ import annotations

from pathlib import Path

import pytest

SKIPS = """
    import pytest

    def test_that_needs_something():
        pytest.skip("not installed")

    def test_that_runs():
        assert True
"""
SKIPPED_FILE = """
    import pytest

    pytest.skip("not installed", allow_module_level=True)
"""


@pytest.fixture
def small_suite(
    checkout: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> pytest.Pytester:
    """A suite of its own that follows this project's rule."""
    monkeypatch.delenv("CDS_TEST_STRICT", raising=False)
    pytester.makeconftest((checkout / "tests" / "conftest.py").read_text("utf-8"))
    return pytester


def test_a_skip_is_a_failure_where_the_suite_is_strict(
    small_suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDS_TEST_STRICT", "1")
    small_suite.makepyfile(SKIPS)
    result = small_suite.runpytest_inprocess()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*a skip is a failure here: Skipped: not installed*"])


def test_a_skip_stays_a_skip_at_a_desk(small_suite: pytest.Pytester) -> None:
    small_suite.makepyfile(SKIPS)
    small_suite.runpytest_inprocess().assert_outcomes(passed=1, skipped=1)


def test_a_file_that_skips_itself_is_an_error_where_the_suite_is_strict(
    small_suite: pytest.Pytester,
) -> None:
    small_suite.makepyfile(SKIPPED_FILE)
    result = small_suite.runpytest_inprocess("--no-skips")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*a skip is a failure here: Skipped: not installed*"])
