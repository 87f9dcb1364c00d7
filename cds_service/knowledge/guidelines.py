"""knowledge/guidelines/<id>/guideline.toml -> Guideline, refused when anything in it is wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from cds_service.domain import Criterion, CriterionKind, Guideline, Link, Review, Row
from cds_service.domain import Document as SourceDocument
from cds_service.knowledge.content_hash import content_hash
from cds_service.knowledge.files import Document, Problems, folders, read_toml
from cds_service.knowledge.links import refuse_unknown_link
from cds_service.knowledge.places import Folder
from cds_service.knowledge.schemas import fits
from cds_service.knowledge.tables import WITHOUT_CARD, check_table
from cds_service.knowledge.vocabulary import LEXICON, used_sets

FOLDER = "guidelines"
NAME = "guideline.toml"


@dataclass(frozen=True)
class Shelf:
    """What a guideline may refer to."""

    links: Mapping[str, Link]
    sets: Collection[str]  # names of all files of value sets, readable or not
    documents: Mapping[str, Document]  # of the value sets and the lexicon, for the content hash
    drugs: Collection[str]
    cards: Folder


def guideline_names(root: Folder) -> tuple[str, ...]:
    """Ids of all guidelines, readable or not."""
    return tuple(folders(root / FOLDER))


def read_guidelines(root: Folder, shelf: Shelf, problems: Problems) -> tuple[Guideline, ...]:
    """Every guideline of the folder, by id; those that do not fit the schema are only noted."""
    found = []
    for name in guideline_names(root):
        file = f"{FOLDER}/{name}/{NAME}"
        document = read_toml(root, file, problems)
        if document is None or not fits(document, "guideline", file, problems):
            continue
        if document["id"] != name:
            problems.add(file, "id", f"{document['id']!r}: expected the name of the folder")
        guideline = _guideline(document, shelf)
        _check(guideline, shelf, file, problems)
        found.append(guideline)
    if not guideline_names(root):
        problems.add(FOLDER, "(folder)", "expected at least one guideline")
    return tuple(found)


def _guideline(document: Document, shelf: Shelf) -> Guideline:
    criteria = tuple(_criterion(item) for item in document["criteria"])
    deciding = {*used_sets(criteria), document.get("treatments", ""), LEXICON}
    counted = {name: text for name, text in shelf.documents.items() if name in deciding}
    return Guideline(
        id=document["id"],
        version=document["version"],
        title=document["title"],
        topic=document["topic"],
        source=_source(document["source"]),
        review=_review(document["review"]),
        criteria=criteria,
        table=tuple(_row(item) for item in document["table"]),
        drugs=tuple(document["drugs"]),
        links=tuple(document["links"]),
        clinician_judges=tuple(document["clinician_judges"]),
        content_hash=content_hash(document, counted, shelf.cards),
        treatments=document.get("treatments", ""),
    )


def _source(source: Document) -> SourceDocument:
    return SourceDocument(
        publisher=source["publisher"],
        title=source["title"],
        link=source["link"],
        home=source["home"],
        last_reviewed=date.fromisoformat(source["last_reviewed"]),
        next_review_due=date.fromisoformat(source["next_review_due"]),
        last_checked=date.fromisoformat(source["last_checked"]),
        authors=tuple(source["authors"]),
        reviewers=tuple(source["reviewers"]),
    )


def _review(review: Document) -> Review:
    last, due = review.get("last_reviewed"), review.get("next_review_due")
    return Review(
        status=review["status"],
        author=review.get("author", ""),
        checker=review.get("checker", ""),
        last_reviewed=date.fromisoformat(last) if last else None,
        next_review_due=date.fromisoformat(due) if due else None,
    )


def _criterion(item: Document) -> Criterion:
    kind = CriterionKind(item["kind"])
    return Criterion(
        item["id"], kind, item["title"], item.get("value_set", ""), item.get("resistance", "")
    )


def _row(item: Document) -> Row:
    when = {name: frozenset(states) for name, states in item["when"].items()}
    return Row(item["id"], when, item["recommendation"], item.get("indicator", ""))


def _check(guideline: Guideline, shelf: Shelf, file: str, problems: Problems) -> None:
    _check_references(guideline, shelf, file, problems)
    _check_dates(guideline, file, problems)
    _check_review(guideline.review, file, problems)
    _check_criteria(guideline, shelf, file, problems)
    _check_templates(guideline, shelf, file, problems)
    check_table(guideline.criteria, guideline.table, file, problems)


def _check_references(guideline: Guideline, shelf: Shelf, file: str, problems: Problems) -> None:
    refuse_unknown_link(guideline.source.link, shelf.links, file, "source.link", problems)
    refuse_unknown_link(guideline.source.home, shelf.links, file, "source.home", problems)
    for number, link in enumerate(guideline.links):
        refuse_unknown_link(link, shelf.links, file, f"links[{number}]", problems)
    if guideline.treatments:
        _check_set(guideline.treatments, shelf, "treatments", file, problems)
    for number, drug in enumerate(guideline.drugs):
        if drug not in shelf.drugs:
            problems.add(file, f"drugs[{number}]", f"{drug!r}: expected a file access/{drug}.toml")


def _check_dates(guideline: Guideline, file: str, problems: Problems) -> None:
    source, review = guideline.source, guideline.review
    if source.next_review_due <= source.last_reviewed:
        problems.add(file, "source.next_review_due", "expected a day after last_reviewed")
    if source.last_checked < source.last_reviewed:
        problems.add(file, "source.last_checked", "expected a day not before last_reviewed")
    last, due = review.last_reviewed, review.next_review_due
    if last and due and due <= last:
        problems.add(file, "review.next_review_due", "expected a day after last_reviewed")


def _check_review(review: Review, file: str, problems: Problems) -> None:
    if review.author and review.author.strip().casefold() == review.checker.strip().casefold():
        problems.add(file, "review.checker", "expected another person than the author")
    if review.status != "active":
        return
    needed = ("author", "checker", "last_reviewed", "next_review_due")
    for name in needed:
        if not getattr(review, name):
            problems.add(file, f"review.{name}", "is missing; status 'active' needs it")


def _check_criteria(guideline: Guideline, shelf: Shelf, file: str, problems: Problems) -> None:
    _refuse_double([item.id for item in guideline.criteria], "criteria", file, problems)
    _refuse_double([row.id for row in guideline.table], "table", file, problems)
    for number, criterion in enumerate(guideline.criteria):
        field = f"criteria[{number}]"
        if criterion.kind is CriterionKind.ALIVE:
            _refuse_set(criterion.value_set, f"{field}.value_set", file, problems)
        else:
            _check_set(criterion.value_set, shelf, f"{field}.value_set", file, problems)
        if criterion.kind is CriterionKind.PRIOR_THERAPY:
            _check_set(criterion.resistance, shelf, f"{field}.resistance", file, problems)
        else:
            _refuse_set(criterion.resistance, f"{field}.resistance", file, problems)


def _refuse_double(ids: list[str], table: str, file: str, problems: Problems) -> None:
    for number, name in enumerate(ids):
        if name in ids[:number]:
            problems.add(file, f"{table}[{number}].id", f"{name!r} stands twice; expected once")


def _check_set(name: str, shelf: Shelf, field: str, file: str, problems: Problems) -> None:
    if name not in shelf.sets:
        message = f"unknown value set {name!r}" if name else "is missing; expected a value set"
        problems.add(file, field, message)


def _refuse_set(name: str, field: str, file: str, problems: Problems) -> None:
    if name:
        problems.add(file, field, "a criterion of this kind has no such key")


def _check_templates(guideline: Guideline, shelf: Shelf, file: str, problems: Problems) -> None:
    for number, row in enumerate(guideline.table):
        template = f"{guideline.id}/{row.recommendation}.md.j2"
        if row.recommendation in WITHOUT_CARD or shelf.cards.joinpath(template).is_file():
            continue
        message = f"{row.recommendation!r}: no card template {template}"
        problems.add(file, f"table[{number}].recommendation", message)
