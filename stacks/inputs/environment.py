"""An environment: account, regions and cells, what engine and backend, how its network reaches out."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints

from stacks.conventions import addressing, naming
from stacks.conventions.naming import Names
from stacks.inputs import document, fields, regions, shared_gpus, wording
from stacks.inputs.document import Complaint, Section, Sourced
from stacks.inputs.profile import Profile
from stacks.inputs.shared_services import SharedServices


class Target(StrEnum):
    """Which cloud an environment is on."""

    LOCAL = "local"
    AWS = "aws"


class Engine(StrEnum):
    """What answers the Automation API."""

    EMBEDDED = "embedded"
    PULUMI = "pulumi"


class Nat(StrEnum):
    """How private subnets reach the internet."""

    NONE = "none"
    SINGLE = "single"
    PER_ZONE = "per_zone"


class BackendKind(StrEnum):
    """Where Pulumi keeps states."""

    FILE = "file"
    S3 = "s3"


class SecretsKind(StrEnum):
    """What encrypts secrets in states."""

    PASSPHRASE = "passphrase"  # noqa: S105  # the name of a kind, no secret
    AWSKMS = "awskms"


MOST_CELLS: Final = 99
"""The highest number of a cell: it stands in names with two digits at most."""


def _range_of(longest: int, shortest: int) -> AfterValidator:
    def check(value: str) -> str:
        try:
            network = ipaddress.IPv4Network(value)
        except ValueError as error:
            raise wording.refuse(f"`{value}` is not a range ({error})", allowed="e.g. 10.0.0.0/16") from error
        if not shortest <= network.prefixlen <= longest or not network.is_private:
            allowed = f"a private range, /{shortest}" + (f" to /{longest}" if longest != shortest else "")
            raise wording.refuse(f"`{value}` has the wrong size or is public", allowed=allowed)
        return value

    return AfterValidator(check)


CellCidr: TypeAlias = Annotated[str, _range_of(addressing.CELL_PREFIX, addressing.CELL_PREFIX)]
OwnVpcs: TypeAlias = Annotated[str, _range_of(addressing.OWN_VPC_PREFIX, 8)]


class Adopt(Section):
    """A VPC that is there already and is used instead of a new one; its range must hold the cell's."""

    vpc_id: str = Field(pattern=r"^vpc-[0-9a-f]{8,17}$")
    public_subnet_ids: list[str] = Field(min_length=addressing.ZONES, max_length=addressing.ZONES)
    private_subnet_ids: list[str] = Field(min_length=addressing.ZONES, max_length=addressing.ZONES)
    private_route_table_ids: list[str] = Field(
        default_factory=list[str],
        max_length=addressing.ZONES,
        description="route tables that get the gateway endpoints; default: none, for VPCs that have such endpoints",
    )


class AdoptCluster(Section):
    """An EKS cluster that is there already; its add-ons, access entries and system nodes stay whoever's they are."""

    name: fields.ClusterName
    node_role: fields.Arn = Field(description="role of nodes that tenants add to it")
    storage_role: fields.Arn | None = Field(
        default=None, description="role of its EBS driver, which then makes volumes under tenants' keys"
    )


class Cell(Section):
    """One shared-services stack: a /16 of its own, a part of a VPC or a VPC."""

    number: int = Field(strict=True, ge=1, le=MOST_CELLS)
    cidr: CellCidr
    adopt: Adopt | None = None
    adopt_cluster: AdoptCluster | None = None


class SystemNodes(Section):
    """Nodes of a cluster that every tenant without nodes of its own shares."""

    instance_types: list[fields.NodeClass] = Field(default_factory=lambda: ["m7i.large"], min_length=1)
    min: int = Field(default=2, strict=True, ge=1)
    max: int = Field(default=6, strict=True, ge=1)
    storage_gb: fields.Gigabytes = 100


class Cluster(Section):
    """EKS clusters: the one of each cell, and those of tenants that have their own."""

    version: fields.KubernetesVersion = Field(default="1.35", description="version of Kubernetes")
    private: fields.Flag = Field(default=False, description="reached from inside the VPC only")
    public_cidrs: list[str] = Field(
        default_factory=list[str], description="who may reach a public endpoint; default: any address, with a token"
    )
    admin_roles: list[fields.Arn] = Field(default_factory=list[str], description="who administers clusters")
    viewer_roles: list[fields.Arn] = Field(default_factory=list[str], description="who looks into all namespaces")
    nodes: SystemNodes = SystemNodes()


class ApiStage(Section):
    """The application's REST API in API Gateway and its stage, which are there already and stay whoever's they are."""

    rest_api: str = Field(pattern=r"^[a-z0-9]{1,32}$", description="its id; methods that count ask for an API key")
    stage: str = Field(pattern=r"^[A-Za-z0-9_-]{1,128}$", description="the stage that tenants call")


class RegionSettings(Section):
    """A region's cells, the range that own VPCs are cut from, and the API that tenants call there."""

    name: fields.Region
    cells: list[Cell] = Field(min_length=1)
    own_vpcs: OwnVpcs
    api: ApiStage | None = Field(
        default=None, description="the API that counts tenants' requests; default: none, and nothing counts them"
    )


