"""What a cell's other services stand on: its key, its records of what happened, the boundary of tenants' roles."""

from __future__ import annotations

from functools import partial

import pulumi
import pulumi_aws as aws

from stacks.blueprint.shared import SharedBlueprint
from stacks.parts.bucket import BucketKey, BucketPlan, Lock, PrivateBucket, Sweep
from stacks.parts.scope import Component, Scope, policy
from stacks.policies import bucket, document, key, workload

_OVERWRITTEN_DAYS = 30
_ADMIN_SECONDS = 3600
_READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


class CellKey(Component):
    """The cell's key: for its logs, records, alarms, vault and cluster, never for tenants' data."""

    def __init__(self, blueprint: SharedBlueprint, scope: Scope) -> None:
        super().__init__("CellKey", scope, "key")
        access = blueprint.access
        self.key = aws.kms.Key(
            "key",
            description=f"Logs, records, backups and cluster of {blueprint.stack}",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=document.text(
                key.shared(scope.account, scope.region, access.deployer, access.log_groups, access.service_roles)
            ),
            tags=scope.labels(blueprint.isolation, "key"),
            opts=self.child(protect=scope.phase.protects),
        )
        aws.kms.Alias("key", name=access.alias, target_key_id=self.key.id, opts=self.child())
        self.register_outputs({"keyArn": self.key.arn})


class Audit(Component):
    """The audit bucket, whose records nobody but a break-glass role deletes early, and the bucket for access logs."""

    def __init__(self, blueprint: SharedBlueprint, scope: Scope, key: aws.kms.Key) -> None:
        super().__init__("Audit", scope)
        audit = blueprint.audit
        logs = policy(
            bucket.access_logs, bucket=audit.access_logs_bucket, account=scope.account, workloads=scope.workloads
        )
        self.access_logs = PrivateBucket(
            BucketPlan(
                audit.access_logs_bucket,
                "access-logs",
                blueprint.isolation,
                logs,
                Sweep(objects=audit.access_log_days, noncurrent=_OVERWRITTEN_DAYS),
            ),
            scope,
            self,
        )
        records = policy(
            partial(bucket.audit, keepers=bucket.Keepers(blueprint.access.deployer, blueprint.access.break_glass)),
            bucket=audit.audit_bucket,
            key=key.arn,
            account=scope.account,
            workloads=scope.workloads,
        )
        self.records = PrivateBucket(
            BucketPlan(
                audit.audit_bucket,
                "audit",
                blueprint.isolation,
                records,
                Sweep(),
                key=BucketKey(key.arn, key),
                logs_to=self.access_logs.bucket.bucket,
                lock=Lock(audit.lock_days),
                ends_first=True,
            ),
            scope,
            self,
        )
        self.register_outputs({"auditBucket": self.records.bucket.bucket})


class Logs(Component):
    """Log groups of the cell."""

    def __init__(self, blueprint: SharedBlueprint, scope: Scope, key_arn: pulumi.Output[str]) -> None:
        super().__init__("Logs", scope)
        self.blueprint, self.key_arn = blueprint, key_arn
        self.flow = self._group("flow", blueprint.audit.flow_log_group)
        self.audit = self._group("audit", blueprint.audit.audit_log_group)
        self.register_outputs({"flowLogGroup": self.flow.name})

    def _group(self, role: str, name: str) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            role,
            name=name,
            retention_in_days=self.blueprint.audit.log_days,
            kms_key_id=self.key_arn,
            tags=self.scope.labels(self.blueprint.isolation, role),
            opts=self.child(),
        )


class Admin(Component):
    """The role by which people look into everything of the account: with a second factor, and changing nothing."""

    def __init__(self, blueprint: SharedBlueprint, scope: Scope) -> None:
        super().__init__("Admin", scope)
        access = blueprint.access
        if access.admins:
            role = aws.iam.Role(
                "admin",
                name=access.admin,
                description=f"People who look after {blueprint.stack}, with a second factor",
                assume_role_policy=document.text(workload.admin_trust(access.admins)),
                max_session_duration=_ADMIN_SECONDS,
                tags=scope.labels(blueprint.isolation, "admin"),
                opts=self.child(),
            )
            aws.iam.RolePolicyAttachment("admin", role=role.name, policy_arn=_READ_ONLY, opts=self.child())
        self.register_outputs({})


class Boundary(Component):
    """The most that any tenant's role can ever have."""

    def __init__(self, blueprint: SharedBlueprint, scope: Scope) -> None:
        super().__init__("Boundary", scope)
        names, shared = scope.names, blueprint.data
        buckets = [shared.data_bucket, shared.backup_bucket] if shared else []
        models = shared.models.bucket if shared and shared.models else ""
        queues = [each.queue for each in shared.queues] if shared else []
        limits = workload.boundary(scope.account, scope.region, names.org, names.environment, buckets, models, queues)
        self.policy = aws.iam.Policy(
            "boundary",
            name=blueprint.access.boundary,
            description="The most that any tenant's role can ever have",
            policy=document.text(limits),
            tags=scope.labels(blueprint.isolation, "boundary"),
            opts=self.child(),
        )
        self.register_outputs({"boundaryArn": self.policy.arn})
