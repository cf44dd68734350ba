"""The one maker of names: tenant ids, slugs, and what resources are called in the cloud.

What holds data or is referred to from outside has a fixed name `<org>-<env>-<slug>-<role>`. Everything else takes
Pulumi's auto-names. A tenant's id never stands in a cloud name: `acme` is a prefix of `acme-eu`, and a name should
tell an outsider nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

ID_LENGTH: Final = (3, 30)
ID_PATTERN: Final = r"^[a-z][a-z0-9-]{1,28}[a-z0-9]$"
ORG_PATTERN: Final = r"^[a-z][a-z0-9]{1,7}$"
ENVIRONMENT_PATTERN: Final = r"^[a-z][a-z0-9]{1,9}$"

RESERVED: Final = frozenset(
    {
        "admin",
        "all",
        "audit",
        "aws",
        "billing",
        "default",
        "global",
        "internal",
        "kube-system",
        "local",
        "monitoring",
        "none",
        "null",
        "platform",
        "postgres",
        "public",
        "rds",
        "root",
        "shared",
        "system",
        "tenant",
        "tenants",
    }
)
"""Ids that mean something else to a cloud service, a database, or to this tool."""

MODEL_VOLUME: Final = "-model-"
"""What stands between slug and model in the name of a volume."""
_SLUG_CHARACTERS: Final = 9
_MEMBER_CHARACTERS: Final = 8


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong with a name: why, what is allowed, and the nearest name that would do."""

    why: str
    allowed: str
    nearest: str = ""


def complaints(tenant_id: str) -> Iterator[Complaint]:
    """Everything wrong with a tenant id; nothing when it is fine."""
    allowed = "3-30 of a-z, 0-9 and single hyphens, a letter first, a letter or digit last"
    if tenant_id in RESERVED:
        yield Complaint(f"`{tenant_id}` is a reserved word", "any other id", f"{tenant_id}-1")
        return
    before = len(tenant_id)
    if before > ID_LENGTH[1]:
        yield Complaint(f"{before} characters are too many", allowed, nearest_id(tenant_id))
    if before < ID_LENGTH[0]:
        told = "1 character is" if before == 1 else f"{before} characters are"
        yield Complaint(f"{told} too few", allowed)
    if tenant_id != tenant_id.lower():
        yield Complaint("upper case is not allowed", allowed, nearest_id(tenant_id))
    if "--" in tenant_id:
        yield Complaint("two hyphens in a row are not allowed", allowed, nearest_id(tenant_id))
    if re.search(r"[^a-zA-Z0-9-]", tenant_id):
        yield Complaint("it has other characters than letters, digits and hyphens", allowed, nearest_id(tenant_id))
    if re.match(r"[^a-zA-Z]", tenant_id) or tenant_id.endswith("-"):
        yield Complaint("it starts or ends with the wrong character", allowed, nearest_id(tenant_id))


def nearest_id(wrong: str) -> str:
    """A valid id like the wrong one, or nothing where there is none."""
    plain = re.sub(r"[^a-z0-9]+", "-", wrong.lower()).strip("-")
    plain = re.sub(r"^[^a-z]+", "", plain)[: ID_LENGTH[1]].rstrip("-")
    return plain if re.match(ID_PATTERN, plain) and plain not in RESERVED else ""


def slug(key: bytes, tenant_id: str, incarnation: int, salt: int = 0) -> str:
    """The tenant's name in the cloud: `t` and nine base32 characters, 45 bits of HMAC-SHA256.

    The same at each plan, another one when a destroyed id is used again. `salt` counts up where a slug is taken.
    """
    message = f"{tenant_id}/{incarnation}" + (f"/{salt}" if salt else "")
    return "t" + _base32(hmac.new(key, message.encode(), hashlib.sha256).digest())


def shared_slug(account: str, org: str, environment: str, region: str, cell: int) -> str:
    """The name in the cloud of a cell's shared services: `s` and nine characters; needs no key, it is no secret.

    It carries the account, because bucket names are global.
    """
    message = "/".join((account, org, environment, region, str(cell)))
    return "s" + _base32(hashlib.sha256(message.encode()).digest())


def member(slug: str, member_id: str) -> str:
    """A member's name in the cloud, beside its tenant's: `m` and eight base32 characters, 40 bits of SHA-256.

    An ElastiCache user's id has room for no more. Nobody who does not know the slug can guess it from an id.
    """
    return "m" + _base32(hashlib.sha256(f"{slug}/{member_id}".encode()).digest())[:_MEMBER_CHARACTERS]


