"""Clusters and node groups as data: what a cell's cluster, a tenant's own and their pools have in common. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from stacks.conventions.naming import Names
from stacks.inputs import classes, fields, machines, sharing
from stacks.inputs.environment import Environment
from stacks.policies import device_plugin
from stacks.resources.kind import HOURS_A_MONTH, Ask, PriceDimension
from stacks.resources.quotas import CLUSTERS, NODE_GROUPS, ROLES, Demand, vcpus_of

NODE_ROLES: Final = ("nodes", "storage")
"""What the roles of a cluster's nodes and of its EBS driver are called, after the stack's name."""

SCALING_ROLE: Final = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
"""Auto Scaling's service-linked role, which starts nodes; it works with a key where the key's policy says so."""
_HOURS_A_WEEK: Final = 168


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a pool has nodes: two cron lines of five fields, in a time zone, and the hours a week that come of them."""

    start: str
    end: str
    time_zone: str
    hours_weekly: float


@dataclass(frozen=True, slots=True)
class NodePlan:
    """A managed node group. `owner` is the slug whose pods alone may run there, empty where all may.

    `gpus` are those of a node, `arm` says its architecture. GB of disk. Without a schedule it has nodes always.
    `sharing` is how its owner's pods share a GPU; `gpu_share` says that tenants with a share of its GPUs run there.
    """

    role: str
    name: str
    owner: str
    instance_types: tuple[str, ...]
    capacity: str
    least: int
    most: int
    storage_gb: int
    gpus: int = 0
    arm: bool = False
    schedule: Schedule | None = None
    sharing: str = ""
    gpu_share: bool = False

    @property
    def plugin(self) -> str:
        """The configuration of NVIDIA's device plugin there, empty for the plugin's own."""
        if self.gpu_share:
            return device_plugin.SHARED
        return device_plugin.MIG if sharing.is_mig(self.sharing) else self.sharing

    @property
    def at_rest(self) -> int:
        """Nodes when nothing is asked of the pool; one at least in the hours of a schedule, or it would say nothing."""
        return max(self.least, 1) if self.schedule else self.least

    @property
    def image(self) -> str:
        """EKS's name of the machine image: Amazon Linux 2023, with NVIDIA's driver where there are GPUs."""
        if self.gpus:
            return "AL2023_ARM_64_NVIDIA" if self.arm else "AL2023_x86_64_NVIDIA"
        return "AL2023_ARM_64_STANDARD" if self.arm else "AL2023_x86_64_STANDARD"


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """An EKS cluster. `creator_administers` where no deployer's role is named, which is so on the local cloud only."""

    name: str
    version: str
    private: bool
    public_cidrs: tuple[str, ...]
    admins: tuple[str, ...]
    viewers: tuple[str, ...]
    creator_administers: bool
    nodes: NodePlan


@dataclass(frozen=True, slots=True)
class Seat:
    """The cluster that namespaces are in. Without a plan it is another stack's, or adopted.

    `node_role` is what nodes are that tenants add to it; `storage_role` what makes volumes, empty where an adopted
    cluster has none that is known. ARNs.
    """

    name: str
    arn: str
    node_role: str
    storage_role: str
    plan: ClusterPlan | None


def of_cell(environment: Environment, region: str, cell: int) -> Seat:
    """A cell's cluster: its own, or the one that the environment says is there."""
    found = environment.cell(region, cell)
    if found is not None and found.adopt_cluster:
        adopted = found.adopt_cluster
        arn = _arn(environment, region, adopted.name)
        return Seat(adopted.name, arn, adopted.node_role, adopted.storage_role or "", None)
    return _own(environment, region, environment.names_of(region, cell), "")


def of_tenant(ask: Ask) -> Seat:
    """The cell's cluster, unless the profile asks for one of its own or the tier gives one."""
    wanted, environment, region = ask.profile.cluster, ask.environment, ask.facts.region
    if wanted.dedicated or ask.tier.isolation.cluster is fields.Isolation.SILO:
        return _own(environment, region, ask.names, wanted.version or "")
    return replace(of_cell(environment, region, ask.facts.cell), plan=None)


