"""Value sets and lexicon -> Vocabulary: what reading recognises, with every list it relies on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from cds_service.domain import Criterion, CriterionKind, Guideline, ValueSet, Vocabulary
from cds_service.knowledge.files import Problems, read_toml
from cds_service.knowledge.places import Folder
from cds_service.knowledge.schemas import fits

LEXICON = "lexicon.toml"

# The lists of a value set that a guideline names.
_GUIDELINE_LISTS = frozenset({"include", "review", "family", "morphology", "site", "deny"})

# The sets that reading itself uses, and their lists. A misspelt list would be a list lost.
GENERAL: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "fusion-terms": frozenset(
            {"fusion", "out-of-frame", "rearrangement", "weak-rearrangement", "other-variant"}
        ),
        "presence": frozenset({"present", "absent", "indeterminate", "not-assessed"}),
        "origin": frozenset({"somatic", "likely-somatic", "germline", "uncertain"}),
        "outcome-codes": frozenset(
            {"support", "suppress", "review", "alternative", "another-person", "no-effect"}
        ),
        "assays": frozenset({"rna", "dna", "fish", "ihc", "ngs", "pan-trk", "break-apart"}),
        "tumour-words": frozenset({"include", "deny"}),
        "genomic-codes": frozenset(
            {
                "variant",
                "report",
                "category",
                "report-category",
                "genetic-words",
                "report-words",
                "implication",
                "consequence",
                "other-genomic",
                "histology",
                "history",
                "gene-studied",
                "fusion",
                "change-type",
                "variation",
                "hgvs",
                "transcript",
                "iscn",
                "source-class",
            }
        ),
        "neoplasm": frozenset({"include", "secondary", "histology", "organ", "site", "deny"}),
    }
)


def read_lexicon(root: Folder, problems: Problems) -> dict[str, tuple[str, ...]]:
    """Phrases by class; empty where a folder has no lexicon."""
    if not root.joinpath(LEXICON).is_file():
        return {}
    document = read_toml(root, LEXICON, problems)
    if document is None or not fits(document, "lexicon", LEXICON, problems):
        return {}
    return {name: tuple(phrases) for name, phrases in document.items()}


def vocabulary(
    guidelines: Sequence[Guideline],
    sets: Mapping[str, ValueSet],
    lexicon: Mapping[str, tuple[str, ...]],
) -> Vocabulary:
    """What reading needs, by the kind of criterion that uses it."""

    def used(kind: CriterionKind) -> tuple[ValueSet, ...]:
        names = dict.fromkeys(item.value_set for item in _criteria(guidelines, kind))
        return tuple(sets[name] for name in names)

    prior = _criteria(guidelines, CriterionKind.PRIOR_THERAPY)
    treatments = dict.fromkeys(item.treatments for item in guidelines if item.treatments)
    resistance = dict.fromkeys(item.resistance for item in prior)
    return Vocabulary(
        genes=used(CriterionKind.GENE_FUSION),
        diagnoses=used(CriterionKind.DIAGNOSIS),
        therapies=used(CriterionKind.PRIOR_THERAPY),
        treatments=tuple(sets[name] for name in treatments),
        resistance=tuple(sets[name] for name in resistance),
        sets=MappingProxyType(dict(sets)),
        lexicon=MappingProxyType(dict(lexicon)),
    )


def used_sets(criteria: Sequence[Criterion]) -> frozenset[str]:
    """Names of the value sets that decide what a guideline with these criteria says."""
    own = {name for item in criteria for name in (item.value_set, item.resistance)}
    return frozenset(own - {""}) | frozenset(GENERAL)


def check_unused(
    guidelines: Sequence[Guideline], names: Collection[str], problems: Problems
) -> None:
    """Note value sets that nobody uses; only where every guideline could be read."""
    used = used_sets([item for guideline in guidelines for item in guideline.criteria])
    used |= {guideline.treatments for guideline in guidelines}
    for name in sorted(set(names) - used):
        problems.add(f"value_sets/{name}.json", "id", "no guideline uses this value set")


def check_lists(sets: Mapping[str, ValueSet], names: Collection[str], problems: Problems) -> None:
    """Note sets and lists that reading needs and that are not there, and unknown lists."""
    for name, value_set in sets.items():
        legal = GENERAL.get(name, _GUIDELINE_LISTS)
        present = {entry.listing for entry in value_set.entries}
        for listing in sorted(present - legal):
            message = f"unknown list {listing!r}: expected one of {', '.join(sorted(legal))}"
            problems.add(f"value_sets/{name}.json", "compose", message)
        for listing in sorted(GENERAL.get(name, frozenset({"include"})) - present):
            message = f"list {listing!r} is missing or empty"
            problems.add(f"value_sets/{name}.json", "compose", message)
    for name in sorted(set(GENERAL) - set(names)):
        problems.add(f"value_sets/{name}.json", "(file)", "is missing; reading needs it")


def _criteria(guidelines: Sequence[Guideline], kind: CriterionKind) -> list[Criterion]:
    return [item for guideline in guidelines for item in guideline.criteria if item.kind is kind]
