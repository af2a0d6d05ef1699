"""The service's tables; the migrations under `storage/migrations/versions/service` make them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)

from keyaccount.storage.columns import Instant

METADATA = MetaData()

DECISION_LOG = Table(
    "decision_log",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("policy", Text, nullable=False),
    Column("version", String(64), nullable=False),
    Column("reference", Text),
    Column("entry", Text),
    Column("digest", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index(
        "decision_log_reference",
        "tenant",
        "reference",
        sqlite_where=text("reference IS NOT NULL"),
        postgresql_where=text("reference IS NOT NULL"),
    ),
)
"""`at` is text, the very characters that the hash covers. `entry` is null once it is erased."""

LOG_HEAD = Table(
    "decision_log_head",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("erased", BigInteger, nullable=False, default=0),
)
"""The last link of each tenant's chain. Up to `erased`, the contents of entries may be gone."""

POLICY_VERSION = Table(
    "policy_version",
    METADATA,
    Column("version", String(64), primary_key=True),
    Column("stored_at", Instant, nullable=False),
    Column("files", Text, nullable=False),
)
"""The texts of every version that was ever served, so that a logged decision can be replayed."""

SERVING = Table(
    "policy_serving",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", String(64), nullable=False),
    Column("folder_version", String(64)),
    Column("shadow", String(64)),
    Column("changed_at", Instant, nullable=False),
)
"""One row. `folder_version` is the folder's content that was last taken up."""

SHADOW_DIFFERENCE = Table(
    "shadow_difference",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("policy", Text, nullable=False),
    Column("version", String(64), nullable=False),
    Column("shadow", String(64), nullable=False),
    Column("differences", Text, nullable=False),
)

API_KEY = Table(
    "api_key",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("tenant", String(100), nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("rate", Float),
    Column("created_at", Instant, nullable=False),
    Column("revoked", Boolean, nullable=False, default=False),
)
"""`digest` is SHA-256 of a secret of 256 random bits: no salt or slow hash adds to that."""

SUBJECT = Table(
    "subject",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("subject", String(200), primary_key=True),
)
"""Whom facts are kept of; the row is the lock under which its facts and decisions change."""

SUBJECT_FACT = Table(
    "subject_fact",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("tenant", String(100), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("scope", String(200), nullable=False),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("known_since", Instant, nullable=False),
    Column("caller", Text, nullable=False),
    Index("subject_fact_subject", "tenant", "subject"),
)
"""Nothing is ever overwritten: what was known when, and valid from when, can be told later.

`scope` is empty for what holds in all scopes; `value` is JSON. Sensitive values stand here in
clear, since decisions are made of them again; no route reads them out.
"""

SUBJECT_DECISION = Table(
    "subject_decision",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("scope", String(200), primary_key=True),
    Column("policy", String(200), primary_key=True),
    Column("decision", String(200), primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("entry", BigInteger, nullable=False),
)
"""What each decision came to last, and the entry of the log that says so."""

SUBJECT_EVENT = Table(
    "subject_event",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("tenant", String(100), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("event", Text, nullable=False),
    Index("subject_event_subject", "tenant", "subject"),
)

SUBJECT_DUE = Table(
    "subject_due",
    METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("due", Instant, primary_key=True),
    Column("names", Text, nullable=False),
    Index("subject_due_due", "due"),
)
"""Facts known already that become valid later: then the decisions are made again."""

WEBHOOK = Table(
    "webhook",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("tenant", String(100), nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)

WEBHOOK_DELIVERY = Table(
    "webhook_delivery",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("webhook", String(32), nullable=False),
    Column("event_id", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant),
    Column("error", Text),
    Index("webhook_delivery_due", "due_at"),
)
"""What is still to be sent; `due_at` is null where it was given up. What arrived is deleted."""

LIST_JOB = Table(
    "list_job",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("tenant", String(100), nullable=False),
    Column("policy", Text, nullable=False),
    Column("ending", String(10), nullable=False),
    Column("caller", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("progress", Float, nullable=False),
    Column("told", Text),
    Column("created_at", Instant, nullable=False),
    Column("beat_at", Instant, nullable=False),
    Column("version", String(64), nullable=False),
    Column("as_of", String(10), nullable=False),
    Column("asked", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("ended_at", Instant),
    Column("seen", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("first_entry", BigInteger),
    Column("last_entry", BigInteger),
    Index("list_job_state", "state"),
    Index("list_job_tenant", "tenant", "created_at"),
)
"""Uploaded lists.

`beat_at` moves while somebody works on it; `asked` is JSON, and so is `told`: counts, or errors.
Rows up to `seen` are logged, which made `rows` entries.
"""
