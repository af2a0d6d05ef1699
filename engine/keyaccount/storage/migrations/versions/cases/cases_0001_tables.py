"""The tables of cases."""

import sqlalchemy as sa
from alembic import op

from keyaccount.storage.columns import Instant

revision = "cases_0001"
down_revision = None
branch_labels = ("cases",)
depends_on = None


def _case_id() -> "sa.Column[str]":
    return sa.Column("case_id", sa.String(), sa.ForeignKey("cases.id"), primary_key=True)


def upgrade() -> None:
    """Make them."""
    _cases_and_commands()
    _deadlines_and_effects()
    _records()


def _cases_and_commands() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("plan_version", sa.String(), nullable=False),
        sa.Column("subject", sa.String()),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("open_steps", sa.Text(), nullable=False),
        sa.Column("due", Instant()),
        sa.Column("state", sa.Text()),
        sa.Column("commands", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "status in ('open', 'completed', 'cancelled', 'rejected')", name="case_status"
        ),
    )
    op.create_index("cases_by_plan", "cases", ["plan", "status"])
    is_open = sa.text("status = 'open'")
    op.create_index(
        "open_cases_by_due", "cases", ["due"], sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_index(
        "one_open_case_a_subject",
        "cases",
        ["plan", "subject"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "case_commands",
        _case_id(),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String()),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("plan_version", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("one_command_a_key", "case_commands", ["case_id", "key"], unique=True)


def _deadlines_and_effects() -> None:
    op.create_table(
        "case_deadlines",
        _case_id(),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("due", Instant(), nullable=False),
        sa.Column("wakes", Instant(), nullable=False, index=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
    )
    op.create_table(
        "case_effects",
        _case_id(),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("wakes", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", Instant()),
        sa.Column("error", sa.Text()),
        sa.CheckConstraint("status in ('pending', 'done', 'dead')", name="effect_status"),
    )
    pending = sa.text("status = 'pending'")
    op.create_index(
        "pending_effects", "case_effects", ["wakes"], sqlite_where=pending, postgresql_where=pending
    )


def _records() -> None:
    op.create_table(
        "case_entries",
        _case_id(),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("step", sa.String()),
        sa.Column("data", sa.Text(), nullable=False),
    )
    op.create_table(
        "case_shares",
        _case_id(),
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("amount", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("shares_of_a_group", "case_shares", ["plan", "name", "group", "at"])
    op.create_table(
        "case_plan_versions",
        sa.Column("plan", sa.String(), primary_key=True),
        sa.Column("version", sa.String(), primary_key=True),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("kept_at", Instant(), nullable=False),
    )
