"""The tables of projects, drafts, events and the audit log; only the stores of this folder read and write them."""

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, Table, Text

from composer.db import METADATA

_Counter = BigInteger().with_variant(Integer, "sqlite")

projects = Table(
    "projects",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("made", Float, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("paused", Boolean, nullable=False),
)

drafts = Table(
    "drafts",
    METADATA,
    Column("project", Text, ForeignKey("projects.name", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Float, nullable=False),
)

events = Table(
    "events",
    METADATA,
    Column("id", _Counter, primary_key=True, autoincrement=True),
    Column("project", Text, nullable=False, doc="empty: of the installation"),
    Column("kind", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("content", Text, nullable=False, doc="JSON"),
    Index("events_of_a_project", "project", "id"),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    METADATA,
    Column("id", _Counter, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("project", Text, nullable=False, doc="empty: the installation"),
    Column("target", Text, nullable=False),
    Column("address", Text, nullable=False, doc="from where"),
    Column("request", Text, nullable=False, doc="the id of the request"),
    Column("before", Text, nullable=False, doc="JSON, or empty"),
    Column("after", Text, nullable=False, doc="JSON, or empty"),
    Index("audit_of_a_project", "project", "id"),
    sqlite_autoincrement=True,
)

members = Table(
    "members",
    METADATA,
    Column("project", Text, ForeignKey("projects.name", ondelete="CASCADE"), primary_key=True),
    Column("person", Text, primary_key=True, doc="the id of a person, whom a folder above knows"),
    Column("role", Text, nullable=False),
    Column("since", Float, nullable=False),
    Index("memberships_of_a_person", "person"),
)
