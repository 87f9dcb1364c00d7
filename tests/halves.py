"""The suite in two processes side by side: the tests that start servers, and all the others.

python -m tests.halves [OPTION ...] hands the options to both. The first half is shown as it runs,
the second one behind it. Each leaves its coverage in .reports, where it is measured.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

TESTS = Path("tests")
REPORTS = Path(".reports")
# Half of the time goes into these: most of it is waiting for other processes.
SERVERS = (
    "abuse",
    "benchmarks",
    "clients",
    "faults",
    "feedback",
    "fhir_client",
    "medplum",
    "packaging",
    "real_packages",
    "security",
    "serving",
    "store",
)


def halves() -> tuple[list[str], list[str]]:
    """What pytest is asked for in each half; what is not named above is in the second."""
    named = [str(TESTS / folder) for folder in SERVERS]
    return named, [str(TESTS), *(f"--ignore={folder}" for folder in named)]


def side_by_side(first: Sequence[str], second: Sequence[str], told: Path) -> int:
    """Run both commands to their end; the output of the second goes through a file. 0 or 1."""
    with told.open("wb") as kept, _process(second, "coverage.others", kept) as other:
        try:
            with _process(first, "coverage.servers", None) as one:
                codes = [one.wait(), other.wait()]
        except BaseException:
            other.terminate()
            raise
    sys.stdout.write(told.read_text("utf-8", "replace"))
    return 1 if any(codes) else 0


def _process(command: Sequence[str], data: str, output: object) -> subprocess.Popen[bytes]:
    environ = os.environ | {"COVERAGE_FILE": str(REPORTS / data)}
    return subprocess.Popen(command, env=environ, stdout=output, stderr=output)  # type: ignore[call-overload, no-any-return]


def main(options: Sequence[str]) -> int:
    """Run the suite; 1 where a test failed."""
    REPORTS.mkdir(exist_ok=True)
    pytest = [sys.executable, "-m", "pytest", *options]
    first, second = ([*pytest, *half] for half in halves())
    return side_by_side(first, second, REPORTS / "others.txt")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
