"""The tables of cases. `storage/migrations/versions/cases/` makes them; a test holds both together.

Only pending deadlines have rows, so that finding what is due costs the same after years.
`cases.due` is the earliest limit of the open steps; `wakes` is when a worker next looks:
the deadline's own instant, or the next try after a failure.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)

from keyaccount.cases.documents import Document
from keyaccount.storage.columns import Instant

METADATA = MetaData()


def _case_id() -> Column[str]:
    return Column("case_id", String, ForeignKey("cases.id"), primary_key=True)


CASES = Table(
    "cases",
    METADATA,
    Column("id", String, primary_key=True),
    Column("plan", String, nullable=False),
    Column("plan_version", String, nullable=False),
    Column("subject", String),
    Column("status", String, nullable=False),
    Column("title", String, nullable=False),
    Column("open_steps", Document, nullable=False),
    Column("due", Instant),
    Column("state", Document),
    Column("commands", Integer, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    CheckConstraint("status in ('open', 'completed', 'cancelled', 'rejected')", name="case_status"),
)
Index("cases_by_plan", CASES.c.plan, CASES.c.status)
Index(
    "open_cases_by_due",
    CASES.c.due,
    sqlite_where=text("status = 'open'"),
    postgresql_where=text("status = 'open'"),
)
Index(
    "one_open_case_a_subject",
    CASES.c.plan,
    CASES.c.subject,
    unique=True,
    sqlite_where=text("status = 'open'"),
    postgresql_where=text("status = 'open'"),
)

COMMANDS = Table(
    "case_commands",
    METADATA,
    _case_id(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("actor", String),
    Column("data", Document, nullable=False),
    Column("plan_version", String, nullable=False),
    Column("at", Instant, nullable=False),
)
Index("one_command_a_key", COMMANDS.c.case_id, COMMANDS.c.key, unique=True)

DEADLINES = Table(
    "case_deadlines",
    METADATA,
    _case_id(),
    Column("key", String, primary_key=True),
    Column("due", Instant, nullable=False),
    Column("wakes", Instant, nullable=False, index=True),
    Column("failures", Integer, nullable=False),
    Column("error", Text),
)

EFFECTS = Table(
    "case_effects",
    METADATA,
    _case_id(),
    Column("key", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("data", Document, nullable=False),
    Column("status", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("wakes", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("done_at", Instant),
    Column("error", Text),
    CheckConstraint("status in ('pending', 'done', 'dead')", name="effect_status"),
)
Index(
    "pending_effects",
    EFFECTS.c.wakes,
    sqlite_where=text("status = 'pending'"),
    postgresql_where=text("status = 'pending'"),
)

ENTRIES = Table(
    "case_entries",
    METADATA,
    _case_id(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("kind", String, nullable=False),
    Column("step", String),
    Column("data", Document, nullable=False),
)

SHARES = Table(
    "case_shares",
    METADATA,
    _case_id(),
    Column("name", String, primary_key=True),
    Column("plan", String, nullable=False),
    Column("group", String, nullable=False),
    Column("amount", String, nullable=False),
    Column("at", Instant, nullable=False),
)
"""What each case adds to totals of its group. Amounts are text: SQLite's numbers are not exact."""
Index("shares_of_a_group", SHARES.c.plan, SHARES.c.name, SHARES.c.group, SHARES.c.at)

PLAN_VERSIONS = Table(
    "case_plan_versions",
    METADATA,
    Column("plan", String, primary_key=True),
    Column("version", String, primary_key=True),
    Column("definition", Text, nullable=False),
    Column("kept_at", Instant, nullable=False),
)
"""The plans that cases were opened under: an open case goes on under its own."""


def _line_of_edition() -> tuple[Column[int], Column[int]]:
    edition = ForeignKey("organisation_editions.number")
    return (
        Column("edition", Integer, edition, primary_key=True, autoincrement=False),
        Column("place", Integer, primary_key=True, autoincrement=False),
    )


def _days() -> tuple[Column[str], Column[str]]:
    return Column("since", String), Column("through", String)


ORGANISATION_EDITIONS = Table(
    "organisation_editions",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("version", String, nullable=False),
    Column("source", String, nullable=False),
    Column("imported_by", String),
    Column("imported_at", Instant, nullable=False),
)
"""What was imported when, and by whom; editions are only ever added."""

ORGANISATION_PEOPLE = Table(
    "organisation_people",
    METADATA,
    *_line_of_edition(),
    Column("id", String, nullable=False),
    Column("name", String, nullable=False),
    Column("superior", String),
    Column("email", String),
)

ORGANISATION_ROLES = Table(
    "organisation_roles",
    METADATA,
    *_line_of_edition(),
    Column("person", String, nullable=False),
    Column("role", String, nullable=False),
    Column("region", String),
    *_days(),
)

ORGANISATION_DEPUTIES = Table(
    "organisation_deputies",
    METADATA,
    *_line_of_edition(),
    Column("person", String, nullable=False),
    Column("deputy", String, nullable=False),
    *_days(),
)
