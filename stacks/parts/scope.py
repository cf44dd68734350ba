"""What every component of a stack needs to know: whose it is, in which phase, under which names and tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from stacks.blueprint.phase import Phase
from stacks.blueprint.settled import NOBODY, Settled
from stacks.conventions import tags
from stacks.conventions.naming import Names
from stacks.inputs.fields import Isolation
from stacks.policies import document

_ALONE: Final = frozenset({"database", "cache"})
"""Roles of which a stack has one each; their snapshots are told apart by what they are of."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One stack being declared. `provider` is its explicit AWS provider; of members that are `settled` nothing is."""

    names: Names
    account: str
    region: str
    tags: Mapping[str, str]
    phase: Phase
    provider: aws.Provider
    settled: Settled = NOBODY

    def labels(self, isolation: Isolation, role: str) -> dict[str, str]:
        """Tags of the resource with this role; `Name` tells it from the stack's others of its type."""
        return tags.named(self.tags, isolation.value, self.names.of(role))

    def final_snapshot(self, role: str) -> str | None:
        """What the snapshot is called that is left of a data service with this role; None where no run ends it."""
        run = self.phase.run_id
        return self.names.final_snapshot(run, "" if role in _ALONE else role) if run else None

    @property
    def workloads(self) -> str:
        """Pattern of all tenants' workload roles of the environment."""
        return f"{self.names.org}-{self.names.environment}-t*-workload"


class Component(pulumi.ComponentResource):
    """A component of a stack: its children hang under it and use the stack's AWS provider."""

    def __init__(self, kind: str, scope: Scope, name: str | None = None, parent: pulumi.Resource | None = None) -> None:
        options = pulumi.ResourceOptions(parent=parent, providers=None if parent else {"aws": scope.provider})
        folder = kind[0].lower() + kind[1:]
        super().__init__(f"tenant:{folder}:{kind}", name or folder, None, options)
        self.scope = scope

    def child(
        self,
        *,
        protect: bool = False,
        after: Sequence[pulumi.Resource] = (),
        ignore: Sequence[str] = (),
        retain: bool = False,
        within: pulumi.Resource | None = None,
        provider: pulumi.ProviderResource | None = None,
    ) -> pulumi.ResourceOptions:
        """Options of a resource in this component; with a provider where it is not the stack's AWS provider.

        What is `within` something goes with it, and not before.
        """
        return pulumi.ResourceOptions(
            parent=self,
            provider=provider,
            protect=protect,
            depends_on=list(after),
            ignore_changes=list(ignore),
            retain_on_delete=retain,
            deleted_with=within,
        )


def policy(build: Callable[..., document.Document], **inputs: Any) -> pulumi.Output[str]:
    """A policy document's text, once all that it names is known."""

    def write(known: dict[str, Any]) -> str:
        return document.text(build(**known))

    return pulumi.Output.all(**inputs).apply(write)
