"""Declares an EncryptionSpec."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from stacks.parts.scope import Component, Scope, policy
from stacks.policies import key
from stacks.resources.encryption.spec import EncryptionSpec


class Encryption(Component):
    """The tenant's key and its alias. `role` and `member_role` are who use it, None where the tenant is archived."""

    def __init__(
        self,
        spec: EncryptionSpec,
        scope: Scope,
        role: pulumi.Output[str] | None,
        member_role: pulumi.Output[str] | None = None,
    ) -> None:
        super().__init__("Encryption", scope)
        self.key = aws.kms.Key(
            "key",
            description=f"Everything of tenant stack {scope.names.slug}",
            enable_key_rotation=True,
            deletion_window_in_days=spec.deletion_days,
            policy=policy(
                key.tenant,
                account=scope.account,
                region=scope.region,
                deployer=spec.deployer,
                log_groups=spec.log_groups,
                role=role,
                service_roles=list(spec.service_roles) if role is not None else [],
                member_role=member_role,
            ),
            tags=scope.labels(spec.isolation, "key"),
            opts=self.child(protect=scope.phase.protects),
        )
        aws.kms.Alias("key", name=spec.alias, target_key_id=self.key.id, opts=self.child())
        self.register_outputs({"keyArn": self.key.arn})
