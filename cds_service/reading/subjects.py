"""Whose resource is it? This patient's, another's, or not to be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qs, urlsplit

from cds_service.domain import Json, Received, UnreadWhy
from cds_service.reading.fhir_json import identifiers, kind, obj, objs, text

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"

# Types that belong to nobody, or whose patient is not what decides.
_OWNERLESS = frozenset(
    {"Medication", "Organization", "Practitioner", "PractitionerRole", "OperationOutcome"}
)


class Whose(Enum):
    """Ownership of a resource, seen from the patient of the call."""

    MINE = "mine"
    ANOTHERS = "another's"
    NO_SUBJECT = "no subject"
    UNCLEAR = "unclear"


DOUBTS = {Whose.NO_SUBJECT: UnreadWhy.NO_SUBJECT, Whose.UNCLEAR: UnreadWhy.SUBJECT_UNCLEAR}


@dataclass(frozen=True)
class Owner:
    """The patient of the call: id, server, and what the Patient resources sent say."""

    id: str
    server: str
    full_urls: frozenset[str]
    identifiers: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, patient_id: str, server: str, received: Iterable[Received]) -> Owner:
        """Collect the identity of a patient from the resources that came."""
        mine = [r for r in received if _is_patient(r, patient_id)]
        return cls(
            id=patient_id,
            server=server,
            full_urls=frozenset(r.full_url for r in mine if r.full_url),
            identifiers=frozenset().union(*(_plain(identifiers(r.json)) for r in mine)),
        )

    @property
    def nhs_number(self) -> str:
        """The NHS number if the Patient carries one, else ''."""
        return min(
            (value for system, value in self.identifiers if system == NHS_NUMBER), default=""
        )

    def whose(self, received: Received) -> Whose:
        """Whose a resource is."""
        resource = received.json
        if kind(resource) == "Patient":
            return self._whose_patient(received)
        subject = resource.get("subject", resource.get("patient"))
        if kind(resource) in _OWNERLESS or (kind(resource) == "Specimen" and subject is None):
            return Whose.MINE
        return self._whose_subject(obj(subject), resource)

    def _whose_patient(self, received: Received) -> Whose:
        if _is_patient(received, self.id):
            return Whose.MINE
        return Whose.ANOTHERS if text(received.json.get("id")) else Whose.UNCLEAR

    def _whose_subject(self, subject: Json, resource: Json) -> Whose:
        reference = text(subject.get("reference"))
        named = _subject_identifier(subject)
        if not reference:
            return self._by_identifiers(named) if named else Whose.NO_SUBJECT
        found = self._by_reference(reference, resource)
        contradicted = named and self._by_identifiers(named) is Whose.ANOTHERS
        return Whose.UNCLEAR if found is Whose.MINE and contradicted else found

    def _by_reference(self, reference: str, resource: Json) -> Whose:
        if reference in self.full_urls:
            return Whose.MINE
        if reference.startswith("#"):
            return self._by_contained(reference[1:], resource)
        if reference.lower().startswith("urn:"):
            return Whose.UNCLEAR
        if "?" in reference:
            return self._by_search(reference)
        base, _, tail = reference.partition("/_history")[0].rpartition("Patient/")
        if not _ or not tail:
            return Whose.ANOTHERS if "/" in reference else Whose.UNCLEAR
        if tail != self.id:
            return Whose.ANOTHERS
        return self._under_server(base) if base else Whose.MINE

    def _under_server(self, base: str) -> Whose:
        if not self.server:
            return Whose.UNCLEAR  # same id on a server that the call does not name
        return Whose.MINE if _same_base(base, self.server) else Whose.ANOTHERS

    def _by_contained(self, local_id: str, resource: Json) -> Whose:
        for contained in objs(resource.get("contained")):
            if text(contained.get("id")) == local_id and kind(contained) == "Patient":
                return self._by_identifiers(_plain(identifiers(contained)))
        return Whose.UNCLEAR

    def _by_search(self, reference: str) -> Whose:
        values = parse_qs(reference.partition("?")[2]).get("identifier", [])
        pairs = {(s, v) for s, _, v in (value.rpartition("|") for value in values) if s}
        return self._by_identifiers(_plain(pairs))

    def _by_identifiers(self, named: frozenset[tuple[str, str]]) -> Whose:
        """Only the identifiers of the Patient sent can say yes or no."""
        if named & self.identifiers:
            return Whose.MINE
        known = {system for system, _ in self.identifiers}
        return Whose.ANOTHERS if any(system in known for system, _ in named) else Whose.UNCLEAR


def _is_patient(received: Received, patient_id: str) -> bool:
    if kind(received.json) != "Patient":
        return False
    own = text(received.json.get("id"))
    # A Patient of a transaction Bundle may have no id, only a fullUrl.
    return own == patient_id if own else bool(patient_id) and received.full_url == patient_id


def _subject_identifier(subject: Json) -> frozenset[tuple[str, str]]:
    return _plain(identifiers({"identifier": subject.get("identifier")}))


def _plain(pairs: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Identifiers without the blanks that people put into NHS numbers."""
    return frozenset((system, "".join(value.split())) for system, value in pairs)


def _same_base(base: str, server: str) -> bool:
    return _base(base) == _base(server)


def _base(url: str) -> tuple[str, str, int | None, str]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return (url, "", None, "")
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return (parts.scheme, parts.hostname or "", port or default, parts.path.rstrip("/"))
