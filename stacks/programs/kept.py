"""What of a tenant outlives its services: its key, its objects, its vault, its slice of a shared database."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from stacks.blueprint.model import Blueprint
from stacks.inputs.fields import Isolation
from stacks.parts.bucket import BucketKey
from stacks.parts.cell import Cell
from stacks.parts.scope import Scope
from stacks.programs import members
from stacks.resources.backup.component import Vault
from stacks.resources.backup.spec import BackupSpec
from stacks.resources.database.slice import Rows, Shard, Slice
from stacks.resources.database.spec import DatabaseSpec
from stacks.resources.encryption.component import Encryption
from stacks.resources.encryption.spec import EncryptionSpec
from stacks.resources.members.logins import DatabaseLogins
from stacks.resources.object_store.component import ObjectStore
from stacks.resources.object_store.spec import ObjectStoreSpec


@dataclass(frozen=True, slots=True)
class Kept:
    """The ARN of the key; buckets and vault where they are the tenant's own; its slice where it shares a database."""

    key: pulumi.Output[str]
    objects: ObjectStore | None
    vault: Vault | None
    slice: Slice | Rows | None
    members: DatabaseLogins | None


@dataclass(frozen=True, slots=True)
class Users:
    """ARNs of the roles that use the key: the workloads', and the members' where there are any."""

    workload: pulumi.Output[str]
    members: pulumi.Output[str] | None


def declare(blueprint: Blueprint, scope: Scope, cell: Cell, users: Users | None) -> Kept:
    """Declare it. `users` is None where the tenant is archived."""
    key = _key(blueprint, scope, cell, users)
    objects = _objects(blueprint, scope, cell, key)
    backup = blueprint.of(BackupSpec)
    vault = Vault(backup, scope, key.arn) if backup.isolation is Isolation.SILO else None
    pulumi.export("keyArn", key.arn)
    pulumi.export("backupVault", vault.vault.name if vault else backup.vault)
    part = _slice(blueprint, scope, cell)
    return Kept(key.arn, objects, vault, part, members.in_slice(blueprint, scope, part) if part else None)


def _key(blueprint: Blueprint, scope: Scope, cell: Cell, users: Users | None) -> BucketKey:
    spec = blueprint.of(EncryptionSpec)
    if spec.isolation is not Isolation.SILO:
        return BucketKey(cell.text("dataKeyArn"))
    own = Encryption(spec, scope, users.workload if users else None, users.members if users else None).key
    return BucketKey(own.arn, own)


def _objects(blueprint: Blueprint, scope: Scope, cell: Cell, key: BucketKey) -> ObjectStore | None:
    spec = blueprint.of(ObjectStoreSpec)
    own = None
    if spec.isolation is Isolation.SILO:
        own = ObjectStore(spec, scope, key, cell.text("accessLogsBucket"))
    pulumi.export("dataBucket", own.data.bucket.bucket if own else spec.data_bucket)
    pulumi.export("backupBucket", own.backups.bucket.bucket if own else spec.backup_bucket)
    if own and own.models:
        pulumi.export("modelBucket", own.models.bucket.bucket)
    if spec.shared_models:
        pulumi.export("sharedModels", {"bucket": spec.shared_bucket, "folders": list(spec.shared_models)})
    if spec.container:
        pulumi.export("dataFolder", spec.container)
    return own


def _slice(blueprint: Blueprint, scope: Scope, cell: Cell) -> Slice | Rows | None:
    spec = blueprint.of(DatabaseSpec)
    if spec.shard is None:
        return None
    if spec.reference:
        pulumi.export("referenceSchemas", list(spec.reference))
    shard = Shard(
        address=cell.of("databases", spec.shard, lambda found: str(found["address"])),
        port=cell.of("databases", spec.shard, lambda found: int(found["port"])),
        deployer_secret=cell.of("databases", spec.shard, lambda found: str(found["deployerSecretArn"])),
    )
    return (Rows if spec.isolation is Isolation.POOL else Slice)(spec, scope, shard)
