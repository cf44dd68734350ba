"""What goes to a bucket in clear is refused by its policy."""

from __future__ import annotations

from operations.isolation import policies
from operations.isolation.model import Assertion, Level, Report, Shows, setting, there
from operations.isolation.policies import Statement
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="s3-tls-only",
    numbers=(22,),
    claim="Each bucket's policy denies every request without TLS.",
    kind="object_store",
    level=Level.CONFIG,
    answers=("object_store.PLAINTEXT_TRANSPORT_REFUSED",),
    control="The bucket has a policy.",
    remedy="Put the bucket's policy back: `tenant apply TENANT --refresh`.",
    shows=Shows(local="by the policy: nothing answers in clear there", aws="by the policy"),
)


def check(case: Case) -> Report:
    """Read from each bucket's policy."""
    buckets = [case.a.said(name) for name in ("dataBucket", "backupBucket", "modelBucket") if name in case.a.outputs]
    found = {name: policies.read(case.read("s3", "GetBucketPolicy", Bucket=name)["Policy"]) for name in buckets}
    return Report(
        tuple(there(f"policy of {name}", lambda n=name: bool(found[n])) for name in buckets),
        tuple(
            setting(f"requests in clear to {name}", lambda n=name: any(_denies_clear(each, n) for each in found[n]))
            for name in buckets
        ),
    )


def _denies_clear(statement: Statement, bucket: str) -> bool:
    asked = {"Bool": {"aws:SecureTransport": "false"}}
    everything = {f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"}
    return (
        statement.get("Effect") == "Deny"
        and "*" in policies.principals(statement, "AWS")
        and statement.get("Condition") == asked
        and everything <= set(statement.get("Resource") or ())
        and "s3:*" in statement.get("Action", ())
    )
