"""The file of CDS_APPROVALS -> Approvals; one counts only for the very content it names."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from cds_service.domain import Approval, Guideline
from cds_service.errors import KnowledgeError
from cds_service.knowledge.files import Document, Problems, read_toml
from cds_service.knowledge.schemas import fits


def load_approvals(path: Path) -> tuple[Approval, ...]:
    """One approval, or a list under [[approvals]]; raises KnowledgeError when one is wrong."""
    problems = Problems()
    document = read_toml(path.parent, path.name, problems)
    found = () if document is None else _approvals(document, path.name, problems)
    if problems.all():
        raise KnowledgeError(problems.all())
    return found


def _approvals(document: Document, file: str, problems: Problems) -> tuple[Approval, ...]:
    items = [("", document)]
    if "approvals" in document:
        items = _listed(document, file, problems)
    good = (item for at, item in items if fits(item, "approval", file, problems, at))
    return tuple(_approval(item) for item in good)


def _listed(document: Document, file: str, problems: Problems) -> list[tuple[str, Document]]:
    for key in sorted(set(document) - {"approvals"}):
        problems.add(file, key, "unknown key; expected only [[approvals]]")
    listed = document["approvals"]
    if not isinstance(listed, list):
        problems.add(file, "approvals", "expected a list of tables")
        return []
    return [(f"approvals[{number}].", item) for number, item in enumerate(listed)]


def _approval(item: Document) -> Approval:
    return Approval(
        guideline=item["guideline"],
        version=item["version"],
        content_hash=item["contentHash"],
        approved_by=item["approvedBy"],
        role=item["role"],
        approved_on=date.fromisoformat(item["date"]),
        site=item["site"],
    )


def matches(approval: Approval, guideline: Guideline) -> bool:
    """True when a site approved exactly this: id, version and content."""
    wanted = (guideline.id, guideline.version, guideline.content_hash)
    return (approval.guideline, approval.version, approval.content_hash) == wanted
