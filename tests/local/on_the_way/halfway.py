"""A tenant as far as it is made: its blueprint, and the outputs that its stack would have if it ended here.

Pulumi tells a stack's outputs at the end of a run. Until then they are those of the last run, and what the steps since
then have told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from operations.bundle import Bundle
from operations.isolation.model import Party
from operations.registry.model import Record
from stacks.blueprint import model as blueprints
from stacks.blueprint.model import Blueprint
from stacks.conventions import addressing
from stacks.inputs.fields import Isolation
from stacks.resources.cache.spec import CacheSpec
from stacks.resources.database.spec import DatabaseSpec
from stacks.resources.encryption.spec import EncryptionSpec
from stacks.resources.namespace.spec import NamespaceSpec
from stacks.resources.object_store.spec import ObjectStoreSpec
from tests.local.on_the_way.stepping import Step

_SECRET: Final = "aws:secretsmanager/secret:Secret"
_BUCKET: Final = "aws:s3/bucket:Bucket"
_GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
_TOLD: Final = {
    ("aws:iam/role:Role", "workload"): ("roleArn", "arn"),
    ("aws:kms/key:Key", "key"): ("keyArn", "arn"),
    (_SECRET, "database-login"): ("databaseSecretArn", "arn"),
    (_SECRET, "database-people"): ("databasePeopleSecretArn", "arn"),
    (_SECRET, "cache-login"): ("cacheSecretArn", "arn"),
    (_SECRET, "api-key"): ("apiKeySecretArn", "arn"),
    ("aws:apigateway/apiKey:ApiKey", "api"): ("apiKeyId", "id"),
    ("aws:apigateway/usagePlan:UsagePlan", "api"): ("usagePlanId", "id"),
    (_BUCKET, "data"): ("dataBucket", "bucket"),
    (_BUCKET, "backups"): ("backupBucket", "bucket"),
    ("aws:cloudwatch/logGroup:LogGroup", "workload"): ("logGroup", "name"),
    ("aws:rds/instance:Instance", "database"): ("databaseEndpoint", "address"),
    ("aws:elasticache/replicationGroup:ReplicationGroup", "cache"): ("cacheEndpoint", "primaryEndpointAddress"),
}
"""Which output says which property of which resource."""
DESCRIPTIVE: Final = frozenset(
    {
        *("backupVault", "blueprint", "digest", "facts", "incarnation", "phase", "slug", "targetGroupArn", "tenant"),
        *("roleId", "tier", "tierVersion", "url"),
    }
)
"""Outputs that no assertion reads."""


class Halfway:
    """A tenant on its way from blueprint `before` to `blueprint`. `there` are types and names of what stands of it.

    Its outputs grow by what steps tell. What is deleted keeps its name: it is asked for, and gone.
    """

    def __init__(self, blueprint: Blueprint, known: Mapping[str, Any], age: int) -> None:
        self.blueprint, self.before, self.outputs, self._age = blueprint, blueprint, dict(known), age
        self.there = set[tuple[str, str]]()

    def take(self, step: Step) -> None:
        """One more step is done."""
        made = (step.type, step.name)
        if step.told is None:
            self.there -= {made}
            return
        self.there |= {made}
        if step.type == _GROUP:
            self.outputs["securityGroups"] = {**self.outputs.get("securityGroups", {}), step.name: step.told["id"]}
        elif made in _TOLD:
            output, property = _TOLD[made]
            self.outputs[output] = step.told[property]

    def turn(self, blueprint: Blueprint) -> None:
        """It is to become something else from now on."""
        self.before, self.blueprint = self.blueprint, blueprint

    def parties(self) -> tuple[Party, ...]:
        """As the verifier sees it now: as what it is to be, and as what it was where that is something else."""
        blueprints = (self.blueprint, self.before) if self.before != self.blueprint else (self.blueprint,)
        outputs = dict(self.outputs)
        return tuple(Party(each.tenant_id, each.stack, each.digest, each, outputs, self._age) for each in blueprints)


def unmade(bundle: Bundle, blueprint: Blueprint) -> dict[str, Any]:
    """What is known before the first step: names that the blueprint chose, and what the tenant shares with its cell."""
    cell = {name: output.value for name, output in bundle.records().outputs(blueprint.shared_stack).items()}
    database, cache, objects = blueprint.of(DatabaseSpec), blueprint.of(CacheSpec), blueprint.of(ObjectStoreSpec)
    known: dict[str, Any] = {
        "cluster": cell["clusterName"],
        "namespace": blueprint.of(NamespaceSpec).name,
        "databaseName": database.database,
        "databasePort": addressing.DATABASE_PORT,
        "cachePort": addressing.CACHE_PORT,
        "cacheDatabase": str(cache.database),
    }
    if database.shard is not None:
        known["databaseEndpoint"] = cell["databases"][str(database.shard)]["address"]
    if cache.shard is not None:
        known["cacheEndpoint"] = cell["caches"][str(cache.shard)]["address"]
    if objects.isolation is not Isolation.SILO:
        known |= {"dataBucket": objects.data_bucket, "backupBucket": objects.backup_bucket}
        known |= {"dataFolder": objects.container}
    if blueprint.of(EncryptionSpec).isolation is not Isolation.SILO:
        known["keyArn"] = cell["dataKeyArn"]
    return known


def whole(record: Record, age: int) -> Party:
    """A tenant that nobody changes."""
    blueprint = blueprints.from_json(record.applied or record.blueprint)
    return Party(record.subject, record.stack, record.digest, blueprint, plain(record), age)


def plain(record: Record) -> dict[str, Any]:
    """A record's outputs that are no secret."""
    return {name: output.value for name, output in record.outputs.items() if not output.secret}
