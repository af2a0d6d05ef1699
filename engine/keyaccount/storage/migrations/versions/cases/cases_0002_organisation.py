"""People, roles and deputies: every edition that was ever imported."""

import sqlalchemy as sa
from alembic import op

from keyaccount.storage.columns import Instant

revision = "cases_0002"
down_revision = "cases_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "organisation_editions",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("imported_by", sa.String()),
        sa.Column("imported_at", Instant(), nullable=False),
    )
    op.create_table(
        "organisation_people",
        *_line(),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("superior", sa.String()),
        sa.Column("email", sa.String()),
    )
    op.create_table(
        "organisation_roles",
        *_line(),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("region", sa.String()),
        *_days(),
    )
    op.create_table(
        "organisation_deputies",
        *_line(),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("deputy", sa.String(), nullable=False),
        *_days(),
    )


def _line() -> "tuple[sa.Column[int], sa.Column[int]]":
    edition = sa.ForeignKey("organisation_editions.number")
    return (
        sa.Column("edition", sa.Integer(), edition, primary_key=True, autoincrement=False),
        sa.Column("place", sa.Integer(), primary_key=True, autoincrement=False),
    )


def _days() -> "tuple[sa.Column[str], sa.Column[str]]":
    return sa.Column("since", sa.String()), sa.Column("through", sa.String())
