"""The registry's tables, as the newest migration leaves them; a test compares the two."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

metadata = MetaData()

# Times are ISO 8601 with their zone: SQLite has no time type that keeps it.
stacks = Table(
    "stacks",
    metadata,
    Column("environment", String(63), primary_key=True),
    Column("subject", String(127), primary_key=True),
    Column("incarnation", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("stack", String(255), nullable=False),
    Column("region", String(63), nullable=False),
    Column("cell", Integer, nullable=False),
    Column("slug", String(63), nullable=True),
    Column("tier", String(63), nullable=False),
    Column("tier_version", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("cidrs", JSON, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("blueprint", JSON, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("applied", JSON, nullable=False, server_default="{}"),
    Column("outputs", JSON, nullable=False),
    Column("settled", String(64), nullable=False, server_default=""),
    Column("failure", Text, nullable=False),
    Column("destruction_run", String(63), nullable=True),
    Column("destruction_step", String(16), nullable=True),
    Column("created_at", String(40), nullable=False),
    Column("updated_at", String(40), nullable=False),
    Column("active_since", String(40), nullable=True),
    Column("token", Integer, nullable=False),
    UniqueConstraint("environment", "slug", name="one_owner_per_slug"),
)

addresses = Table(
    "addresses",
    metadata,
    Column("environment", String(63), primary_key=True),
    Column("cidr", String(43), primary_key=True),
    Column("subject", String(127), nullable=False),
    Column("incarnation", Integer, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(63), primary_key=True),
    Column("environment", String(63), nullable=False),
    Column("subject", String(127), nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("started", String(40), nullable=False),
    Column("ended", String(40), nullable=True),
    Column("outcome", String(16), nullable=False),
    Column("summary", JSON, nullable=False),
    Column("error", Text, nullable=False),
    Column("plan", String(63), nullable=False, server_default=""),
    Index("runs_of_subject", "environment", "subject", "started"),
)

# A row is never deleted: its token has to go on rising. `until` NULL means that nobody holds the lease.
leases = Table(
    "leases",
    metadata,
    Column("name", String(255), primary_key=True),
    Column("token", Integer, nullable=False),
    Column("owner", JSON, nullable=False),
    Column("since", String(40), nullable=False),
    Column("until", String(40), nullable=True),
)

# One row a pod: samples of it join, and are not kept one by one. Times are in UTC and of one width: they are compared.
gpu_uses = Table(
    "gpu_uses",
    metadata,
    Column("environment", String(63), primary_key=True),
    Column("subject", String(127), primary_key=True),
    Column("incarnation", Integer, primary_key=True),
    Column("uid", String(63), primary_key=True),
    Column("gpus", Integer, nullable=False),
    Column("start", String(40), nullable=False),
    Column("until", String(40), nullable=False),
)
