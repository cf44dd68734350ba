"""Declares a DatabaseSpec: the instance, and inside it the tenant's login, database, schema and grants."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_postgresql as postgresql
import pulumi_random as random

from stacks.conventions import addressing
from stacks.parts.place import Place
from stacks.parts.scope import Component, Scope
from stacks.resources.database.spec import FAMILY, MASTER, MASTER_DATABASE, DatabaseSpec

_PASSWORD_LENGTH = 32
# UTC, at night in both Europe and America's east; maintenance follows the backup.
_BACKUP_WINDOW = "03:00-04:00"
_MAINTENANCE_WINDOW = "sun:04:30-sun:05:30"


class Database(Component):
    """The instance. Its master's password is RDS's own secret; nobody but this program works as master."""

    def __init__(self, spec: DatabaseSpec, scope: Scope, place: Place) -> None:
        super().__init__("Database", scope)
        self.spec, self.place = spec, place
        self.instance = self._instance(self._subnets(), self._parameters())
        drawn = random.RandomPassword("database-login", length=_PASSWORD_LENGTH, special=False, opts=self.child())
        self.password = pulumi.Output.secret(drawn.result)
        Login(self)
        self.register_outputs({"endpoint": self.instance.address})

    def login(self) -> dict[str, Any]:
        """What the tenant's workloads log in with."""
        return {
            "host": self.instance.address,
            "port": self.instance.port,
            "dbname": self.spec.database,
            "username": self.spec.login,
            "password": self.password,
        }

    def _subnets(self) -> aws.rds.SubnetGroup:
        return aws.rds.SubnetGroup(
            "database",
            description=f"Data subnets of tenant stack {self.scope.names.slug}",
            subnet_ids=list(self.place.subnet_ids),
            tags=self.scope.labels(self.spec.isolation, "database"),
            opts=self.child(),
        )

    def _parameters(self) -> aws.rds.ParameterGroup:
        tls = aws.rds.ParameterGroupParameterArgs(name="rds.force_ssl", value="1", apply_method="immediate")
        return aws.rds.ParameterGroup(
            "database",
            family=FAMILY,
            description=f"TLS forced, for tenant stack {self.scope.names.slug}",
            parameters=[tls],
            tags=self.scope.labels(self.spec.isolation, "database"),
            opts=self.child(),
        )

    def _instance(self, subnets: aws.rds.SubnetGroup, parameters: aws.rds.ParameterGroup) -> aws.rds.Instance:
        spec, scope, place = self.spec, self.scope, self.place
        run = scope.phase.run_id
        return aws.rds.Instance(
            "database",
            identifier=spec.identifier,
            engine="postgres",
            engine_version=spec.engine_version,
            auto_minor_version_upgrade=True,
            instance_class=spec.instance_class,
            allocated_storage=spec.storage_gb,
            storage_type="gp3",
            storage_encrypted=True,
            kms_key_id=place.key,
            multi_az=spec.multi_az,
            username=MASTER,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=place.key,
            port=addressing.DATABASE_PORT,
            publicly_accessible=False,
            db_subnet_group_name=subnets.name,
            parameter_group_name=parameters.name,
            vpc_security_group_ids=[place.security_group_id],
            backup_retention_period=spec.backup_days,
            backup_window=_BACKUP_WINDOW,
            maintenance_window=_MAINTENANCE_WINDOW,
            copy_tags_to_snapshot=True,
            # Once retired, the final snapshot is what a destroy leaves, and what a purge deletes. Kept backups would
            # outlive the purge by weeks; an instance that is lost while it serves keeps them.
            delete_automated_backups=not scope.phase.protects_services,
            deletion_protection=scope.phase.protects_services,
            skip_final_snapshot=False,
            final_snapshot_identifier=scope.names.final_snapshot(run) if run else scope.names.of("final"),
            apply_immediately=True,
            tags=scope.labels(spec.isolation, "database"),
            opts=self.child(protect=scope.phase.protects_services),
        )


class Login(Component):
    """What the tenant's workloads use inside the instance.

    It is kept when it is no longer declared: it goes with the instance, and the final snapshot must hold it.
    """

    def __init__(self, database: Database) -> None:
        super().__init__("Login", database.scope, parent=database)
        self.spec = database.spec
        self.provider = self._master(database.instance)
        role = postgresql.Role(
            "login",
            name=self.spec.login,
            login=True,
            password=database.password,
            connection_limit=self.spec.connection_limit,
            search_paths=[self.spec.schema],
            roles=[],
            opts=self._inside(),
        )
        own = postgresql.Database("own", name=self.spec.database, opts=self._inside())
        schema = postgresql.Schema(
            "own", name=self.spec.schema, database=own.name, owner=role.name, opts=self._inside()
        )
        self._grants(role, own, schema)
        self.register_outputs({})

    def _master(self, instance: aws.rds.Instance) -> postgresql.Provider:
        """The provider that works as master, with the password from the secret that RDS keeps for it.

        It checks the server's certificate: the embedded engine knows the local cloud's authority, Pulumi's plugin takes
        it from `PGSSLROOTCERT` (on AWS, the bundle that RDS publishes).
        """
        arn = instance.master_user_secrets.apply(_secret_arn)
        found = aws.secretsmanager.get_secret_version_output(
            secret_id=arn, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        return postgresql.Provider(
            "master",
            host=instance.address,
            port=instance.port,
            username=MASTER,
            password=pulumi.Output.secret(found.secret_string.apply(_password)),
            database=MASTER_DATABASE,
            sslmode="verify-full",
            superuser=False,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _grants(self, role: postgresql.Role, own: postgresql.Database, schema: postgresql.Schema) -> None:
        """Nobody connects by being PUBLIC. One after the other: two grants on one object at once collide."""
        nobody = postgresql.Grant(
            "public-database",
            database=own.name,
            role="public",
            object_type="database",
            privileges=[],
            opts=self._inside(schema),
        )
        connects = postgresql.Grant(
            "login-database",
            database=own.name,
            role=role.name,
            object_type="database",
            privileges=["CONNECT", "TEMPORARY"],
            opts=self._inside(nobody),
        )
        postgresql.Grant(
            "public-schema",
            database=own.name,
            role="public",
            object_type="schema",
            schema="public",
            privileges=[],
            opts=self._inside(connects),
        )

    def _inside(self, *after: pulumi.Resource) -> pulumi.ResourceOptions:
        options = self.child(after=after, retain=True)
        options.provider = self.provider
        return options


def _secret_arn(secrets: Sequence[Any]) -> str:
    return str(secrets[0]["secret_arn"])


def _password(secret: str) -> str:
    return str(json.loads(secret)["password"])
