"""Two tenants with the documents that this project writes, and the same with a hole in one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from operations.isolation.proof import policy
from operations.isolation.proof.policy import Document
from operations.isolation.proof.prove import Proof, Verdict
from operations.isolation.proof.world import Kind, Principal, Thing
from stacks.policies import bucket, document, key, workload

ACCOUNT = "111122223333"
REGION = "eu-central-1"
WORKLOADS = "acme-dev-t*-workload"
DEPLOYER = f"arn:aws:iam::{ACCOUNT}:role/deployer"
SERVICE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"

Json = dict[str, Any]


@dataclass(frozen=True)
class Tenant:
    """A tenant by its slug. What it has is named as the stacks name it."""

    slug: str

    @property
    def role_name(self) -> str:
        return f"acme-dev-{self.slug}-workload"

    @property
    def role_arn(self) -> str:
        return f"arn:aws:iam::{ACCOUNT}:role/{self.role_name}"

    @property
    def data(self) -> str:
        return f"acme-dev-{self.slug}-data"

    @property
    def key_arn(self) -> str:
        return f"arn:aws:kms:{REGION}:{ACCOUNT}:key/00000000-0000-0000-0000-{self.slug}"

    @property
    def secret_arn(self) -> str:
        return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:acme-dev-{self.slug}-database-login-Ab12Cd"

    @property
    def log_group(self) -> str:
        return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/acme/dev/{self.slug}"

    def access(self) -> Json:
        return workload.access(
            workload.Belongings(
                data_bucket=f"arn:aws:s3:::{self.data}",
                backup_bucket=f"arn:aws:s3:::acme-dev-{self.slug}-backup",
                container="",
                key=self.key_arn,
                secrets=[self.secret_arn],
                log_group=self.log_group,
            )
        )

    def bucket_policy(self) -> Json:
        return bucket.tenant(self.data, self.key_arn, ACCOUNT, WORKLOADS, [self.role_name])

    def key_policy(self) -> Json:
        return key.tenant(ACCOUNT, REGION, DEPLOYER, "/acme/dev/*", self.role_arn, [SERVICE_ROLE])

    def secret_policy(self) -> Json:
        return workload.secret(ACCOUNT, WORKLOADS, self.role_name)

    def trust(self) -> Json:
        return workload.trust(ACCOUNT, workload.Pods(self.slug), [])

    def principal(self, access: Json | None = None, boundary: Json | None = None, **rest: Any) -> Principal:
        """The workload role as it is, or with other documents."""
        given: dict[str, Any] = {
            "identity": (read("access", access or self.access()),),
            "boundary": read("boundary", boundary or BOUNDARY),
            "tags": {"tenant": "acme", "slug": self.slug},
        }
        return Principal(name=self.role_arn, account=ACCOUNT, **(given | rest))

    def pods(self) -> Principal:
        """EKS Pod Identity, on behalf of a pod in the tenant's namespace."""
        sent = {"aws:RequestTag/kubernetes-namespace": self.slug, "aws:SourceAccount": ACCOUNT}
        return Principal(name="pods.eks.amazonaws.com", account=ACCOUNT, kind=Kind.SERVICE, context=sent)

    def bucket(self, own: Json | None = None) -> Thing:
        return thing(f"arn:aws:s3:::{self.data}", "bucket", own or self.bucket_policy())

    def objects(self, own: Json | None = None) -> Thing:
        return thing(f"arn:aws:s3:::{self.data}/*", "bucket", own or self.bucket_policy())

    def key(self, own: Json | None = None) -> Thing:
        return thing(self.key_arn, "key", own or self.key_policy())

    def secret(self, own: Json | None = None) -> Thing:
        return thing(self.secret_arn, "secret", own or self.secret_policy())

    def role(self, own: Json | None = None) -> Thing:
        return thing(self.role_arn, "trust", own or self.trust())


BOUNDARY: Json = workload.boundary(ACCOUNT, REGION, "acme", "dev")
A = Tenant("taaaaaaaaa")
B = Tenant("tbbbbbbbbb")
ADMIN = Principal(
    name=DEPLOYER,
    account=ACCOUNT,
    identity=(policy.parse("admin", document.document(document.allow("All", ["*"]))),),
)
"""Who may do anything that is for the account to allow."""


def thing(arn: str, name: str, own: Mapping[str, Any] | None) -> Thing:
    return Thing(arns=(arn,), account=ACCOUNT, policy=None if own is None else read(name, own))


def read(name: str, given: Mapping[str, Any]) -> Document:
    return policy.parse(name, given)


def allow(*actions: str, on: str | list[str] = "*", **rest: Any) -> Json:
    """A statement with a Sid that tests can look for."""
    return document.allow("Hole", actions, on, **rest)


def deny(*actions: str, on: str | list[str] = "*", **rest: Any) -> Json:
    return document.deny("Wall", actions, on, **rest)


def plus(given: Json, *statements: Json) -> Json:
    return {**given, "Statement": [*given["Statement"], *statements]}


def minus(given: Json, *sids: str) -> Json:
    """The document without statements, each of which must have been there."""
    assert set(sids) <= {each["Sid"] for each in given["Statement"]}
    return {**given, "Statement": [each for each in given["Statement"] if each["Sid"] not in sids]}


def only(*statements: Json) -> Json:
    return document.document(*statements)


def closed(proof: Proof) -> bool:
    return proof.verdict is Verdict.CLOSED


def opened(proof: Proof) -> bool:
    return proof.verdict is Verdict.OPEN
