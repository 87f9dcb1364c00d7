"""The id of a token -> is this its first use, among all processes that share the store?"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from cds_service.store.tables import SEEN_TOKENS

_AT_ONCE = 1000  # rows deleted in one transaction


def first_use(connection: Connection, digest: str, until: float, now: float) -> bool:
    """True once, until that time; both in seconds since 1970. Raises SQLAlchemyError."""
    new = {"digest": digest, "until": until}
    # An id whose token has ended may come again: the issuer need not remember it any longer.
    ended = SEEN_TOKENS.c.until < now
    insert = (
        postgresql.insert(SEEN_TOKENS)
        if connection.dialect.name == "postgresql"
        else sqlite.insert(SEEN_TOKENS)
    )
    kept = insert.values(new).on_conflict_do_update(
        index_elements=["digest"], set_={"until": until}, where=ended
    )
    return connection.execute(kept.returning(SEEN_TOKENS.c.digest)).first() is not None


def forget(connection: Connection, now: float) -> int:
    """Delete some of the tokens that have ended; how many. Raises SQLAlchemyError."""
    ended = select(SEEN_TOKENS.c.digest).where(SEEN_TOKENS.c.until < now).limit(_AT_ONCE)
    return connection.execute(
        delete(SEEN_TOKENS).where(SEEN_TOKENS.c.digest.in_(ended), SEEN_TOKENS.c.until < now)
    ).rowcount


def digest_of(iss: str, jti: str) -> str:
    """The issuer's length stands first: no two pairs give the same bytes."""
    issuer = iss.encode("utf-8", "surrogatepass")
    told = jti.encode("utf-8", "surrogatepass")
    return hashlib.sha256(len(issuer).to_bytes(4) + issuer + told).hexdigest()
