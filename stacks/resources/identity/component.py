"""Declares an IdentitySpec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from stacks.parts.scope import Component, Scope, policy
from stacks.policies import document, workload
from stacks.resources.identity.spec import IdentitySpec


@dataclass(frozen=True, slots=True)
class Reading:
    """Folders of a bucket that is shared on purpose; ARNs of the bucket and of its key."""

    bucket: str
    key: pulumi.Output[str]
    folders: Sequence[str]


@dataclass(frozen=True, slots=True)
class Reach:
    """ARNs of what the role may use; the containers, the region and the context of a shared key are plain text."""

    data_bucket: pulumi.Input[str]
    backup_bucket: pulumi.Input[str]
    container: str
    backup_container: str
    key: pulumi.Output[str]
    secrets: Sequence[pulumi.Output[str]]
    log_group: pulumi.Output[str]
    model_bucket: pulumi.Input[str] = ""
    context: str = ""
    member_role: pulumi.Input[str] = ""
    reads: Reading | None = None
    queues: Sequence[str] = ()


class Identity(Component):
    """The workload role. It is there before the key, whose policy names it; what it may do follows with `may`."""

    def __init__(self, spec: IdentitySpec, scope: Scope, boundary: pulumi.Output[str]) -> None:
        super().__init__("Identity", scope)
        pods = workload.Pods(spec.namespace, spec.clusters)
        self.role = aws.iam.Role(
            "workload",
            name=spec.role,
            description=f"Workloads of tenant stack {scope.names.slug}",
            assume_role_policy=document.text(workload.trust(spec.account, pods, spec.principals)),
            permissions_boundary=boundary,
            # policies of what tenants share tell by it whose role asks
            tags={**scope.labels(spec.isolation, "workload"), "slug": scope.names.slug},
            opts=self.child(),
        )
        self.register_outputs({"roleArn": self.role.arn})

    def may(self, reach: Reach, after: Sequence[pulumi.Resource] = ()) -> None:
        """Let the role use what is the tenant's own, and nothing else: what others give it is drift.

        It may when `after` is there, whole: into a bucket without its policy it could put things under another key.
        """
        own = {
            "data_bucket": reach.data_bucket,
            "backup_bucket": reach.backup_bucket,
            "container": reach.container,
            "key": reach.key,
            "secrets": list(reach.secrets),
            "log_group": reach.log_group,
            "model_bucket": reach.model_bucket,
            "backup_container": reach.backup_container,
            "context": reach.context,
            "region": self.scope.region,
            "member_role": reach.member_role,
            "queues": list(reach.queues),
            **_reading(reach.reads),
        }
        mine = aws.iam.RolePolicy(
            "workload", role=self.role.name, policy=policy(_access, **own), opts=self.child(after=after)
        )
        aws.iam.RolePoliciesExclusive("workload", role_name=self.role.name, policy_names=[mine.name], opts=self.child())
        aws.iam.RolePolicyAttachmentsExclusive("workload", role_name=self.role.name, policy_arns=[], opts=self.child())


def _reading(found: Reading | None) -> dict[str, Any]:
    return {"reads": {"bucket": found.bucket, "key": found.key, "folders": list(found.folders)}} if found else {}


def _access(**own: Any) -> document.Document:
    reads = workload.Models(**own.pop("reads")) if "reads" in own else None
    return workload.access(workload.Belongings(**own, reads=reads))
