"""The labelled sentences and texts of the tests -> what every reader is given and must answer.

The peers get our recognition of genes and of words for fusions and stains; what is compared is how
each reads the words around them.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cds_service.domain import CriterionKind
from cds_service.knowledge import Knowledge
from cds_service.reading.genes import Genes
from cds_service.reading.lexicon import Scanner
from cds_service.reading.partners import pair_around
from cds_service.reading.sentences import undo_markup
from tests.builders import Resource, report, spoken
from tests.reading.case_table import FOLDER, Case, read_file

Span = tuple[int, int]
FOUND, HEDGED, DENIED, NOTHING = "found", "hedged", "denied", "nothing"
FINDINGS = (FOUND, HEDGED)
_LABELS = {
    "finding": FOUND,
    "screening": FOUND,
    "hedged": HEDGED,
    "negative": DENIED,
    "failed": NOTHING,
    "talk": NOTHING,
    "germline": NOTHING,
}
_TERMS = frozenset({"fusion", "rearrangement"})
_STAINS = frozenset({"ihc", "pan-trk"})


@dataclass(frozen=True)
class Labelled:
    """One text with the answer that it deserves; '' where only finding or none is labelled."""

    source: str
    text: str
    finding: bool
    label: str
    resource: Resource


def sentences() -> Iterator[Labelled]:
    """The table of sentences."""
    table = tomllib.loads(FOLDER.with_name("sentences.toml").read_text(encoding="utf-8"))
    for name, rows in table.items():
        label = _LABELS[name]
        for text, _ in rows:
            yield Labelled("sentences", text, label in FINDINGS, label, spoken(text))


def texts() -> Iterator[Labelled]:
    """Cases of the case table in which one text is all that is given."""
    for path in sorted(FOLDER.glob("*.toml")):
        for case in read_file(path):
            text = _only_text(case)
            if text:
                finding = case.state != "none"
                yield Labelled(f"cases: {path.stem}", text, finding, "", case.given[0])


def _only_text(case: Case) -> str:
    if case.criterion is not CriterionKind.GENE_FUSION or len(case.given) != 1:
        return ""
    (given,) = case.given
    for name, bare in (("valueString", spoken("")), ("conclusion", report("x"))):
        text = given.get(name)
        if isinstance(text, str) and _same(given, bare, name):
            return text
    return ""


def _same(given: Resource, bare: Resource, name: str) -> bool:
    """Nothing but the text says anything."""
    ours, theirs = ({k: v for k, v in r.items() if k not in ("id", name)} for r in (given, bare))
    return json.dumps(ours, sort_keys=True) == json.dumps(theirs, sort_keys=True)


class Given:
    """What a peer is given with each text."""

    def __init__(self, knowledge: Knowledge) -> None:
        sets = knowledge.vocabulary.sets
        self._genes = Genes([sets["ntrk-genes"]])
        wanted = {"fusion-terms": _TERMS, "assays": _STAINS}
        words: dict[str, list[str]] = {}
        for name, lists in wanted.items():
            for entry in sets[name].entries:
                if entry.listing in lists:
                    words.setdefault(entry.listing, []).extend(w for w in entry.words if w)
        self._words = Scanner(words)
        self.cues = {name: list(phrases) for name, phrases in knowledge.vocabulary.lexicon.items()}

    def of(self, text: str) -> dict[str, Any]:
        """Text without markup, places of genes, places of words that make them a finding."""
        plain = " ".join(undo_markup(text).split(" "))
        mentions = self._genes.in_text(plain)
        terms = [(cue.start, cue.end) for cue in self._words.cues(plain)]
        for mention in mentions:
            pair = pair_around(plain, mention, self._genes)
            if pair is not None and pair.strong:
                terms.append((mention.start, mention.end))
        return {"text": plain, "genes": [(m.start, m.end) for m in mentions], "terms": terms}


def all_labelled() -> list[Labelled]:
    """Everything that is compared."""
    return [*sentences(), *texts()]


def environment_of(name: str) -> Path:
    """Where the packages of a peer are installed: never in the environment of the service."""
    return Path(__file__).parents[2] / ".cache" / "text-peers" / name
