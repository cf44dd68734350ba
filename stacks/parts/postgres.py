"""An RDS for PostgreSQL instance as all of ours are, and the ways into it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
import pulumi_aws as aws
import pulumi_postgresql as postgresql

from stacks.blueprint.data import FAMILY, MASTER, MASTER_DATABASE, DatabasePlan
from stacks.conventions import addressing
from stacks.inputs.fields import Isolation
from stacks.parts.place import Place
from stacks.parts.row_security import RowSecurityProvider, RowSecurityProviderArgs
from stacks.parts.scope import Component

# UTC, at night in both Europe and America's east; maintenance follows the backup.
_BACKUP_WINDOW: Final = "03:00-04:00"
_MAINTENANCE_WINDOW: Final = "sun:04:30-sun:05:30"
_VERIFIED: Final = "verify-full"


def instance(owner: Component, plan: DatabasePlan, isolation: Isolation, place: Place, role: str) -> aws.rds.Instance:
    """The instance with its subnets and settings. Its master's password is RDS's own secret."""
    scope = owner.scope
    labels = scope.labels(isolation, role)
    subnets = aws.rds.SubnetGroup(
        role,
        description=f"Data subnets of {scope.names.slug}",
        subnet_ids=list(place.subnet_ids),
        tags=labels,
        opts=owner.child(),
    )
    tls = aws.rds.ParameterGroupParameterArgs(name="rds.force_ssl", value="1", apply_method="immediate")
    parameters = aws.rds.ParameterGroup(
        role,
        family=FAMILY,
        description=f"TLS forced, for {scope.names.slug}",
        parameters=[tls],
        tags=labels,
        opts=owner.child(),
    )
    return aws.rds.Instance(
        role,
        identifier=plan.identifier,
        engine="postgres",
        engine_version=plan.engine_version,
        auto_minor_version_upgrade=True,
        instance_class=plan.instance_class,
        allocated_storage=plan.storage_gb,
        storage_type="gp3",
        storage_encrypted=True,
        kms_key_id=place.key,
        multi_az=plan.multi_az,
        username=MASTER,
        manage_master_user_password=True,
        master_user_secret_kms_key_id=place.key,
        port=addressing.DATABASE_PORT,
        publicly_accessible=False,
        db_subnet_group_name=subnets.name,
        parameter_group_name=parameters.name,
        vpc_security_group_ids=place.groups,
        backup_retention_period=plan.backup_days,
        backup_window=_BACKUP_WINDOW,
        maintenance_window=_MAINTENANCE_WINDOW,
        copy_tags_to_snapshot=True,
        # Once retired, the final snapshot is what a destroy leaves, and what a purge deletes. Kept backups would
        # outlive the purge by weeks; an instance that is lost while it serves keeps them.
        delete_automated_backups=not scope.phase.protects_services,
        deletion_protection=scope.phase.protects_services,
        skip_final_snapshot=False,
        final_snapshot_identifier=scope.final_snapshot(role) or scope.names.of("final"),
        apply_immediately=True,
        tags=labels,
        opts=owner.child(protect=scope.phase.protects_services),
    )


@dataclass(frozen=True, slots=True)
class Login:
    """Where a server answers, and as whom."""

    host: pulumi.Output[str]
    port: pulumi.Output[int]
    username: pulumi.Input[str]
    database: pulumi.Input[str]
    password: pulumi.Output[str] = field(repr=False)


def master(owner: Component, instance: aws.rds.Instance) -> Login:
    """The master's, with the password from the secret that RDS keeps for it now.

    RDS is asked for it and not the state: an instance that was restored under its name has another secret.
    """
    name = pulumi.Output.all(instance.id, instance.identifier).apply(lambda known: str(known[1]))
    there = aws.rds.get_instance_output(db_instance_identifier=name, opts=pulumi.InvokeOutputOptions(parent=owner))
    arn = there.master_user_secrets.apply(_secret_arn)
    password = _secret(owner, arn).apply(lambda secret: str(secret["password"]))
    return Login(instance.address, instance.port, MASTER, MASTER_DATABASE, password)


def by_secret(owner: Component, arn: pulumi.Input[str]) -> Login:
    """Whoever's the secret holds: host, port, database, user and password."""
    login = _secret(owner, arn)
    return Login(
        host=login.apply(lambda secret: str(secret["host"])),
        port=login.apply(lambda secret: int(secret["port"])),
        username=login.apply(lambda secret: str(secret["username"])),
        password=login.apply(lambda secret: str(secret["password"])),
        database=login.apply(lambda secret: str(secret["dbname"])),
    )


def provider(owner: Component, name: str, login: Login) -> postgresql.Provider:
    """The provider that works as this login.

    It checks the server's certificate: the embedded engine knows the local cloud's authority, Pulumi's plugin takes it
    from `PGSSLROOTCERT` (on AWS, the bundle that RDS publishes).
    """
    return postgresql.Provider(
        name,
        host=login.host,
        port=login.port,
        username=login.username,
        password=pulumi.Output.secret(login.password),
        database=login.database,
        sslmode=_VERIFIED,
        superuser=False,
        opts=pulumi.ResourceOptions(parent=owner),
    )


def row_security(owner: Component, name: str, login: Login) -> RowSecurityProvider:
    """The same for policies on rows."""
    args = RowSecurityProviderArgs(
        host=login.host,
        port=login.port,
        username=login.username,
        password=login.password,
        database=login.database,
        sslmode=_VERIFIED,
    )
    return RowSecurityProvider(name, args, pulumi.ResourceOptions(parent=owner))


def _secret(owner: Component, arn: pulumi.Input[str]) -> pulumi.Output[dict[str, Any]]:
    found = aws.secretsmanager.get_secret_version_output(secret_id=arn, opts=pulumi.InvokeOutputOptions(parent=owner))
    return pulumi.Output.secret(found.secret_string.apply(_parsed))


def _parsed(text: str) -> dict[str, Any]:
    return dict(json.loads(text))


def _secret_arn(secrets: Sequence[aws.rds.outputs.GetInstanceMasterUserSecretResult]) -> str:
    return secrets[0].secret_arn
