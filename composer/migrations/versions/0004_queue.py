"""The queue of what is to be done to projects, and what releases remember besides: images, steps, events."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table and add the columns."""
    for name, default in (
        ("images", "{}"),
        ("plan", ""),
        ("events", "[]"),
        ("before", ""),
        ("source", ""),
        ("failures", "[]"),
    ):
        op.add_column("releases", sa.Column(name, sa.Text, nullable=False, server_default=default))
    op.create_table(
        "intents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("component", sa.Text, nullable=False),
        sa.Column("schema_text", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("base", sa.Integer),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("approved", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("cancelled_by", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("lease_end", sa.Float, nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("began", sa.Float),
        sa.Column("ended", sa.Float),
        sa.Column("release", sa.Integer),
        sa.Column("failures", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("intents_of_a_project", "intents", ["project", "id"])
    op.create_index(
        "one_running_intent_of_a_project",
        "intents",
        ["project"],
        unique=True,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_index("unfinished_intents", "intents", ["state", "id"])
