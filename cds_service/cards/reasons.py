"""cards/override_reasons.toml -> the Codings that every card offers, or a refusal to start."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from cds_service.cards.toml_file import read_toml
from cds_service.errors import KnowledgeError

FILE = "cards/override_reasons.toml"
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")
_CODE = re.compile(r"[!-~]{1,64}")
# One line that no client can take for HTML; what HL7 wrote stands in it as it is.
_DISPLAY = re.compile(r"(?=.*\w)[^<>&\x00-\x1f\x7f]{1,140}")

Coding = Mapping[str, str]


def load_reasons(cards_dir: Traversable | Path) -> tuple[Coding, ...]:
    """Read and check the file; raises KnowledgeError listing every problem."""
    content = read_toml(cards_dir, "override_reasons.toml")
    problems = list(_problems(content))
    if problems:
        raise KnowledgeError(problems)
    return tuple(
        {"code": each["code"], "system": content["system"], "display": each["display"]}
        for each in content["reason"]
    )


def _problems(content: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(set(content) - {"system", "reason"}):
        yield f"{FILE}: {name}: expected no such member"
    if not _fits(content.get("system"), _URI):
        yield f"{FILE}: system: expected the address of a code system"
    reasons = content.get("reason")
    if not isinstance(reasons, list) or not reasons:
        yield f"{FILE}: reason: expected tables [[reason]]"
        return
    for position, reason in enumerate(reasons):
        yield from _problems_of(reason, f"{FILE}: reason[{position}]")
    codes = [reason.get("code") for reason in reasons if isinstance(reason, dict)]
    for code in sorted({str(code) for code in codes if codes.count(code) > 1}):
        yield f"{FILE}: reason: expected {code} once"


def _problems_of(reason: object, place: str) -> Iterator[str]:
    if not isinstance(reason, dict) or set(reason) != {"code", "display"}:
        yield f"{place}: expected code and display"
        return
    if not _fits(reason["code"], _CODE):
        yield f"{place}.code: expected a code without spaces"
    if not _fits(reason["display"], _DISPLAY):
        yield f"{place}.display: expected one line of at most 140 characters without HTML"


def _fits(value: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
