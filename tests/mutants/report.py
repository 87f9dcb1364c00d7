"""The results of the last run and the reasons in reasons/ -> docs/mutants.md."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.mutants.run import MOST, RESULTS, WANTED, everything, score

PAGE = Path("docs/mutants.md")
REASONS = Path(__file__).with_name("reasons")
HEAD = """# Mutation testing

Made by `python -m tests.mutants.report` from the results of `make mutants` on {day}, with mutmut
{tool}. A mutant is one small change of one function of `cds_service/reading/` or
`cds_service/assess/`; it is killed when a test of `tests/reading/` or `tests/spec/` fails, when it
does not import, or when it does not end. {wanted} % must be killed.

mutmut makes the mutants; `tests/mutants/` tries them, each in a process forked from one session
whose tests are already collected. A mutant meets at most {most} of the tests that run its lines,
those first that go different ways through its file (`MOST=5000` for all of them): what only a
further test would kill counts as a survivor. Left out: property tests (their data change from run
to run) and tests slower than a quarter of a second. Not mutated: what stands outside functions
(tables and regular expressions), properties and decorated functions, and `pdf_child.py`, which
runs as a process of its own. A part can be drawn (`make mutants ONE_IN=17`), the same for
everybody.

One file alone: `make mutants MODULE=cds_service/reading/heard.py`. Results are kept in
`.reports/mutants/`; a mutant that was killed is not tried again until its function is edited, so
the page holds what several runs found, with different limits of tests: a whole run takes hours.
"""

Results = dict[str, dict[str, Any]]


def results() -> dict[str, Results]:
    """By file of the service, in order; only files that were tried."""
    stored = {module: RESULTS / (module.replace("/", ".") + ".json") for module in everything()}
    return {m: json.loads(f.read_text("utf-8")) for m, f in stored.items() if f.exists()}


def reasons_of(modules: Sequence[str]) -> dict[str, dict[str, str]]:
    """By file of the service: 'reading.heard.toml' holds those of cds_service/reading/heard.py."""
    names = {m: m.removeprefix("cds_service/").replace("/", ".")[:-2] + "toml" for m in modules}
    files = {module: REASONS / name for module, name in names.items()}
    return {m: tomllib.loads(f.read_text("utf-8")) for m, f in files.items() if f.exists()}


def page(found: Mapping[str, Results], reasons: Mapping[str, Mapping[str, str]]) -> str:
    """The whole page."""
    tool, day = version("mutmut"), date.today().isoformat()
    parts = [
        HEAD.format(day=day, tool=tool, wanted=WANTED, most=MOST),
        *_scores(found),
        "\n## Survivors\n",
    ]
    return "\n".join([*parts, *_survivors(found, reasons)]) + "\n"


def _scores(found: Mapping[str, Results]) -> Iterator[str]:
    yield "## Score\n\n| file | mutants | killed | % |\n|---|---|---|---|"
    rows = {f"`{name}`": [r["killed"] for r in by.values()] for name, by in found.items()}
    rows["**altogether**"] = [verdict for verdicts in rows.values() for verdict in verdicts]
    for name, verdicts in rows.items():
        yield f"| {name} | {len(verdicts)} | {sum(verdicts)} | {score(verdicts):.1f} |"


def _survivors(
    found: Mapping[str, Results], reasons: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    for module, by in found.items():
        alive = sorted((r for r in by.values() if not r["killed"]), key=lambda r: int(r["line"]))
        if alive:
            yield f"### {module}\n"
        for one in alive:
            why = reasons.get(module, {}).get(reason_key(one), "not yet explained")
            yield f"{one['function']}: {why}\n\n```diff\n{one['difference']}\n```\n"


def reason_key(one: Mapping[str, Any]) -> str:
    """How a file of reasons/ names a survivor: its function and the new line."""
    new = [line[1:].strip() for line in one["difference"].splitlines() if line.startswith("+")]
    return f"{one['function']}: {' '.join(new)}"


def main() -> int:
    """Write the page; 1 while a survivor has no reason."""
    PAGE.write_text(page(results(), reasons_of(everything())), "utf-8")
    unexplained = PAGE.read_text("utf-8").count("not yet explained")
    print(f"{PAGE}: {unexplained} survivors without a reason")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
