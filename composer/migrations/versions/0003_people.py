"""People: how they sign in, what they are in projects, and who was invited."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "people",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("password", sa.Text),
        sa.Column("is_administrator", sa.Boolean, nullable=False),
        sa.Column("makes_projects", sa.Boolean, nullable=False),
        sa.Column("is_disabled", sa.Boolean, nullable=False),
        sa.Column("made", sa.Float, nullable=False),
        sa.Column("second_factor_since", sa.Float),
        sa.Column("second_factor_step", sa.BigInteger, nullable=False),
    )
    op.create_index("people_by_name", "people", ["name"], unique=True)
    op.create_index("people_by_email", "people", ["email"], unique=True)
    op.create_table(
        "members",
        sa.Column("project", sa.Text, sa.ForeignKey("projects.name", ondelete="CASCADE"), primary_key=True),
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("since", sa.Float, nullable=False),
    )
    op.create_index("memberships_of_a_person", "members", ["person"])
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("previous", sa.Text),
        sa.Column("previous_until", sa.Float, nullable=False),
        sa.Column("is_to_rotate", sa.Boolean, nullable=False),
        sa.Column("made", sa.Float, nullable=False),
        sa.Column("seen", sa.Float, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("program", sa.Text, nullable=False),
    )
    op.create_index("sessions_by_token", "sessions", ["token"], unique=True)
    op.create_index("sessions_by_previous", "sessions", ["previous"])
    op.create_index("sessions_of_a_person", "sessions", ["person"])
    op.create_table(
        "recovery_codes",
        sa.Column("person", sa.Text, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("code", sa.Text, primary_key=True),
    )
    op.create_table(
        "identities",
        sa.Column("issuer", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("made", sa.Float, nullable=False),
    )
    op.create_table(
        "one_time_tokens",
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("expires", sa.Float, nullable=False),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("project", sa.Text, sa.ForeignKey("projects.name", ondelete="CASCADE")),
        sa.Column("role", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("makes_projects", sa.Boolean, nullable=False),
        sa.Column("made", sa.Float, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("expires", sa.Float, nullable=False),
    )
    op.create_index("invitations_by_token", "invitations", ["token"], unique=True)
    op.create_index("invitations_of_a_project", "invitations", ["project"])
    op.create_table(
        "attempts",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("last", sa.Float, nullable=False),
    )
