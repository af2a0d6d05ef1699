"""The decision log, the versions of policies, API keys."""

import sqlalchemy as sa
from alembic import op

from keyaccount.storage.columns import Instant

revision = "service_0001"
down_revision = None
branch_labels = ("service",)
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "decision_log",
        sa.Column("tenant", sa.String(100), primary_key=True),
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("reference", sa.Text),
        sa.Column("entry", sa.Text),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    named = sa.text("reference IS NOT NULL")
    op.create_index(
        "decision_log_reference",
        "decision_log",
        ["tenant", "reference"],
        sqlite_where=named,
        postgresql_where=named,
    )
    op.create_table(
        "decision_log_head",
        sa.Column("tenant", sa.String(100), primary_key=True),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("erased", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "policy_version",
        sa.Column("version", sa.String(64), primary_key=True),
        sa.Column("stored_at", Instant, nullable=False),
        sa.Column("files", sa.Text, nullable=False),
    )
    op.create_table(
        "policy_serving",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("folder_version", sa.String(64)),
        sa.Column("shadow", sa.String(64)),
        sa.Column("changed_at", Instant, nullable=False),
    )
    op.create_table(
        "shadow_difference",
        sa.Column("tenant", sa.String(100), primary_key=True),
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("shadow", sa.String(64), nullable=False),
        sa.Column("differences", sa.Text, nullable=False),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("tenant", sa.String(100), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("rate", sa.Float),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("revoked", sa.Boolean, nullable=False),
    )
