"""Lists: by which version and date, how often tried, how long kept."""

import sqlalchemy as sa
from alembic import op

from keyaccount.storage.columns import Instant

revision = "service_0004"
down_revision = "service_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table anew: of lists uploaded before it is not known what decided them."""
    op.drop_table("list_job")
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
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("as_of", sa.String(10), nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("ended_at", Instant),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("first_entry", sa.BigInteger),
        sa.Column("last_entry", sa.BigInteger),
    )
    op.create_index("list_job_state", "list_job", ["state"])
    op.create_index("list_job_tenant", "list_job", ["tenant", "created_at"])