def _own(environment: Environment, region: str, names: Names, version: str) -> Seat:
    plan = cluster(environment, names, version)
    nodes, storage = (role_arn(environment, names.of(role)) for role in NODE_ROLES)
    return Seat(plan.name, _arn(environment, region, plan.name), nodes, storage, plan)


def role_arn(environment: Environment, name: str) -> str:
    """ARN of a role of the environment's account."""
    return f"arn:aws:iam::{environment.account}:role/{name}"


def _arn(environment: Environment, region: str, name: str) -> str:
    return f"arn:aws:eks:{region}:{environment.account}:cluster/{name}"


def cluster(environment: Environment, names: Names, version: str = "") -> ClusterPlan:
    """The cluster of a stack with these names, as the environment wants clusters."""
    wanted = environment.cluster
    deployer = (environment.deployer_role,) if environment.deployer_role else ()
    return ClusterPlan(
        name=names.of("cluster"),
        version=version or wanted.version,
        private=wanted.private,
        public_cidrs=tuple(sorted(wanted.public_cidrs)),
        admins=tuple(sorted({*deployer, *wanted.admin_roles})),
        viewers=tuple(sorted(wanted.viewer_roles)),
        creator_administers=not deployer,
        nodes=NodePlan(
            role="system",
            name=names.of("system"),
            owner="",
            instance_types=tuple(wanted.nodes.instance_types),
            capacity=fields.Capacity.ON_DEMAND.value,
            least=wanted.nodes.min,
            most=wanted.nodes.max,
            storage_gb=wanted.nodes.storage_gb,
            arm=machines.machine(wanted.nodes.instance_types[0]).arm,
        ),
    )


def prices(plan: ClusterPlan) -> Iterator[PriceDimension]:
    """The control plane by the hour, more where its version is old; its nodes; its logs by use."""
    support = "standard" if plan.version in classes.STANDARD_SUPPORT else "extended_support"
    yield PriceDimension(f"eks.control_plane.{support}", "hour", HOURS_A_MONTH)
    yield from node_prices(plan.nodes)
    yield PriceDimension("cloudwatch.logs.ingest", "GB", None)


def node_prices(plan: NodePlan) -> Iterator[PriceDimension]:
    """Nodes that are there at all hours, or at those of the schedule, with their disks; more of them by use."""
    machine = f"ec2.{plan.instance_types[0]}.linux"
    key = machine if plan.capacity == fields.Capacity.ON_DEMAND else f"{machine}.spot"
    share = plan.schedule.hours_weekly / _HOURS_A_WEEK if plan.schedule else 1.0
    steady = plan.at_rest * share
    if steady:
        yield PriceDimension(key, "hour", round(HOURS_A_MONTH * steady, 2))
        yield PriceDimension("ebs.gp3", "GB-month", round(plan.storage_gb * steady, 2))
    if plan.most > plan.at_rest:
        yield PriceDimension(key, "hour", None)
        yield PriceDimension("ebs.gp3", "GB-month", None)


def demands(plan: ClusterPlan) -> Iterator[Demand]:
    """A cluster, its system nodes, and the roles of the cluster, its nodes and its storage driver."""
    yield Demand(CLUSTERS, 1)
    yield Demand(ROLES, 3)
    yield from node_demands(plan.nodes)


def node_demands(plan: NodePlan) -> Iterator[Demand]:
    """A node group, and the vCPUs of its nodes when all are there, of the largest type that it may take."""
    yield Demand(NODE_GROUPS, 1)
    largest = max((machines.machine(each) for each in plan.instance_types), key=lambda each: each.vcpus)
    yield Demand(vcpus_of(largest.family, spot=plan.capacity == fields.Capacity.SPOT), largest.vcpus * plan.most)
