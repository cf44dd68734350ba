"""The IAM policy of whoever deploys in one environment: what the programs declare, on what it is called there.

Read off the rows and the programs themselves, so that a new row or a new call changes the policy and nothing else has
to be remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from engine.providers.aws.permissions import dependent, needs
from engine.providers.aws.rows import ROWS
from stacks import declared
from stacks.inputs.environment import Environment
from stacks.policies import deployer
from stacks.policies.deployer import Scope
from stacks.policies.document import Document, document

MANAGED_POLICY: Final = 6144
"""Characters of a managed policy, white space not counted: IAM quotas."""


@dataclass(frozen=True, slots=True)
class DeployerPolicy:
    """The whole policy, and the same in parts that a managed policy holds, by the names to give them.

    `dependent` are those of its actions that are called by nobody: AWS asks them on behalf of others, which are told.
    """

    whole: Document
    parts: dict[str, Document]
    dependent: dict[str, tuple[str, ...]]
    limit: int = MANAGED_POLICY


def of(environment: Environment, also: Iterable[str] = ()) -> DeployerPolicy:
    """The policy for one environment; `also` are regions that only copies of backups go to. Pure."""
    every, direct = needs.every(types()), needs.direct(types())
    allowed = deployer.statements(every, scope(environment, also))
    parts = deployer.parts(allowed, MANAGED_POLICY)
    # not by the environment's prefix: a deployer that may change these policies could give itself everything
    prefix = f"deployer-{environment.org}-{environment.name}"
    named = {f"{prefix}-{number}": part for number, part in enumerate(parts, 1)}
    asked = {action: behalf for action, behalf in dependent.of(every).items() if action not in direct}
    return DeployerPolicy(document(*allowed), named, asked)


def types() -> tuple[str, ...]:
    """Types that the programs declare and rows make, sorted."""
    return tuple(sorted(type for type in ROWS if as_named(type) in declared.aws()))


def as_named(type: str) -> str:
    """`aws:iam/role:Role` as programs write it: `iam.Role`."""
    _, module, name = type.split(":")
    return f"{module.partition('/')[0]}.{name}"


def scope(environment: Environment, also: Iterable[str] = ()) -> Scope:
    """An environment as the policy knows it: its names, regions, and what it adopts."""
    adopted = [
        cell.adopt_cluster for region in environment.regions for cell in region.cells if cell.adopt_cluster is not None
    ]
    return Scope(
        account=environment.account,
        regions=tuple(sorted({*environment.region_names, *also})),
        prefix=f"{environment.org}-{environment.name}-",
        path=f"/{environment.org}/{environment.name}/",
        clusters=tuple(sorted({one.name for one in adopted})),
        roles=tuple(sorted({one.node_role for one in adopted})),
        zone=(environment.domain.zone_id or "") if environment.domain else "",
    )
