"""Facts over time, decisions made again, webhooks."""

import sqlalchemy as sa
from alembic import op

from keyaccount.storage.columns import Instant

revision = "service_0002"
down_revision = "service_0001"
branch_labels = None
depends_on = None


def _number() -> "sa.Column[int]":
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)


def _owner(*, key: bool) -> "tuple[sa.Column[str], sa.Column[str]]":
    return (
        sa.Column("tenant", sa.String(100), primary_key=key, nullable=False),
        sa.Column("subject", sa.String(200), primary_key=key, nullable=False),
    )


def upgrade() -> None:
    """Make the tables."""
    _subjects()
    _webhooks()


def _subjects() -> None:
    op.create_table("subject", *_owner(key=True))
    op.create_table(
        "subject_fact",
        _number(),
        *_owner(key=False),
        sa.Column("scope", sa.String(200), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("valid_from", Instant, nullable=False),
        sa.Column("known_since", Instant, nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
    )
    op.create_index("subject_fact_subject", "subject_fact", ["tenant", "subject"])
    op.create_table(
        "subject_decision",
        *_owner(key=True),
        sa.Column("scope", sa.String(200), primary_key=True),
        sa.Column("policy", sa.String(200), primary_key=True),
        sa.Column("decision", sa.String(200), primary_key=True),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("entry", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "subject_event", _number(), *_owner(key=False), sa.Column("event", sa.Text, nullable=False)
    )
    op.create_index("subject_event_subject", "subject_event", ["tenant", "subject"])
    op.create_table(
        "subject_due",
        *_owner(key=True),
        sa.Column("due", Instant, primary_key=True),
        sa.Column("names", sa.Text, nullable=False),
    )
    op.create_index("subject_due_due", "subject_due", ["due"])


def _webhooks() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("tenant", sa.String(100), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
    )
    op.create_table(
        "webhook_delivery",
        _number(),
        sa.Column("webhook", sa.String(32), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", Instant),
        sa.Column("error", sa.Text),
    )
    op.create_index("webhook_delivery_due", "webhook_delivery", ["due_at"])
