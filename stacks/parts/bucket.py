"""A bucket as all of ours are: versioned, private, owned, encrypted, watched, swept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from stacks.inputs.fields import Isolation
from stacks.parts.scope import Component, Scope

MULTIPART_DAYS = 7
"""Days after which an upload that was never finished is swept."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """After how many days objects go, and versions that were overwritten; 0 for never."""

    objects: int = 0
    noncurrent: int = 0


@dataclass(frozen=True, slots=True)
class Lock:
    """Object Lock of every new object: for how many days, and whether nobody lifts it any more (COMPLIANCE mode)."""

    days: int
    compliance: bool = False


@dataclass(frozen=True, slots=True)
class BucketKey:
    """The ARN of the key that objects lie under, and the key itself where it is of the same stack."""

    arn: pulumi.Output[str]
    made: aws.kms.Key | None = None


@dataclass(frozen=True, slots=True)
class BucketPlan:
    """What differs between our buckets.

    `key` is a KMS key, None for S3's own encryption (the only one that access logs can be delivered to); `logs_to` is
    the bucket for access logs, None for the bucket that holds them; `lock` sets Object Lock. A policy that keeps
    everybody from emptying the bucket `ends_first`: it is deleted before the bucket is.
    """

    name: str
    role: str
    isolation: Isolation
    policy: pulumi.Output[str]
    sweep: Sweep
    key: BucketKey | None = None
    logs_to: pulumi.Input[str] | None = None
    lock: Lock | None = None
    ends_first: bool = False


class PrivateBucket(Component):
    """One bucket and all its settings."""

    def __init__(self, plan: BucketPlan, scope: Scope, parent: pulumi.Resource) -> None:
        super().__init__("Bucket", scope, plan.role, parent)
        self.plan = plan
        self.bucket = aws.s3.Bucket(
            plan.role,
            bucket=plan.name,
            force_destroy=scope.phase.empties,
            object_lock_enabled=plan.lock is not None,
            tags=scope.labels(plan.isolation, plan.role),
            # the key goes last: a bucket that stays, because something in it can't be deleted, must stay readable
            opts=self.child(protect=scope.phase.protects, after=[plan.key.made] if plan.key and plan.key.made else []),
        )
        self._close()
        self._encrypt()
        versioning = self._keep_versions()
        self._sweep(versioning)
        if plan.logs_to is not None:
            self._watch(plan.logs_to)
        if plan.lock is not None:
            self._lock(plan.lock, versioning)
        self.register_outputs({"bucket": self.bucket.bucket, "arn": self.bucket.arn})

    def _setting(self, *after: pulumi.Resource) -> pulumi.ResourceOptions:
        """It goes with the bucket: what is closed stays closed until nothing is in it."""
        return self.child(after=after, within=self.bucket)

    def _close(self) -> None:
        name = self.plan.role
        block = aws.s3.BucketPublicAccessBlock(
            name,
            bucket=self.bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._setting(),
        )
        aws.s3.BucketOwnershipControls(
            name,
            bucket=self.bucket.id,
            rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=self._setting(),
        )
        # S3 refuses two changes to a bucket's access at once; the policy waits for the block.
        options = self.child(after=[block]) if self.plan.ends_first else self._setting(block)
        aws.s3.BucketPolicy(name, bucket=self.bucket.id, policy=self.plan.policy, opts=options)

    def _encrypt(self) -> None:
        key = self.plan.key
        default = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="AES256" if key is None else "aws:kms", kms_master_key_id=key.arn if key else None
        )
        rule = aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
            apply_server_side_encryption_by_default=default, bucket_key_enabled=key is not None
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            self.plan.role, bucket=self.bucket.id, rules=[rule], opts=self._setting()
        )

    def _keep_versions(self) -> aws.s3.BucketVersioning:
        return aws.s3.BucketVersioning(
            self.plan.role,
            bucket=self.bucket.id,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=self._setting(),
        )

    def _sweep(self, versioning: aws.s3.BucketVersioning) -> None:
        aws.s3.BucketLifecycleConfiguration(
            self.plan.role, bucket=self.bucket.id, rules=_rules(self.plan.sweep), opts=self._setting(versioning)
        )

    def _watch(self, logs_to: pulumi.Input[str]) -> None:
        aws.s3.BucketLogging(
            self.plan.role,
            bucket=self.bucket.id,
            target_bucket=logs_to,
            target_prefix=f"{self.plan.name}/",
            opts=self._setting(),
        )

    def _lock(self, lock: Lock, versioning: aws.s3.BucketVersioning) -> None:
        retention = aws.s3.BucketObjectLockConfigurationRuleDefaultRetentionArgs(
            mode="COMPLIANCE" if lock.compliance else "GOVERNANCE", days=lock.days
        )
        aws.s3.BucketObjectLockConfiguration(
            self.plan.role,
            bucket=self.bucket.id,
            rule=aws.s3.BucketObjectLockConfigurationRuleArgs(default_retention=retention),
            opts=self._setting(versioning),
        )


def _rules(sweep: Sweep) -> Sequence[aws.s3.BucketLifecycleConfigurationRuleArgs]:
    """One rule for each thing swept, for the whole bucket each."""
    whole = aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix="")
    rules = [
        aws.s3.BucketLifecycleConfigurationRuleArgs(
            id="unfinished-uploads",
            status="Enabled",
            filter=whole,
            abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                days_after_initiation=MULTIPART_DAYS
            ),
        )
    ]
    if sweep.noncurrent:
        versions = aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
            noncurrent_days=sweep.noncurrent
        )
        rules.append(
            aws.s3.BucketLifecycleConfigurationRuleArgs(
                id="overwritten", status="Enabled", filter=whole, noncurrent_version_expiration=versions
            )
        )
    if sweep.objects:
        age = aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=sweep.objects)
        rules.append(
            aws.s3.BucketLifecycleConfigurationRuleArgs(id="old", status="Enabled", filter=whole, expiration=age)
        )
    return rules