def member_namespace(slug: str, member_id: str) -> str:
    """The Kubernetes namespace of a member."""
    return f"{slug}-{member(slug, member_id)}"


def _base32(digest: bytes) -> str:
    return base64.b32encode(digest).decode().lower()[:_SLUG_CHARACTERS]


@dataclass(frozen=True, slots=True)
class Names:
    """Names of one stack's resources, from the organisation's prefix, the environment and the stack's slug."""

    org: str
    environment: str
    slug: str

    @property
    def prefix(self) -> str:
        """What every fixed name of the stack starts with."""
        return f"{self.org}-{self.environment}-{self.slug}"

    def of(self, role: str) -> str:
        """The fixed name of what has this role in the stack, e.g. `data`, `database`, `workload`."""
        return f"{self.prefix}-{role}"

    def alias(self, role: str) -> str:
        """A KMS alias, which AWS wants under `alias/`."""
        return f"alias/{self.of(role)}"

    def log_group(self, role: str) -> str:
        """A log group, with a path so that a prefix lists a stack's groups."""
        return f"/{self.org}/{self.environment}/{self.slug}/{role}"

    def final_snapshot(self, run_id: str, role: str = "") -> str:
        """The snapshot that `destroy` leaves, named for the run and, in a stack that leaves several, for what it is of.

        Letters, digits and single hyphens only.
        """
        run = re.sub(r"[^a-z0-9]+", "-", run_id.lower()).strip("-")
        return "-".join(filter(None, (self.of("final"), role, run)))


def tenant_stack(environment: str, tenant_slug: str) -> str:
    """A tenant's Pulumi stack."""
    return f"{environment}.{tenant_slug}"


def shared_stack(environment: str, region: str, cell: int) -> str:
    """The Pulumi stack of a cell's shared services."""
    return f"{environment}.shared.{region}.{cell}"


def reference(stack: str) -> str:
    """A stack's full name; self-managed backends know only the literal organisation `organization`."""
    return f"organization/tenants/{stack}"


@dataclass(frozen=True, slots=True)
class Limit:
    """What an AWS service, or PostgreSQL, lets a name be."""

    longest: int
    pattern: str
    source: str

    def allows(self, name: str) -> bool:
        """Whether the service will take the name."""
        return len(name) <= self.longest and re.fullmatch(self.pattern, name) is not None


_HYPHENATED: Final = r"[a-z](?!.*--)[a-z0-9-]*[a-z0-9]"

LIMITS: Final = {
    "bucket": Limit(
        63, r"(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]+[a-z0-9](?<!-s3alias)", "S3 bucketnamingrules"
    ),
    "database_instance": Limit(63, _HYPHENATED, "RDS CHAP_Limits"),
    "database_snapshot": Limit(255, _HYPHENATED, "RDS CreateDBSnapshot"),
    "database_group": Limit(255, _HYPHENATED, "RDS CreateDBParameterGroup"),
    "cache_group": Limit(40, _HYPHENATED, "ElastiCache CreateReplicationGroup"),
    "cache_user": Limit(40, _HYPHENATED, "ElastiCache CreateUser"),
    "role": Limit(64, r"[\w+=,.@-]+", "IAM reference_iam-quotas"),
    "policy": Limit(128, r"[\w+=,.@-]+", "IAM reference_iam-quotas"),
    "alias": Limit(256, r"alias/(?!aws/)[a-zA-Z0-9/_-]+", "KMS CreateAlias"),
    "secret": Limit(512, r"[A-Za-z0-9/_+=.@-]+(?<!-[A-Za-z0-9]{6})", "Secrets Manager CreateSecret"),
    "log_group": Limit(512, r"[.\-_/#A-Za-z0-9]+", "CloudWatch Logs CreateLogGroup"),
    "sql": Limit(63, r"[a-z_][a-z0-9_]*", "PostgreSQL NAMEDATALEN"),
}
"""Limits by what is named. A secret's name must not end like the suffix that AWS adds: a hyphen and six characters."""


def model_volume(slug: str, model: str) -> str:
    """A tenant's volume of one of its cell's models; a cluster has one of a name."""
    return f"{slug}{MODEL_VOLUME}{model}"
