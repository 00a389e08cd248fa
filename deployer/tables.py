"""The tables of the deployer; only its stores read and write them."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from composer.db import METADATA, SEALED

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
    Column(
        "images", Text, nullable=False, server_default="{}", doc="JSON: component -> name, id, whether the author's"
    ),
    Column("plan", Text, nullable=False, server_default="", doc="the plan as JSON"),
    Column("events", Text, nullable=False, server_default="[]", doc="JSON: what was told while it ran"),
    Column("before", Text, nullable=False, server_default="", doc="JSON: what was there before it -> whether it ran"),
    Column("source", Text, nullable=False, server_default="", doc="the tree of sources it was built from, if any"),
    Column("failures", Text, nullable=False, server_default="[]", doc="JSON"),
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
    Column(
        "token",
        LargeBinary,
        doc="the encrypted value; none once removed, so that a version never comes back",
        info={SEALED: True},
    ),
    PrimaryKeyConstraint("project", "owner", "name"),
)

settings = Table(
    "settings",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

intents = Table(
    "intents",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("project", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("component", Text, nullable=False, doc="empty: the whole project"),
    Column("schema_text", Text, nullable=False),
    Column("source", Text, nullable=False, doc="the tree of sources, if any"),
    Column("base", Integer, doc="the release to go back to"),
    Column("options", Text, nullable=False, doc="JSON: what else the action is told"),
    Column("approved", Text, nullable=False, doc="the digest of the plan that was approved, if one was"),
    Column("why", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("key", Text, nullable=False, doc="what the caller calls this request, so that it is queued once"),
    Column("request", Text, nullable=False, doc="the digest of the request that came with the key"),
    Column("state", Text, nullable=False),
    Column("cancelled_by", Text, nullable=False, doc="who asked for its end"),
    Column("holder", Text, nullable=False, doc="who works on it, or last did; empty once given back"),
    Column("fence", Integer, nullable=False, doc="rises at each claim"),
    Column("lease_end", Float, nullable=False),
    Column("created", Float, nullable=False),
    Column("began", Float),
    Column("ended", Float),
    Column("release", Integer),
    Column("failures", Text, nullable=False, doc="JSON"),
    Index("intents_of_a_project", "project", "id"),
    # Of running ones only, as revision 0004 says: saying it here too would load PostgreSQL's dialect in every process.
    Index("one_running_intent_of_a_project", "project", unique=True),
    Index("unfinished_intents", "state", "id"),
    sqlite_autoincrement=True,
)

statuses = Table(
    "statuses",
    METADATA,
    Column("project", Text, primary_key=True),
    Column("component", Text, primary_key=True),
    Column("replica", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True, doc="of its container, or empty where it has none"),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("content", Text, nullable=False, doc="JSON: the rest of the status"),
)

drifts = Table(
    "drifts",
    METADATA,
    Column("project", Text, primary_key=True),
    Column("version", Integer, nullable=False, doc="rises with each change, so that of two keepers one decides"),
    Column("content", Text, nullable=False, doc="JSON: a Drift, or null"),
)

stops = Table(
    "stops",
    METADATA,
    Column("project", Text, primary_key=True),
    Column("component", Text, primary_key=True),
    Column("who", Text, nullable=False),
    Column("at", Float, nullable=False),
)

processes = Table(
    "processes",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("process", Text, nullable=False, doc="up, web, worker or keeper"),
    Column("since", Float, nullable=False),
    Column("seen", Float, nullable=False),
    Column("counts", Text, nullable=False, doc="JSON: what it has counted since its start"),
)

tickets = Table(
    "tickets",
    METADATA,
    Column("digest", Text, primary_key=True, doc="SHA-256 of what the holder has"),
    Column("project", Text, nullable=False),
    Column("session", Text, nullable=False),
    Column("content", Text, nullable=False, doc="JSON: what it is good for"),
    Column("expires", Float, nullable=False),
)
