"""The tables of the deployer; only `store` reads and writes them."""

from sqlalchemy import Column, Float, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from composer.db import METADATA

releases = Table(
    "releases",
    METADATA,
    Column("project", Text, nullable=False),
    Column("number", Integer, nullable=False, autoincrement=False),
    Column("schema_text", Text, nullable=False),
    Column("plan_text", Text, nullable=False),
    Column("digests", Text, nullable=False, doc="JSON: component -> image digest"),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("began", Float, nullable=False),
    Column("ended", Float),
    Column("outcome", Text, doc="empty until it ended, and for ever when its process was killed"),
    Column("message", Text, nullable=False, default=""),
    PrimaryKeyConstraint("project", "number"),
)

commits = Table(
    "commits",
    METADATA,
    Column("project", Text, nullable=False),
    Column("number", Integer, nullable=False, autoincrement=False, doc="of the release"),
    Column("component", Text, nullable=False),
    Column("commit", Text, nullable=False, doc="of the git repository that the release's schema names"),
    PrimaryKeyConstraint("project", "number", "component"),
)

secrets = Table(
    "secrets",
    METADATA,
    Column("project", Text, nullable=False),
    Column("owner", Text, nullable=False, doc="a component, or empty for the project's own"),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("token", LargeBinary, doc="the encrypted value; none once removed, so that a version never comes back"),
    PrimaryKeyConstraint("project", "owner", "name"),
)

settings = Table(
    "settings",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
