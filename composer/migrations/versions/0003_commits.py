"""The commits of the git repositories that the components of a release were built from."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "commits",
        sa.Column("project", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("component", sa.Text, primary_key=True),
        sa.Column("commit", sa.Text, nullable=False),
    )
