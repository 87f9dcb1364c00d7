"""A patient id of a site -> the NHS number that came with it before.

A decision is named by the NHS number where there is one. A call that carries no Patient gets the
same name by this table; without the store, this process's own memory serves.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from cds_service.errors import Unavailable
from cds_service.store.access import Access
from cds_service.store.instants import in_utc
from cds_service.store.tables import PATIENTS

MOST = 20_000  # patients in memory
_LONGEST = 256  # characters of an id
_SEEN_AGAIN = timedelta(days=1)  # after which 'seen_at' moves on, for the purge
_LOGGER = logging.getLogger("cds_service")


class Patients:
    """What one process knows and what the store knows; neither makes a call wait or fail."""

    def __init__(self, access: Access, now: Callable[[], datetime], most: int = MOST) -> None:
        self._access = access
        self._now = now
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], str] = OrderedDict()

    def number(self, site: str, patient_id: str) -> str:
        """The newest number that came with this id at this site; '' where none is known."""
        if not _storable(site, patient_id):
            return ""
        try:
            found = self._access.read(lambda link: _stored(link, site, patient_id))
        except Unavailable:
            found = None
        if found:
            return found[0]
        with self._lock:
            return self._known.get((site, patient_id), "")

    def remember(self, site: str, patient_id: str, number: str) -> None:
        """Keep the number; the newest wins."""
        if not _storable(site, patient_id, number):
            return
        self._keep(site, patient_id, number)
        now = self._now()
        try:
            found = self._access.read(lambda link: _stored(link, site, patient_id))
            if found and found[0] != number:
                _LOGGER.warning("a patient id has another NHS number", extra={"site": site})
            if not found or found[0] != number or found[1] < _text(now - _SEEN_AGAIN):
                self._access.write(lambda link: _put(link, site, patient_id, number, _text(now)))
        except Unavailable:
            return  # it is tried again when this patient comes again

    def _keep(self, site: str, patient_id: str, number: str) -> None:
        with self._lock:
            self._known[site, patient_id] = number
            self._known.move_to_end((site, patient_id))
            if len(self._known) > self._most:
                self._known.popitem(last=False)


def _storable(*texts: str) -> bool:
    """No database takes every text; what it does not take is simply not kept."""
    return all(0 < len(text) <= _LONGEST and text.isprintable() for text in texts)


def _stored(connection: Connection, site: str, patient_id: str) -> tuple[str, str] | None:
    mine = (PATIENTS.c.site == site) & (PATIENTS.c.patient_id == patient_id)
    asked = select(PATIENTS.c.nhs_number, PATIENTS.c.seen_at).where(mine)
    row = connection.execute(asked).one_or_none()
    return (row.nhs_number, row.seen_at) if row else None


def _put(connection: Connection, site: str, patient_id: str, number: str, seen_at: str) -> None:
    newest = {"nhs_number": number, "seen_at": seen_at}
    insert = (
        postgresql.insert(PATIENTS)
        if connection.dialect.name == "postgresql"
        else sqlite.insert(PATIENTS)
    )
    connection.execute(
        insert.values(site=site, patient_id=patient_id, **newest).on_conflict_do_update(
            index_elements=["site", "patient_id"], set_=newest
        )
    )


def _text(moment: datetime) -> str:
    return in_utc(moment.isoformat())
