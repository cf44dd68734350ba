"""Types that the files share: each says what it allows, and what is near when it is not met."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, TypeAlias, cast

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationInfo

from stacks.conventions import naming, tags
from stacks.inputs import classes, regions, sharing, wording

REGIONS: Final = "regions"
"""In the context of a validation: the regions that may be offered; all of AWS's where it is not there."""

_CALLED_BY_SLUG: Final = re.compile(r"t[a-z2-7]{9}(_|$)")


class Isolation(StrEnum):
    """How far a tenant's resource of one kind is apart from other tenants'."""

    POOL = "pool"
    """Shared resource, shared tables."""
    BRIDGE = "bridge"
    """Shared resource, own slice: schema, prefix, user, namespace."""
    SILO = "silo"
    """Own resource, own key."""


class Size(StrEnum):
    """Sizes that a tier gives figures for, the smallest first."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    ENTERPRISE = "enterprise"


class Capacity(StrEnum):
    """How nodes are bought."""

    ON_DEMAND = "on_demand"
    SPOT = "spot"


class Weekday(StrEnum):
    """Days of the week, as schedules spell them."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Compliance(StrEnum):
    """Regimes that a tenant is held to; reports and policy read them."""

    SOC2 = "soc2"
    GDPR = "gdpr"
    HIPAA = "hipaa"
    ISO27001 = "iso27001"


class Classification(StrEnum):
    """How much harm the loss of the tenant's data would do."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"


ApiVersion: TypeAlias = Literal["tenant/v1"]


def _tenant_id(value: str) -> str:
    found = tuple(naming.complaints(value))
    if found:
        raise wording.refuse(
            "; ".join(complaint.why for complaint in found), allowed=found[0].allowed, nearest=found[0].nearest
        )
    return value


def _region(value: str, info: ValidationInfo) -> str:
    """A region of AWS; where the reader of the file says which of them there are, those are offered."""
    if value not in regions.ALL:
        context = cast("Mapping[str, Collection[str]]", info.context or {})
        known = tuple(sorted(context.get(REGIONS, ()))) or regions.ALL
        raise wording.refuse(f"there is no region `{value}`", allowed=", ".join(known), known=known)
    return value


def _one_of(what: str, known: tuple[str, ...], shown: str = "") -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in known:
            raise wording.refuse(f"there is no {what} `{value}`", allowed=shown or ", ".join(known), known=known)
        return value

    return check


def _own_schema(value: str) -> str:
    if value.startswith("pg_") or value in {"public", "information_schema"}:
        raise wording.refuse(f"`{value}` belongs to PostgreSQL", allowed="a name of its own")
    return value


def _reference_schema(value: str) -> str:
    """Beside what the cell has in its databases already: the application's tables, and schemas called by slugs."""
    if value == "app" or _CALLED_BY_SLUG.match(value):
        raise wording.refuse(f"`{value}` is, or may become, the name of another schema there", allowed="another name")
    return _own_schema(value)


def _digits(value: Any) -> Any:
    if isinstance(value, int):
        raise wording.refuse("an account is text, a number may lose its zeros", allowed="12 digits in quotes")
    return value


def _quoted(value: Any) -> Any:
    if isinstance(value, int | float):
        raise wording.refuse(f"`{value}` without quotes is a number to YAML", allowed=f'text in quotes: "{value}"')
    return value


TenantId: TypeAlias = Annotated[
    str, AfterValidator(_tenant_id), Field(json_schema_extra={"pattern": naming.ID_PATTERN})
]
Region: TypeAlias = Annotated[str, AfterValidator(_region), Field(json_schema_extra={"enum": list(regions.ALL)})]
Residency: TypeAlias = Annotated[
    str,
    AfterValidator(_one_of("residency", tuple(regions.RESIDENCY))),
    Field(json_schema_extra={"enum": list(regions.RESIDENCY)}),
]
DatabaseClass: TypeAlias = Annotated[
    str,
    AfterValidator(_one_of("RDS instance class", classes.DATABASE, "a class of RDS for PostgreSQL, e.g. db.m7g.large")),
    Field(json_schema_extra={"enum": list(classes.DATABASE)}),
]
CacheClass: TypeAlias = Annotated[
    str,
    AfterValidator(_one_of("ElastiCache node type", classes.CACHE, "a node type of ElastiCache, e.g. cache.m7g.large")),
    Field(json_schema_extra={"enum": list(classes.CACHE)}),
]
GpuClass: TypeAlias = Annotated[
    str,
    AfterValidator(_one_of("GPU instance type", classes.GPU, "an EC2 type with a GPU, e.g. g5.2xlarge")),
    Field(json_schema_extra={"enum": list(classes.GPU)}),
]
GpuSharing: TypeAlias = Annotated[str, Field(pattern=sharing.PATTERN)]
NodeClass: TypeAlias = Annotated[
    str,
    AfterValidator(_one_of("instance type for nodes", classes.NODE, "an EC2 type for nodes, e.g. m7i.xlarge")),
    Field(json_schema_extra={"enum": list(classes.NODE)}),
]
KubernetesVersion: TypeAlias = Annotated[
    str,
    BeforeValidator(_quoted),
    AfterValidator(_one_of("version of Kubernetes on EKS", classes.KUBERNETES)),
    Field(json_schema_extra={"enum": list(classes.KUBERNETES)}),
]
ClusterName: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$")]
ClockTime: TypeAlias = Annotated[str, BeforeValidator(_quoted), StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
TimeZone: TypeAlias = Annotated[str, StringConstraints(pattern=r"^(UTC|[A-Z][A-Za-z_]+(/[A-Z][A-Za-z_+-]+){1,2})$")]
TagText: TypeAlias = Annotated[str, StringConstraints(pattern=tags.VALUE_PATTERN)]
Word: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
ModelName: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z]([a-z0-9.-]{0,60}[a-z0-9])?$")]
"""A folder in S3 and the name of a volume in Kubernetes."""
QueueName: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,23}$")]
SchemaName: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]{0,62}$"), AfterValidator(_own_schema)
]
ReferenceSchema: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"), AfterValidator(_reference_schema)
]
DomainName: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z]$", max_length=40)
]
WebPath: TypeAlias = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9_./~%-]{0,1023}$")]
Account: TypeAlias = Annotated[str, BeforeValidator(_digits), StringConstraints(pattern=r"^\d{12}$")]
Login: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[^\s\x00-\x1f]{1,254}$")]
Arn: TypeAlias = Annotated[str, StringConstraints(pattern=r"^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d{12}:.+$")]
Count: TypeAlias = Annotated[int, Field(strict=True, ge=0)]
Gigabytes: TypeAlias = Annotated[int, Field(strict=True, ge=20, le=65536, description="GB; RDS gp3 takes 20-65536")]
BackupDays: TypeAlias = Annotated[int, Field(strict=True, ge=7, le=35, description="days; RDS keeps at most 35")]
Replicas: TypeAlias = Annotated[int, Field(strict=True, ge=0, le=5, description="AWS limit of 5 for each shard")]
Flag: TypeAlias = Annotated[bool, Field(strict=True)]
