"""Declares an ObjectStoreSpec."""

from __future__ import annotations

from functools import partial
from typing import Any

import pulumi

from stacks.parts.bucket import BucketKey, BucketPlan, Lock, PrivateBucket, Sweep
from stacks.parts.scope import Component, Scope, policy
from stacks.policies import bucket
from stacks.resources.object_store.spec import ModelStore, ObjectStoreSpec


class ObjectStore(Component):
    """The data bucket, the backups bucket, and the models bucket where there is one."""

    def __init__(self, spec: ObjectStoreSpec, scope: Scope, key: BucketKey, access_logs: pulumi.Output[str]) -> None:
        super().__init__("ObjectStore", scope)
        self.spec, self.key, self.access_logs = spec, key, access_logs
        self.data = self._bucket("data", spec.data_bucket, Sweep(noncurrent=spec.noncurrent_days))
        backups = Sweep(objects=spec.backup_days, noncurrent=spec.noncurrent_days)
        self.backups = self._bucket("backups", spec.backup_bucket, backups)
        self.models = self._locked(spec.models) if spec.models else None
        self.register_outputs({"dataBucket": self.data.bucket.bucket, "backupBucket": self.backups.bucket.bucket})

    def _bucket(self, role: str, name: str, sweep: Sweep) -> PrivateBucket:
        text = policy(bucket.tenant, **self._whose(name))
        plan = BucketPlan(name, role, self.spec.isolation, text, sweep, key=self.key, logs_to=self.access_logs)
        return PrivateBucket(plan, self.scope, self)

    def _locked(self, wanted: ModelStore) -> PrivateBucket:
        """Nothing is swept: what is locked is there because somebody may have to show it."""
        keepers = bucket.Keepers(wanted.deployer, wanted.break_glass)
        rules = partial(bucket.models, keepers=keepers, purged=self.scope.phase.empties)
        plan = BucketPlan(
            wanted.bucket,
            "models",
            self.spec.isolation,
            policy(rules, **self._whose(wanted.bucket)),
            Sweep(),
            key=self.key,
            logs_to=self.access_logs,
            lock=Lock(wanted.days, wanted.compliance),
        )
        return PrivateBucket(plan, self.scope, self)

    def _whose(self, name: str) -> dict[str, Any]:
        """What every policy of the tenant's buckets is written from."""
        scope = self.scope
        return {
            "bucket": name,
            "key": self.key.arn,
            "account": scope.account,
            "workloads": scope.workloads,
            "own_roles": [scope.names.of("workload"), scope.names.of("member-workload")],
        }
