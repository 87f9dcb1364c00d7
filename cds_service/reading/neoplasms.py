"""A diagnosis, specimen or sentence -> is it of a malignant tumour, and of which one?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cds_service.codes import ICD10, ICDO3, Code
from cds_service.domain import NO_TIE, Json, Tie, ValueSet, Vocabulary
from cds_service.reading.diagnosis_text import FAMILY, HISTORY, NEGATED, SUSPECTED, DiagnosisText
from cds_service.reading.fhir_json import code_of, codings, concept_texts, obj, objs, text
from cds_service.reading.genes import plain
from cds_service.reading.lexicon import Scanner

PRIMARY, SECONDARY = "mcode-primary-cancer-condition", "mcode-secondary-cancer-condition"
_LISTS = ("include", "histology", "secondary", "organ", "site", "deny")
_NAMING = frozenset({"include", "review", "morphology"})
_TUMOUR = frozenset({"include", "histology"})
_TALK = frozenset({"conditional", "context"})
_DOUBTED = frozenset({SUSPECTED, NEGATED, FAMILY})
_SENTENCE = re.compile(r"[.;!?]\s+|[;\n]")
_WITH = re.compile(r"\swith\s", re.IGNORECASE)  # what a cancer comes with is not what it is
_MORPHOLOGY = re.compile(r"\d{5}")  # of ICD-O, the last digit its behaviour
_LONGEST = 600  # a longer sentence is no statement of which tumour a sample is from


class Neoplasms:
    """Recognises tumours by code, by behaviour, by profile, or by words; built once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        lexicon = vocabulary.lexicon
        self._codes: ValueSet = vocabulary.sets["neoplasm"]
        self._words = DiagnosisText(self._codes, lexicon, _LISTS)
        self._diagnoses = tuple(
            (v, DiagnosisText(v, lexicon), _sites(v)) for v in vocabulary.diagnoses
        )
        self._talk = Scanner({k: said for k, said in lexicon.items() if k in _TALK})

    # --- an entry of the problem list ---

    def is_neoplasm(self, condition: Json) -> bool:
        """A tumour of any kind, secondary ones included: it ties a result to a tumour."""
        concept = condition.get("code")
        if self.named([concept]) or any(self._listing(c) for c in codings(concept)):
            return True
        names = self._names(concept_texts(concept))
        return bool(names & (_TUMOUR | {"secondary"})) and "deny" not in names

    def named(self, concepts: Sequence[object]) -> frozenset[str]:
        """The diagnosis value sets that concepts name, in code or words, whatever is said of it."""
        codes = [code_of(coding) for concept in concepts for coding in codings(concept)]
        said = [value for concept in concepts for value in concept_texts(concept)]
        return frozenset(
            v.id
            for v, words, _ in self._diagnoses
            if any((entry := v.entry(code)) and entry.listing in _NAMING for code in codes)
            or any(words.names(value) for value in said)
        )

    def coded(self, concepts: Iterable[object]) -> bool:
        """A code says that it is a malignant tumour of its own."""
        return any(self._listing(c) == "include" for one in concepts for c in codings(one))

    def is_cancer(self, concepts: Sequence[object], profiles: Iterable[str] = ()) -> bool:
        """A malignant tumour of its own; codes outweigh words, a secondary is none."""
        shapes = tuple(profiles)
        if any(SECONDARY in shape for shape in shapes):
            return False
        if self.coded(concepts):
            return True
        listings = [self._listing(c) for one in concepts for c in codings(one)]
        if any(listing is not None for listing in listings):
            return False
        said = [value for concept in concepts for value in concept_texts(concept)]
        names = self._names(_WITH.split(value)[0] for value in said)
        if names & {"secondary", "deny"}:
            return False
        return bool(names & _TUMOUR) or any(PRIMARY in shape for shape in shapes)

    def reservations(self, said: Iterable[str]) -> frozenset[str]:
        """What texts say against a tumour: suspected, denied, history, family, benign."""
        return frozenset().union(*map(self._words.qualifiers, said))

    def _names(self, said: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*map(self._words.names, said))

    def _listing(self, coding: Json) -> str | None:
        """The list that a code stands in; '' for a code that says it is no malignant tumour."""
        code = code_of(coding)
        if not code.code:
            return None
        if code.system == ICDO3:
            if not _MORPHOLOGY.fullmatch(code.code):
                return None  # a place: 'C34.3' says where, not what
            return "include" if code.code.endswith(("3", "6")) else ""
        if code.system == ICD10:
            entry = self._codes.entry(Code(ICD10, code.code[:3]))
            return entry.listing if entry is not None else ""
        entry = self._codes.entry(code)
        return entry.listing if entry is not None else None

    # --- what a result says of the tumour it is from ---

    def tie_of_concept(self, concept: object, profiles: Iterable[str] = ()) -> Tie:
        """Of a coded conclusion, or of the Condition that a result is about."""
        said = concept_texts(concept)
        if self.reservations(said) & _DOUBTED:
            return NO_TIE
        named = self.named([concept])
        if named or not self.is_cancer([concept], profiles):
            return Tie(named)
        return Tie(another=next(iter(said), "coded as another cancer"))

    def tie_of_place(self, said: str) -> Tie:
        """Of a specimen or body site: an organ is enough."""
        return self._tie(said, place=True)

    def tie_of_words(self, value: str) -> Tie:
        """Of a report: sentence by sentence; talk of drugs and tests names no tumour."""
        ties = (self._tie(said, place=False) for said in _sentences(value))
        return together(ties)

    def _tie(self, said: str, *, place: bool) -> Tie:
        if not place and self._talk.names(plain(said)):
            return NO_TIE
        named = frozenset(v.id for v, words, _ in self._diagnoses if _states(words, said))
        sites = frozenset(v.id for v, _, places in self._diagnoses if places.names(plain(said)))
        names = self._words.names(said)
        doubted = self._words.qualifiers(said) & (_DOUBTED | {HISTORY})
        kind = "histology" in names or bool(names & {"organ", "site"} and "include" in names)
        another = (kind or (place and "organ" in names)) and not doubted
        another = another and not names & {"secondary", "deny"}
        if named and "histology" in names:
            return NO_TIE  # 'mesothelioma rather than adenocarcinoma': it names two
        return Tie(named | sites, "" if named or not another else said)


def _states(words: DiagnosisText, said: str) -> bool:
    return "include" in words.names(said) and not words.qualifiers(said) & _DOUBTED


def _sites(value_set: ValueSet) -> Scanner:
    return Scanner({"site": [word for e in value_set.listed("site") for word in e.words]})


def _sentences(value: str) -> Iterator[str]:
    return (said for said in _SENTENCE.split(value) if len(said) <= _LONGEST)


def together(ties: Iterable[Tie]) -> Tie:
    """Several ties of one result: everything that any of them names."""
    every = list(ties)
    another = next((tie.another for tie in every if tie.another), "")
    return Tie(frozenset().union(*(tie.diagnoses for tie in every)), another)


def profiles(resource: Json) -> list[str]:
    """The profiles that a resource claims, in small letters."""
    claimed = obj(resource.get("meta")).get("profile")
    return [text(p).casefold() for p in (claimed if isinstance(claimed, list) else [claimed])]


def reports_said(report: Json) -> Iterator[str]:
    """The conclusion and notes of a report or result."""
    yield from (text(report.get(name)) for name in ("conclusion", "valueString", "comment"))
    yield from (text(note.get("text")) for note in objs(report.get("note")))
