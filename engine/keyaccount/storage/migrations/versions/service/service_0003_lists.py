"""Uploaded lists, decided as jobs."""

import sqlalchemy as sa
from alembic import op

from keyaccount.storage.columns import Instant

revision = "service_0003"
down_revision = "service_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "list_job",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("tenant", sa.String(100), nullable=False),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("ending", sa.String(10), nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("progress", sa.Float, nullable=False),
        sa.Column("told", sa.Text),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("beat_at", Instant, nullable=False),
    )
    op.create_index("list_job_state", "list_job", ["state"])