class Endpoints(Section):
    """Services that private subnets reach without the internet."""

    gateway: list[fields.Word] = Field(default_factory=lambda: ["s3", "dynamodb"])
    interface: list[fields.Word] = Field(default_factory=lambda: ["kms", "secretsmanager", "logs", "sts"])


class Backend(Section):
    """Where states are kept; `url` for kinds that need one."""

    kind: BackendKind = BackendKind.FILE
    url: str = ""


class Secrets(Section):
    """What encrypts secrets in states; `key` is the KMS key of `awskms`."""

    kind: SecretsKind = SecretsKind.PASSPHRASE
    key: str = ""


class ServiceQuotas(Section):
    """Quotas of the account that bound a cell; the defaults are those of a new account."""

    rds_instances: int = Field(default=40, strict=True, ge=1, description="DB instances in a region")
    standard_vcpus: fields.Count = Field(default=5, description="vCPUs of A, C, D, H, I, M, R, T, Z; local cloud only")
    g_vcpus: fields.Count = Field(default=0, description="vCPUs of G; local cloud only")
    p_vcpus: fields.Count = Field(default=0, description="vCPUs of P; local cloud only")


class Audit(Section):
    """How long audit records can't be deleted, and by whom they can in an emergency."""

    retention_days: int = Field(default=365, strict=True, ge=1, description="days of Object Lock in GOVERNANCE mode")
    break_glass_role: fields.Arn | None = Field(
        default=None, description="who may delete audit records before their time; default: nobody"
    )


class Domain(Section):
    """The public domain that tenants' names lie below, and what stands before each cell's load balancer."""

    name: fields.DomainName
    zone_id: str | None = Field(
        default=None,
        pattern=r"^Z[A-Z0-9]{1,31}$",
        description="its hosted zone; must be there on a real account, else the default region's first cell makes it",
    )
    waf: fields.Flag = Field(default=True, description="a web ACL with AWS's own rules and a limit for each address")
    requests: int = Field(
        default=2000, strict=True, ge=10, description="requests of one address in five minutes that are served"
    )

    def host(self, first: str) -> str:
        """The name below it that begins with this."""
        return f"{first}.{self.name}"


class Environment(Sourced):
    """One environment; its file is called by its name."""

    api_version: fields.ApiVersion = Field(alias="apiVersion")
    name: Annotated[str, StringConstraints(pattern=naming.ENVIRONMENT_PATTERN)]
    target: Target
    org: Annotated[str, StringConstraints(pattern=naming.ORG_PATTERN)] = Field(description="start of fixed names")
    account: fields.Account
    default_region: fields.Region
    regions: list[RegionSettings] = Field(min_length=1)
    owner: fields.TagText
    cost_center: fields.TagText
    nat: Nat = Nat.NONE
    endpoints: Endpoints = Endpoints()
    engine: Engine = Engine.PULUMI
    backend: Backend = Backend()
    secrets: Secrets = Secrets()
    deployer_role: fields.Arn | None = Field(
        default=None,
        description="who applies, and uses tenants' keys through services: a real account needs it, the local cloud is "
        "then used as it; `tenant env policy` prints its rights",
    )
    workload_principals: list[fields.Arn] = Field(
        default_factory=list[str], description="who besides the cluster's pods may take on a tenant's workload role"
    )
    pod_clusters: list[fields.Arn] = Field(
        default_factory=list[str],
        description="EKS clusters whose pods may take on a tenant's workload role; default: any of the account",
    )
    admins: list[fields.Arn] = Field(
        default_factory=list[str],
        description="who may take on each cell's admin role, with a second factor only; default: nobody, no such role",
    )
    alarm_mails: list[str] = Field(
        default_factory=list[str], description="who is told when an alarm sounds; each has to confirm once"
    )
    domain: Domain | None = Field(default=None, description="where tenants get public names; default: they get none")
    shared: SharedServices = Field(default=SharedServices(), description="what shared services are held to")
    cluster: Cluster = Field(default=Cluster(), description="EKS clusters of cells and of tenants")
    quotas: ServiceQuotas = ServiceQuotas()
    audit: Audit = Audit()

    def region(self, name: str) -> RegionSettings | None:
        """Settings of a region, None where the environment is not there."""
        return next((region for region in self.regions if region.name == name), None)

    def names_of(self, region: str, cell: int) -> Names:
        """Maker of the names of a cell."""
        return Names(self.org, self.name, naming.shared_slug(self.account, self.org, self.name, region, cell))

    def cell(self, region: str, number: int) -> Cell | None:
        """One cell, None where there is none of this number."""
        settings = self.region(region)
        return next((cell for cell in settings.cells if cell.number == number), None) if settings else None

    @property
    def first_cell(self) -> tuple[str, int]:
        """Region and number of the first cell of the default region: it makes what there is once."""
        settings = self.region(self.default_region)
        assert settings is not None
        return settings.name, min(each.number for each in settings.cells)

    @property
    def region_names(self) -> tuple[str, ...]:
        """Its regions, sorted."""
        return tuple(sorted(region.name for region in self.regions))

    @property
    def deployer(self) -> str:
        """ARN of who applies: the deployer's role. Local only, the account, which stands for all its principals."""
        return self.deployer_role or f"arn:aws:iam::{self.account}:root"

    @property
    def nat_gateways(self) -> int:
        """How many NAT gateways a VPC that we make gets."""
        return {Nat.NONE: 0, Nat.SINGLE: 1, Nat.PER_ZONE: addressing.ZONES}[self.nat]

    def check_region(self, profile: Profile) -> Iterator[Complaint]:
        """What is wrong with a profile's region here: the environment may not be there."""
        if self.region(profile.region) is None:
            known = regions.both(self.region_names, profile.residency)
            why = f"environment `{self.name}` is not in `{profile.region}`"
            if not known:
                why += f", nor in any region of the residency `{', '.join(profile.residency)}`"
            yield Complaint(("region",), why, ", ".join(known), regions.nearest(profile.region, known))


