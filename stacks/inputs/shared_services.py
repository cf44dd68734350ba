"""What each cell has beside its tenants, as the environment's file says it: data services that tenants share, GPUs."""

from __future__ import annotations

from pydantic import Field

from stacks.inputs import fields
from stacks.inputs.document import Section
from stacks.inputs.shared_gpus import SharedGpus


class SharedDatabases(Section):
    """RDS instances of each cell that tenants of pooled tiers have their rows, schemas or databases in."""

    count: int = Field(default=1, strict=True, ge=0, le=20, description="instances in each cell; grows, never shrinks")
    instance_class: fields.DatabaseClass = "db.m7g.large"
    storage_gb: fields.Gigabytes = 100
    backup_days: fields.BackupDays = 14
    multi_az: fields.Flag = False
    connections: int = Field(
        default=800,
        strict=True,
        ge=10,
        description="connections that all roles of an instance's tenants may have together: workloads, owner, reader, "
        "members, each up to its limit",
    )
    tables: int = Field(
        default=5000,
        strict=True,
        ge=100,
        description="tables that an instance's tenants may have together: more can't be dumped in one go with "
        "PostgreSQL's own number of locks",
    )
    reference: list[fields.ReferenceSchema] = Field(
        default_factory=list[str],
        description="schemas of tables that the application makes and tenants read, each those that its profile names",
    )


class SharedCaches(Section):
    """ElastiCache groups of each cell that tenants of pooled tiers have users in."""

    count: int = Field(default=1, strict=True, ge=0, le=20, description="groups in each cell; grows, never shrinks")
    node_type: fields.CacheClass = "cache.m7g.large"
    replicas: fields.Replicas = 0
    snapshot_days: int = Field(default=3, strict=True, ge=0, le=35, description="days that snapshots are kept")
    users: int = Field(
        default=90, strict=True, ge=1, le=99, description="users of a group; ElastiCache takes 100, one is ours"
    )


class ModelCache(Section):
    """A bucket of each cell with models that tenants read, each those that its profile names."""

    publishers: list[fields.Arn] = Field(min_length=1, description="IAM roles that put models there; nobody else does")


class SharedQueue(Section):
    """A queue of each cell that tenants send to, each those that its profile names."""

    workers: list[fields.Arn] = Field(
        min_length=1, description="IAM roles that work it off; nobody else takes messages from it"
    )


class SharedData(Section):
    """What tenants of pooled tiers have their slices of: databases, caches, and buckets under a key of the cell."""

    databases: SharedDatabases = SharedDatabases()
    caches: SharedCaches = SharedCaches()
    models: ModelCache | None = Field(default=None, description="models that tenants read; default: none")
    queues: dict[fields.QueueName, SharedQueue] = Field(
        default_factory=dict[fields.QueueName, SharedQueue],
        description="queues that tenants send to, by name; default: none",
    )
    noncurrent_days: int = Field(
        default=30, strict=True, ge=1, description="days that overwritten objects can be had back"
    )
    backup_days: int = Field(
        default=90, strict=True, ge=1, description="days that objects in the backups bucket are kept"
    )


class SharedServices(Section):
    """What each cell's shared services have, and what they are held to."""

    budget_usd: fields.Count = Field(
        default=0, description="US dollars a month that a cell may cost before alarms say so; 0 for no budget"
    )
    vault_days: int = Field(
        default=35, strict=True, ge=7, description="days that a cell's locked vault keeps each day's audit records"
    )
    data: SharedData | None = Field(
        default=None,
        description="what tenants share of databases, caches and buckets; default: every tenant has its own",
    )
    gpu: SharedGpus | None = Field(
        default=None, description="GPU nodes that tenants with a share use; default: whoever wants GPUs has own nodes"
    )
