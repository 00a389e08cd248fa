"""The tables of people; only the stores of this folder read and write them. Whatever proves something is hashed."""

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, Table, Text

from composer.db import METADATA

people = Table(
    "people",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, doc="only one that is known to be theirs"),
    Column("password", Text, doc="Argon2id; none for those who sign in elsewhere"),
    Column("is_administrator", Boolean, nullable=False),
    Column("makes_projects", Boolean, nullable=False),
    Column("is_disabled", Boolean, nullable=False),
    Column("made", Float, nullable=False),
    Column("second_factor_since", Float, doc="none: one factor is enough"),
    Column("second_factor_step", BigInteger, nullable=False, doc="the time step of the last code that was accepted"),
    Index("people_by_name", "name", unique=True),
    Index("people_by_email", "email", unique=True),
)

sessions = Table(
    "sessions",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("person", Text, ForeignKey("people.id"), nullable=False),
    Column("token", Text, nullable=False, doc="hashed"),
    Column("previous", Text, doc="hashed: the token before, for requests that were on their way"),
    Column("previous_until", Float, nullable=False),
    Column("is_to_rotate", Boolean, nullable=False, doc="the next request gets another token"),
    Column("made", Float, nullable=False),
    Column("seen", Float, nullable=False),
    Column("address", Text, nullable=False),
    Column("program", Text, nullable=False, doc="what the browser calls itself"),
    Index("sessions_by_token", "token", unique=True),
    Index("sessions_by_previous", "previous"),
    Index("sessions_of_a_person", "person"),
)

recovery_codes = Table(
    "recovery_codes",
    METADATA,
    Column("person", Text, ForeignKey("people.id"), primary_key=True),
    Column("code", Text, primary_key=True, doc="hashed"),
)

identities = Table(
    "identities",
    METADATA,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("person", Text, ForeignKey("people.id"), nullable=False),
    Column("made", Float, nullable=False),
)

one_time_tokens = Table(
    "one_time_tokens",
    METADATA,
    Column("token", Text, primary_key=True, doc="hashed"),
    Column("purpose", Text, nullable=False),
    Column("person", Text, nullable=False, doc="empty: nobody in particular"),
    Column("content", Text, nullable=False),
    Column("expires", Float, nullable=False),
)

invitations = Table(
    "invitations",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("token", Text, nullable=False, doc="hashed"),
    Column("project", Text, ForeignKey("projects.name", ondelete="CASCADE"), doc="none: to the installation only"),
    Column("role", Text),
    Column("email", Text, doc="where it was mailed to; none: a link that was handed over"),
    Column("makes_projects", Boolean, nullable=False),
    Column("made", Float, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("expires", Float, nullable=False),
    Index("invitations_by_token", "token", unique=True),
    Index("invitations_of_a_project", "project"),
)

attempts = Table(
    "attempts",
    METADATA,
    Column("key", Text, primary_key=True, doc="hashed: who tried what"),
    Column("tries", Integer, nullable=False),
    Column("last", Float, nullable=False),
)
