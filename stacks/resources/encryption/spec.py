"""A tenant's key: a KMS key of its own under which everything it has is encrypted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.blueprint import clusters
from stacks.blueprint.clusters import SCALING_ROLE
from stacks.inputs.fields import Isolation
from stacks.resources.kind import SILO_ONLY, Ask, Claim, Kind, PriceDimension
from stacks.resources.quotas import KEYS, Demand

DELETION_DAYS = 30
"""The longest that KMS waits: within it a deletion can be taken back."""


@dataclass(frozen=True, slots=True)
class EncryptionSpec:
    """The key's name, who administers it, for which log groups the service may use it.

    `service_roles` are ARNs of the roles by which services make disks and backups under it.
    """

    isolation: Isolation
    alias: str
    deployer: str
    log_groups: str
    deletion_days: int
    service_roles: tuple[str, ...]


def resolve(ask: Ask) -> EncryptionSpec:
    """A key of its own, rotated each year."""
    seat = clusters.of_tenant(ask)
    return EncryptionSpec(
        isolation=Isolation.SILO,
        alias=ask.names.alias("key"),
        deployer=ask.environment.deployer,
        log_groups=ask.names.log_group("*"),
        deletion_days=DELETION_DAYS,
        service_roles=tuple(role for role in (_scaling(ask), seat.storage_role, _backing_up(ask)) if role),
    )


def _backing_up(ask: Ask) -> str:
    """The role of the stack that AWS Backup takes on."""
    return clusters.role_arn(ask.environment, ask.names.of("backup"))


def _scaling(ask: Ask) -> str:
    """The role by which Auto Scaling starts nodes, whose disks are under the tenant's key where they are its own."""
    if ask.profile.gpu is None and ask.profile.nodes is None and not ask.profile.cluster.dedicated:
        return ""
    return clusters.role_arn(ask.environment, SCALING_ROLE)


def prices(spec: EncryptionSpec) -> Iterator[PriceDimension]:
    """One key; requests by use."""
    yield PriceDimension("kms.key", "key-month", 1)
    yield PriceDimension("kms.requests.symmetric", "10k requests", None)


def demands(spec: EncryptionSpec) -> Iterator[Demand]:
    """One key."""
    yield Demand(KEYS, 1)


def claims(spec: EncryptionSpec) -> Iterator[Claim]:
    """Nobody else's role can use the key."""
    yield Claim("NEIGHBOURS_CANNOT_DECRYPT", "OWN_ROLE_DECRYPTS")
    yield Claim("KEY_POLICY_NAMES_NO_OTHER_TENANT", "KEY_POLICY_NAMES_OWN_ROLE")


KIND = Kind(
    "encryption", "Encryption", EncryptionSpec, SILO_ONLY, resolve, prices, claims, demands=demands, keeps_data=True
)
