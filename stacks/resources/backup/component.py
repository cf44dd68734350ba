"""Declares a BackupSpec: what is kept, and what fills it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pulumi
import pulumi_aws as aws

from stacks.parts.scope import Component, Scope
from stacks.policies import document, key, workload
from stacks.resources.backup.spec import CONTINUOUS_DAYS, DAILY, BackupSpec

_GRACE_DAYS: Final = 3
"""The least that AWS gives before a lock in COMPLIANCE mode can't be lifted any more."""
_WINDOW_MINUTES: Final = 480
_POLICIES: Final = (
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores",
    "AWSBackupServiceRolePolicyForS3Backup",
    "AWSBackupServiceRolePolicyForS3Restore",
)


class Vault(Component):
    """The vault, under the stack's key and locked, and a second one where copies go. They outlive its services."""

    def __init__(self, spec: BackupSpec, scope: Scope, key_arn: pulumi.Output[str]) -> None:
        super().__init__("Vault", scope)
        self.spec = spec
        self.vault = self._vault("vault", key_arn)
        self.copies = self._copies() if spec.copy_to else None
        self.register_outputs({"vault": self.vault.name})

    def _vault(self, role: str, key_arn: pulumi.Input[str], provider: aws.Provider | None = None) -> aws.backup.Vault:
        spec, scope = self.spec, self.scope
        vault = aws.backup.Vault(
            role,
            name=spec.vault,
            kms_key_arn=key_arn,
            force_destroy=scope.phase.empties,
            tags=scope.labels(spec.isolation, role),
            opts=self.child(protect=scope.phase.protects, provider=provider),
        )
        if not scope.phase.empties:
            aws.backup.VaultLockConfiguration(
                role,
                backup_vault_name=vault.name,
                min_retention_days=1,
                max_retention_days=max(spec.days, CONTINUOUS_DAYS),
                changeable_for_days=_GRACE_DAYS if spec.compliance else None,
                opts=self.child(provider=provider),
            )
        return vault

    def _role_arn(self) -> str:
        """The role that fills it, which may not be there yet."""
        return document.workload_role(self.scope.account, self.scope.names.of("backup"))

    def _copies(self) -> aws.backup.Vault:
        spec, scope = self.spec, self.scope
        there = aws.Provider("copies", region=spec.copy_to, opts=pulumi.ResourceOptions(parent=self))
        own = aws.kms.Key(
            "copies",
            description=f"Copies of backups of tenant stack {scope.names.slug}",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=document.text(key.copies(scope.account, spec.copy_to, self._role_arn())),
            tags=scope.labels(spec.isolation, "copies-key"),
            opts=self.child(protect=scope.phase.protects, provider=there),
        )
        return self._vault("copies", own.arn, there)


class Backups(Component):
    """What fills the vault: every day, and for every moment of the last days; ARNs of what is kept."""

    def __init__(
        self,
        spec: BackupSpec,
        scope: Scope,
        vault: Vault,
        daily: Sequence[pulumi.Input[str]],
        continuous: Sequence[pulumi.Input[str]] = (),
    ) -> None:
        super().__init__("Backups", scope)
        self.spec, self.vault = spec, vault
        self.role = aws.iam.Role(
            "backup",
            name=scope.names.of("backup"),
            description=f"Backs up stack {scope.names.slug}",
            assume_role_policy=document.text(workload.service_trust("backup.amazonaws.com", scope.account)),
            tags=scope.labels(spec.isolation, "backup"),
            opts=self.child(),
        )
        for name in _POLICIES:
            aws.iam.RolePolicyAttachment(
                name.rpartition("/")[2],
                role=self.role.name,
                policy_arn=f"arn:aws:iam::aws:policy/{name}",
                opts=self.child(),
            )
        self._plan("daily", daily, days=spec.days)
        if continuous:
            self._plan("continuous", continuous, days=CONTINUOUS_DAYS)
        self.register_outputs({})

    def _plan(self, role: str, resources: Sequence[pulumi.Input[str]], days: int) -> None:
        scope, copies = self.scope, self.vault.copies
        lifecycle = aws.backup.PlanRuleLifecycleArgs(delete_after=days)
        copied = aws.backup.PlanRuleCopyActionLifecycleArgs(delete_after=days)
        copy = [aws.backup.PlanRuleCopyActionArgs(destination_vault_arn=copies.arn, lifecycle=copied)] if copies else []
        continuous = role == "continuous"
        plan = aws.backup.Plan(
            role,
            name=scope.names.of(role),
            rules=[
                aws.backup.PlanRuleArgs(
                    rule_name=role,
                    target_vault_name=self.vault.vault.name,
                    schedule=DAILY,
                    start_window=_WINDOW_MINUTES,
                    completion_window=2 * _WINDOW_MINUTES,
                    enable_continuous_backup=continuous,
                    lifecycle=lifecycle,
                    # what is continuous is not copied: AWS copies moments, and the daily ones are
                    copy_actions=[] if continuous else copy,
                    recovery_point_tags=scope.labels(self.spec.isolation, "recovery-point"),
                )
            ],
            tags=scope.labels(self.spec.isolation, role),
            opts=self.child(),
        )
        aws.backup.Selection(
            role,
            name=role,
            plan_id=plan.id,
            iam_role_arn=self.role.arn,
            resources=list(resources),
            opts=self.child(after=[self.vault]),  # which is locked by then
        )
