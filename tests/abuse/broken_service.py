"""The service with a rule that fails and says so with the whole record: run as a process."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from flask import Flask

from cds_service.domain import Assessment, Gap, Nation, Received
from cds_service.doors.app import app_of, local_time, open_desk
from cds_service.doors.events import LogStore
from cds_service.doors.logs import configure
from cds_service.doors.serve import listen, serve
from cds_service.knowledge import Knowledge, data_dir, load
from cds_service.service import assess_patient
from cds_service.settings import Settings


def talkative(
    resources: Sequence[Received],
    gaps: Sequence[Gap],
    today: date,
    nation: Nation,
    knowledge: Knowledge,
) -> tuple[Assessment, ...]:
    """Tells the log of a library everything, then fails, unless nothing was sent."""
    record = repr([received.json for received in resources])
    logging.getLogger("some.library").critical("reading %s", record, extra={"record": record})
    logging.getLogger("some.library").warning(f"reading {record}")
    if resources:
        raise ValueError(record) from KeyError(record)
    return assess_patient(resources, gaps, today, nation, knowledge)


def main() -> None:
    """Serve where the settings say."""
    settings = Settings.from_environment(os.environ)
    configure(settings)
    knowledge = load(data_dir("knowledge"), data_dir("cards"))
    desk = replace(open_desk(settings, knowledge), assess=talkative)

    def build() -> Flask:
        return app_of(desk, LogStore(), local_time)

    bound = listen(settings.host, settings.port)
    print("broken service", flush=True)
    serve(build(), bound, build, settings.max_body)


if __name__ == "__main__":
    main()
