"""Declares an ObjectStoreSpec."""

from __future__ import annotations

import pulumi

from stacks.parts.bucket import BucketPlan, PrivateBucket, Sweep
from stacks.parts.scope import Component, Scope, policy
from stacks.policies import bucket
from stacks.resources.object_store.spec import ObjectStoreSpec


class ObjectStore(Component):
    """The data bucket and the backups bucket."""

    def __init__(
        self, spec: ObjectStoreSpec, scope: Scope, key: pulumi.Output[str], access_logs: pulumi.Output[str]
    ) -> None:
        super().__init__("ObjectStore", scope)
        self.spec, self.key, self.access_logs = spec, key, access_logs
        self.data = self._bucket("data", spec.data_bucket, Sweep(noncurrent=spec.noncurrent_days))
        backups = Sweep(objects=spec.backup_days, noncurrent=spec.noncurrent_days)
        self.backups = self._bucket("backups", spec.backup_bucket, backups)
        self.register_outputs({"dataBucket": self.data.bucket.bucket, "backupBucket": self.backups.bucket.bucket})

    def _bucket(self, role: str, name: str, sweep: Sweep) -> PrivateBucket:
        scope = self.scope
        text = policy(
            bucket.tenant,
            bucket=name,
            key=self.key,
            account=scope.account,
            workloads=scope.workloads,
            own_role=scope.names.of("workload"),
        )
        plan = BucketPlan(name, role, self.spec.isolation, text, sweep, key=self.key, logs_to=self.access_logs)
        return PrivateBucket(plan, scope, self)
