"""Declares a MembersSpec: the role that the tenant's services take on for a member, and a secret for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from stacks.parts import secret
from stacks.parts.scope import Component, Scope, policy
from stacks.parts.secret import SecretPlan
from stacks.policies import document, workload
from stacks.resources.members.logins import CacheUsers, DatabaseLogins
from stacks.resources.members.spec import FOLDER, MemberPlan, MembersSpec


@dataclass(frozen=True, slots=True)
class Holdings:
    """What of the tenant's its members have their parts of: ARNs of bucket and key, the first part of its keys."""

    bucket: pulumi.Input[str]
    container: str
    key: pulumi.Output[str]


class MemberRole(Component):
    """One role for all members: whose it is at the moment the session says, which only the tenant's services start."""

    def __init__(
        self, spec: MembersSpec, scope: Scope, boundary: pulumi.Output[str], workload_role: pulumi.Output[str]
    ) -> None:
        super().__init__("MemberRole", scope)
        self.spec = spec
        self.role = aws.iam.Role(
            "member",
            name=spec.role,
            description=f"Members of tenant stack {scope.names.slug}, one at a time",
            assume_role_policy=policy(workload.member_trust, workload=workload_role),
            permissions_boundary=boundary,
            # policies of what tenants share tell by it whose role asks
            tags={**scope.labels(spec.isolation, "member"), "slug": scope.names.slug},
            opts=self.child(),
        )
        self.register_outputs({"roleArn": self.role.arn})

    def may(self, holdings: Holdings, after: Sequence[pulumi.Resource]) -> None:
        """Let it use what is the member's own when `after` is there, and nothing else: what others give it is drift."""
        scope = self.scope
        own = {
            "bucket": holdings.bucket,
            "folder": "/".join(filter(None, (holdings.container, FOLDER))),
            "secrets": f"arn:aws:secretsmanager:{scope.region}:{scope.account}:secret:{scope.names.of('')}",
            "key": holdings.key,
            "region": scope.region,
            "left": [member.code for member in self.spec.left],
        }
        mine = aws.iam.RolePolicy(
            "member", role=self.role.name, policy=policy(_access, **own), opts=self.child(after=after)
        )
        aws.iam.RolePoliciesExclusive("member", role_name=self.role.name, policy_names=[mine.name], opts=self.child())
        aws.iam.RolePolicyAttachmentsExclusive("member", role_name=self.role.name, policy_arns=[], opts=self.child())


def _access(**own: Any) -> document.Document:
    return workload.member_access(workload.Membership(**own))


class MemberSecrets(Component):
    """A secret for each member: what it logs in to the database with, and to the cache where it has a user there."""

    def __init__(  # noqa: PLR0913 - what is in them comes from both
        self,
        spec: MembersSpec,
        scope: Scope,
        key: pulumi.Output[str],
        database: DatabaseLogins,
        cache: CacheUsers,
        cache_address: pulumi.Output[str],
    ) -> None:
        super().__init__("MemberSecrets", scope)
        self.spec, self.key = spec, key
        self.arns: dict[str, pulumi.Output[str]] = {}
        for member in spec.active:
            if member.code in scope.settled.codes:
                continue
            login = {"database": database.login(member)}
            if member.user:
                login["cache"] = cache.login(member, cache_address)
            self.arns[member.code] = self._secret(member, login)
        self.register_outputs({})

    def _secret(self, member: MemberPlan, login: dict[str, Any]) -> pulumi.Output[str]:
        scope, spec = self.scope, self.spec
        plan = SecretPlan(
            name=member.secret,
            description=f"How a member of tenant stack {scope.names.slug} logs in",
            rules=workload.secret(spec.account, scope.workloads, spec.role),
            tags={**scope.labels(spec.isolation, member.code), "member": member.id},
            # drawn anew where a member comes back, under the same name: there is nothing to have back
            recovery_days=0,
        )
        made = secret.secret(self, member.code, plan, self.key)
        secret.fill(self, member.code, made, login)
        return made.arn
