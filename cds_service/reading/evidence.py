"""One genomic Observation -> what each of its parts says, before anything is concluded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cds_service.domain import Gene, Json, Origin, Presence
from cds_service.reading.component_facts import fact_of, is_in_frame
from cds_service.reading.fhir_json import codings, concept_texts, obj, objs, text
from cds_service.reading.genes import Genes, NamedGene, plain
from cds_service.reading.roles import Roles, term_contradicts
from cds_service.reading.values import (
    component_value,
    has_value,
    label_of,
    names_broken_chromosome,
    names_gene,
    own_words,
    without_answer,
    yes_or_no,
)

_NUMBER = re.compile(r"(?:HGNC:|ENSG)?\d+(?:\.\d+)?", re.IGNORECASE)  # names no gene to a reader
# Strongest first: what a list of terms says together
TERMS = ("out-of-frame", "fusion", "rearrangement", "weak-rearrangement", "other-variant")


@dataclass(frozen=True)
class CodedPair:
    """Both genes of a fusion in one code ('HGNC:3495::HGNC:8033', a VICC or HGVS name)."""

    gene: Gene
    partner: str
    five_prime: str
    three_prime: str
    shape: str
    contradiction: bool


@dataclass
class Evidence:
    """What the parts of one Observation say."""

    studied: list[NamedGene] = field(default_factory=list)  # 48018-6, one per component
    misplaced: list[NamedGene] = field(default_factory=list)  # a gene in another component
    extended: list[NamedGene] = field(default_factory=list)  # STU3 and R4 core extensions
    sequenced: list[NamedGene] = field(default_factory=list)  # transcripts it is derived from
    pairs: list[CodedPair] = field(default_factory=list)
    terms: set[str] = field(default_factory=set)  # kinds of change, where senders put them
    stray_terms: set[str] = field(default_factory=set)  # kinds of change in another place
    derived: bool = False  # a term came from a consequence derived from this variant
    origins: set[Origin] = field(default_factory=set)
    names: list[str] = field(default_factory=list)  # words that name the variant
    texts: list[str] = field(default_factory=list)  # sentences with a result of their own
    labelled: list[str] = field(default_factory=list)  # 'what was asked: coded result'
    frame: str = ""
    changes: list[str] = field(default_factory=list)  # HGVS and names of small variants
    contradiction: bool = False  # a code and its display disagree
    presence: Presence | None = None
    value_words: str = ""  # a value in words of its own: neither a code nor a plain yes or no
    value_missing: bool = False
    against_interpretation: bool = False
    outcomes: frozenset[str] = frozenset()

    @property
    def genes(self) -> list[NamedGene]:
        """Every gene of interest that is named in a structured place."""
        named = [*self.studied, *self.misplaced, *self.extended]
        return [item for item in named if item.gene is not None]

    @property
    def term(self) -> str:
        """The kind of change that the terms say together, '' when none is coded."""
        return next((name for name in TERMS if name in self.terms), "")


class EvidenceReader:
    """Collects Evidence; tolerant of every damage."""

    def __init__(self, genes: Genes, roles: Roles) -> None:
        self._genes = genes
        self._roles = roles

    def read(self, observation: Json) -> Evidence:
        """What an Observation says, part by part."""
        found = Evidence()
        for component in objs(observation.get("component")):
            self._component(component, found)
        self._extensions(observation, found)
        self._method_and_value(observation, found)
        self._presence(observation, found)
        self._texts(observation, found)
        found.outcomes = self._roles.outcome(_codings_of_parts(observation))
        return found

    # --- components ---

    def _component(self, component: Json, found: Evidence) -> None:
        role = self._roles.role(component.get("code"))
        value = component_value(component)
        fact = fact_of(component, self._roles)
        if fact is not None:
            found.names += [fact]
            found.frame = "in frame" if is_in_frame(fact) else found.frame
        elif "gene-studied" in role:
            self._studied(value, found)
        elif "fusion" in role:
            self._pair(value, "shape-1", found)
        elif role & {"change-type", "consequence"}:
            self._term(value, found, found.terms)
        elif "source-class" in role:
            found.origins.add(self._roles.origin(value))
        else:
            self._other(component, value, role, found)

    def _studied(self, value: object, found: Evidence) -> None:
        named = self._genes.of_concept(value)
        if named is not None:
            found.studied.append(named)
            found.contradiction |= named.contradiction and named.gene is not None

    def _pair(self, value: object, shape: str, found: Evidence) -> bool:
        pairs = [self._coded_pair(coding, shape) for coding in codings(value)]
        coded = [pair for pair in pairs if pair is not None]
        found.pairs += coded
        if not coded:
            found.names += [f"{name} fusion" for name in concept_texts(value)]
        return bool(coded)

    def _coded_pair(self, coding: Json, shape: str) -> CodedPair | None:
        code = plain(text(coding.get("code")))
        left, separator, right = code.partition("::")
        if not separator:
            return None
        system = text(coding.get("system"))
        halves = [self._half(part, system) for part in (left, right)]
        genes = [half.gene for half in halves]
        gene = genes[1] or genes[0]
        if gene is None:
            return None
        display = plain(text(coding.get("display")))
        names = [half.symbol or "" for half in halves]
        names = _symbols_from(display, names)
        partner = names[0] if genes[1] is not None else names[1]
        shown = {g for m in self._genes.in_text(display) for g in m.genes}
        wrong = bool(display) and ("::" in display or bool(shown)) and gene not in shown
        return CodedPair(gene, partner, names[0], names[1], shape, wrong)

    def _half(self, part: str, system: str) -> NamedGene:
        """One side of 'A::B': an identifier, a symbol, or a transcript with its gene."""
        mentions = self._genes.in_text(part)
        if mentions:
            gene = mentions[-1].genes[0]
            return NamedGene(gene, gene.symbol)
        bare = part.split(":e.")[0].split(":c.")[0]
        by_code = self._genes.of_coding({"system": system, "code": bare})
        if by_code is not None and (by_code.gene or _NUMBER.fullmatch(bare)):
            return by_code
        inside = part[part.find("(") + 1 : part.find(")")] if "(" in part else bare
        return NamedGene(None, inside if inside not in ("v", "?") else "")

    def _term(self, value: object, found: Evidence, into: set[str]) -> None:
        listings = self._roles.terms.by_code(value)
        into |= listings
        shown = [text(c.get("display")).casefold().replace("-", "") for c in codings(value)]
        inframe = "fusion" in listings and any("inframe" in display for display in shown)
        found.frame = "in frame" if inframe else found.frame
        # 'Missense', displayed as a fusion; 'gene fusion', displayed as one out of frame
        if self._term_display(value, found) or not listings or "fusion" in listings:
            found.names += concept_texts(value)

    def _other(self, component: Json, value: object, role: frozenset[str], found: Evidence) -> None:
        """Names, HGVS and whatever stands in a place where it does not belong."""
        if "iscn" in role and names_broken_chromosome(value):
            found.stray_terms.add("rearrangement")  # never enough alone: no gene is named
        if any("::" in text(c.get("code")) for c in codings(value)) and self._pair(
            value, "shape-8", found
        ):
            return
        self._term(value, found, found.stray_terms)
        named = self._genes.of_concept(value)
        if named is not None and named.gene is not None and named.coded:
            found.misplaced.append(named)
            found.contradiction |= named.contradiction
        found.changes += [*(text(c.get("code")) for c in codings(value)), *concept_texts(value)]
        found.names += [*concept_texts(value), text(value)]
        self._labelled(component, value, found)

    def _labelled(self, component: Json, value: object, found: Evidence) -> None:
        """A component whose code names the gene: 'NTRK1 fusion' with the value 'Not detected'."""
        stated = yes_or_no(component) or self._roles.presence(value)[0]
        said = [*concept_texts(value), text(value), stated.value if stated else ""]
        for asked in concept_texts(component.get("code"))[:1]:
            label = without_answer(asked)
            if self._genes.in_text(plain(label)):
                found.texts += [f"{label}: {result}" for result in filter(None, said)][:1]

    # --- extensions, method, value, text ---

    def _extensions(self, observation: Json, found: Evidence) -> None:
        for extension in objs(observation.get("extension")):
            name = text(extension.get("url")).casefold()
            concept = extension.get("valueCodeableConcept")
            if name.endswith("gene"):
                named = self._genes.of_concept(concept)
                found.extended += [named] if named is not None else []
                found.contradiction |= bool(named and named.gene and named.contradiction)
            elif name.endswith("sourceclass"):
                found.origins.add(self._roles.origin(concept))
            else:
                found.names += [*concept_texts(concept), text(extension.get("valueString"))]

    def _method_and_value(self, observation: Json, found: Evidence) -> None:
        for name in ("method", "valueCodeableConcept"):
            concept = observation.get(name)
            found.terms |= self._roles.terms.by_code(concept)
            self._term_display(concept, found)

    def _term_display(self, concept: object, found: Evidence) -> bool:
        terms = self._roles.terms
        contradicted = any(term_contradicts(concept, x, terms) for x in terms.by_code(concept))
        found.contradiction |= contradicted
        return contradicted

    def _texts(self, observation: Json, found: Evidence) -> None:
        label = label_of(observation)
        value = observation.get("valueCodeableConcept")
        if label and found.presence and (codings(value) or yes_or_no(observation)):
            found.labelled.append(f"{label}: {found.presence.value}")  # nothing is left to words
        for said in filter(None, [text(observation.get("valueString")), *concept_texts(value)[:1]]):
            bare = (len(said) < 60 or self._answers(label, said)) and not names_gene(said)
            if not (found.labelled and self._roles.presence({"text": said})[0]):
                found.texts.append(f"{label}: {said}" if label and bare else said)
        found.texts += [text(note.get("text")) for note in objs(observation.get("note"))]
        found.texts += [text(observation.get("comment"))]  # STU3
        found.texts = [said for said in dict.fromkeys(found.texts) if said]
        found.names = [said for said in dict.fromkeys(found.names) if said]

    def _answers(self, label: str, said: str) -> bool:
        """A label that names a gene of ours, and words that open with a result or name a change."""
        if not self._genes.in_text(label):
            return False
        opening = said.replace(":", " ").replace(",", " ").split()
        opened = [" ".join(opening[:n]) for n in (1, 2)]
        stated = any(self._roles.presence({"text": words})[0] for words in opened)
        named = self._roles.terms.in_text([said]) or "stain" in said.casefold()
        return stated or bool(named)

    def _presence(self, observation: Json, found: Evidence) -> None:
        stated, contradicted = self._value(observation)
        if found.terms & set(self._roles.terms.by_code(observation.get("valueCodeableConcept"))):
            stated = stated or Presence.DETECTED  # the value itself is a term for a fusion
        read = {
            presence
            for concept in objs(observation.get("interpretation"))
            for presence in [self._roles.presence(concept)[0]]
            if presence is not None
        }
        found.contradiction |= contradicted
        found.value_missing = stated is None and not has_value(observation)
        found.value_words = own_words(observation) if stated is None else ""
        absent = observation.get("dataAbsentReason") is not None  # beside a value: which is meant?
        found.against_interpretation = stated is not None and (bool(read - {stated}) or absent)
        found.presence = stated or next(iter(sorted(read)), None)
        if found.presence is None and absent:
            found.presence, found.value_missing = Presence.NOT_ASSESSED, False

    def _value(self, observation: Json) -> tuple[Presence | None, bool]:
        if (answer := yes_or_no(observation)) is not None:
            return answer, False
        value = observation.get("valueCodeableConcept", observation.get("valueString"))
        concept = {"text": value} if isinstance(value, str) else value
        presence, contradicted = self._roles.presence(concept)
        outcomes = self._roles.outcomes.by_code(concept)
        if presence is None and "suppress" in outcomes:
            presence = Presence.NOT_DETECTED
        elif presence is None and "support" in outcomes:
            presence = Presence.DETECTED
        return presence, contradicted


def _symbols_from(display: str, names: list[str]) -> list[str]:
    """Symbols of the display where the code gave only identifiers."""
    shown = [part.strip() for part in display.split("::")]
    if len(shown) != 2:
        return names
    return [name or seen for name, seen in zip(names, shown, strict=True)]


def _codings_of_parts(observation: Json) -> Iterator[Json]:
    """Of the parts; the value and the extensions are among the circumstances."""
    concepts: list[object] = [*objs(observation.get("interpretation"))]
    concepts += [c.get("valueCodeableConcept") for c in objs(observation.get("component"))]
    return (coding for concept in concepts for coding in codings(obj(concept)))