def names(folder: Path) -> tuple[str, ...]:
    """Environments that the folder has, sorted; `<name>.example.yaml` is to be copied and is none."""
    return tuple(sorted(path.stem for path in folder.glob("*.yaml") if "." not in path.stem))


def load(path: Path) -> Environment:
    """The environment in a file. Raises BadInput with every fault."""
    return document.load(
        path, Environment, (_regions, _ranges, _engine, _deployer, _zone, _kinds, _reference, shared_gpus.check)
    )


def _maps(value: object) -> list[Mapping[str, Any]]:
    """The groups of keys in a list; nothing where it is none."""
    return [document.keys_of(each) for each in document.items_of(value)]


def _regions(data: Mapping[str, Any]) -> Iterator[Complaint]:
    names = [str(region.get("name")) for region in _maps(data.get("regions"))]
    default = data.get("default_region")
    if names and isinstance(default, str) and default not in names:
        why = f"`{default}` is not among the regions"
        yield Complaint(("default_region",), why, ", ".join(names), regions.nearest(default, names))
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Complaint(("regions", index, "name"), f"`{name}` stands twice", "once")
    for index, region in enumerate(_maps(data.get("regions"))):
        numbers = [cell.get("number") for cell in _maps(region.get("cells"))]
        for position, number in enumerate(numbers):
            if number in numbers[:position]:
                yield Complaint(("regions", index, "cells", position, "number"), f"cell {number} stands twice", "once")


def _ranges(data: Mapping[str, Any]) -> Iterator[Complaint]:
    """Ranges of one environment never overlap, so that its networks can be joined one day."""
    seen: list[tuple[str, ipaddress.IPv4Network]] = []
    for index, region in enumerate(_maps(data.get("regions"))):
        places = [(("regions", index, "own_vpcs"), region.get("own_vpcs"))]
        cells = enumerate(_maps(region.get("cells")))
        places += [(("regions", index, "cells", number, "cidr"), cell.get("cidr")) for number, cell in cells]
        for path, text in places:
            try:
                network = ipaddress.IPv4Network(str(text))
            except ValueError:
                continue
            for other, taken in seen:
                if network.overlaps(taken):
                    yield Complaint(path, f"`{text}` overlaps {other}", "a range of its own")
            seen.append((str(network), network))


def _engine(data: Mapping[str, Any]) -> Iterator[Complaint]:
    if data.get("target") == "aws" and data.get("engine") == "embedded":
        why = "the embedded engine is proven against the local cloud only and is refused on a real account"
        yield Complaint(("engine",), why, "pulumi", "pulumi")


def _deployer(data: Mapping[str, Any]) -> Iterator[Complaint]:
    """Without it, key policies would have to let every principal of the account use tenants' keys."""
    if data.get("target") == "aws" and not data.get("deployer_role"):
        why = "a real account needs `deployer_role`: keys name who may use them, and never the whole account"
        yield Complaint(("target",), why, "with deployer_role: arn:aws:iam::<account>:role/<name>")


def _zone(data: Mapping[str, Any]) -> Iterator[Complaint]:
    """A certificate is waited for in the run that would make the zone; nobody could have delegated it by then."""
    domain = document.keys_of(data.get("domain"))
    if data.get("target") == "aws" and domain and not domain.get("zone_id"):
        why = "a real account needs a hosted zone that the parent domain leads to already"
        yield Complaint(("domain",), why, "with zone_id: Z…")


def _kinds(data: Mapping[str, Any]) -> Iterator[Complaint]:
    for section, kind, other in (("backend", "s3", "url"), ("secrets", "awskms", "key")):
        keys = document.keys_of(data.get(section))
        if keys.get("kind") == kind and not keys.get(other):
            yield Complaint((section, "kind"), f"`{kind}` needs `{other}`")


def _reference(data: Mapping[str, Any]) -> Iterator[Complaint]:
    databases = document.keys_of(document.keys_of(document.keys_of(data.get("shared")).get("data")).get("databases"))
    listed = document.items_of(databases.get("reference"))
    for index, name in enumerate(listed):
        if name in listed[:index]:
            yield Complaint(("shared", "data", "databases", "reference", index), f"`{name}` stands twice", "once")
