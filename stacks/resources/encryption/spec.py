"""A tenant's key: a KMS key of its own under which everything it has is encrypted, or the cell's with its own context.

Under the cell's key a tenant's role works with what was encrypted for it only: with the encryption context
`tenant = <slug>`, its own secrets, and objects through S3 (KMS Developer Guide, encrypt_context).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.blueprint import clusters
from stacks.blueprint.clusters import SCALING_ROLE
from stacks.inputs.fields import Isolation
from stacks.resources.kind import SILO_OR_POOL, Ask, Claim, Kind, PriceDimension
from stacks.resources.quotas import KEYS, Demand

DELETION_DAYS = 30
"""The longest that KMS waits: within it a deletion can be taken back."""


@dataclass(frozen=True, slots=True)
class EncryptionSpec:
    """The key's name, who administers it, for which log groups the service may use it.

    `service_roles` are ARNs of the roles by which services make disks and backups under it. `context` is what the
    tenant's role has to name as `tenant`, nothing where the key is its own.
    """

    isolation: Isolation
    alias: str
    deployer: str
    log_groups: str
    deletion_days: int
    service_roles: tuple[str, ...]
    context: str = ""


def resolve(ask: Ask) -> EncryptionSpec:
    """A key of its own, rotated each year; or the one that its cell's tenants share."""
    seat, isolation = clusters.of_tenant(ask), ask.tier.of("encryption")
    own = isolation is Isolation.SILO
    return EncryptionSpec(
        isolation=isolation,
        alias=ask.names.alias("key") if own else ask.cell.alias("data"),
        deployer=ask.environment.deployer,
        log_groups=ask.names.log_group("*"),
        deletion_days=DELETION_DAYS,
        service_roles=tuple(role for role in (_scaling(ask), seat.storage_role, _backing_up(ask)) if role and own),
        context="" if own else ask.facts.slug,
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
    """Its own key; requests by use."""
    if not spec.context:
        yield PriceDimension("kms.key", "key-month", 1)
    yield PriceDimension("kms.requests.symmetric", "10k requests", None)


def demands(spec: EncryptionSpec) -> Iterator[Demand]:
    """Its own key."""
    if not spec.context:
        yield Demand(KEYS, 1)


def claims(spec: EncryptionSpec) -> Iterator[Claim]:
    """Nobody else's role can use the key."""
    yield Claim("NEIGHBOURS_CANNOT_DECRYPT", "OWN_ROLE_DECRYPTS")
    if spec.context:
        yield Claim("OTHER_CONTEXTS_REFUSED", "OWN_CONTEXT_DECRYPTS")
    else:
        yield Claim("KEY_POLICY_NAMES_NO_OTHER_TENANT", "KEY_POLICY_NAMES_OWN_ROLE")


KIND = Kind("encryption", "Encryption", EncryptionSpec, SILO_OR_POOL, resolve, prices, claims, demands=demands)
