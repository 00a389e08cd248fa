"""The tables of access keys; only `store` reads and writes them."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, Table, Text

from composer.db import METADATA, SEALED

keys = Table(
    "keys",
    METADATA,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("person", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column(
        "secret",
        LargeBinary,
        nullable=False,
        doc="it has to be read again to check signatures",
        info={SEALED: True},
    ),
    Column("scope", Text, nullable=False, doc="JSON: a list of permissions, or null for all that the person has"),
    Column("projects", Text, nullable=False, doc="JSON: a list of names, or null for all that the person sees"),
    Column("made", Float, nullable=False),
    Column("expires", Float),
    Column("last_used", Float),
    Column("revoked", Float),
    Index("keys_of_a_person", "person", "number"),
    sqlite_autoincrement=True,
)

seen_signatures = Table(
    "seen_signatures",
    METADATA,
    Column("signature", Text, primary_key=True),
    Column("until", Float, nullable=False, doc="from then on its date is too old anyway"),
    Index("seen_signatures_by_end", "until"),
)
