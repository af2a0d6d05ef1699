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
