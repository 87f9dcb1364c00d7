"""A store of any age -> the tables of this release; and which age a store has."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from cds_service.store.engine import Engines, make_file
from cds_service.store.trouble import NEWER_SCHEMA, NOT_UPGRADED, trouble_of

VERSIONS = ("0001", "0002")  # oldest first; a test compares them with the migrations
_LOCK = 4_205_318_001  # any number, the same in every release


def upgrade(engines: Engines) -> None:
    """Bring the tables to this release; safe from several processes at once.

    The file of an SQLite store is made where there is none. Raises OSError and SQLAlchemyError; a
    store that is newer than this release is left as it is.
    """
    if engines.file:
        make_file(engines.file)
    with engines.slow.begin() as link:
        if link.dialect.name == "postgresql":
            link.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if schema_trouble(link) == NOT_UPGRADED:
            command.upgrade(_config(link), VERSIONS[-1])


def schema_trouble(link: Connection) -> str:
    """'' where the tables are those of this release, else the id of what they are."""
    version = version_of(link)
    if version == VERSIONS[-1]:
        return ""
    return NOT_UPGRADED if version in ("", *VERSIONS) else NEWER_SCHEMA


def version_of(link: Connection) -> str:
    """The version of the schema; '' where there is none. Raises SQLAlchemyError."""
    there = link.dialect.has_table(link, "alembic_version")
    rows = link.execute(text("SELECT version_num FROM alembic_version")).all() if there else []
    return str(rows[0][0]) if rows else ""


def state_of(engines: Engines) -> str:
    """'' where the store can be used, else the id of why not; never raises."""
    try:
        with engines.reading.begin() as link:
            return schema_trouble(link)
    except SQLAlchemyError as error:
        return trouble_of(error)


def _config(link: Connection) -> Config:
    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = link
    return config
