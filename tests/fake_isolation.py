"""A cloud in memory that keeps tenants apart, and that can be told to open: what a thing's name holds says whose it is.

`open` are services whose guard is gone, `down` those that do not answer, `settings` answers that are not as they should
be, by service and operation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from operations.isolation.model import Party, Refusal, Unclear
from operations.isolation.pods import pod
from operations.isolation.ports import As, Ask, Door, World
from stacks.conventions import labels
from stacks.inputs.environment import Target
from stacks.policies import bucket, device_plugin, endpoint, key, workload
from stacks.resources.members.spec import MemberPlan
from stacks.resources.namespace import manifests
from stacks.resources.namespace.spec import NamespaceSpec
from stacks.resources.network.spec import NetworkSpec

_SLUG = re.compile(r"(?<![a-z0-9])t[a-z2-7]{9}(?![a-z0-9])")
_POWERS = ("TO PROGRAM", "pg_read_file", "lo_import", "CREATE ROLE", "SET ROLE", "SESSION AUTHORIZATION")
_SERVER = ("CONFIG", "ACL", "CLIENT", "INFO", "KEYS", "SLOWLOG", "SWAPDB")
_IDENTITIES = ("DeleteRolePolicy", "DetachRolePolicy", "UntagRole", "ListRolePolicies", "AssumeRole")
SESSION = "tenant-verify"

Setting = Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass
class FakeApart:
    """What is open, what does not answer, which settings differ. `asked` are all calls of tenants."""

    open: set[str] = field(default_factory=set[str])
    down: set[str] = field(default_factory=set[str])
    settings: dict[tuple[str, str], Setting] = field(default_factory=dict[tuple[str, str], Setting])
    asked: list[str] = field(default_factory=list[str])
    parties: dict[str, Party] = field(default_factory=dict[str, Party])

    def world(self) -> World:
        return World(FakeReadings(self), self, Target.LOCAL)

    def of(self, party: Party) -> FakeActing:
        self.parties[party.slug] = party
        if "sts" in self.down:
            raise Unclear("whoever verifies may not take on its role")
        return FakeActing(self, party)

    def member(self, party: Party, member: MemberPlan) -> FakeActing:
        raise Unclear(f"nobody acts for {member.id} here")

    def guard(self, service: str, *, foreign: bool, what: str) -> None:
        self.asked.append(what)
        if service in self.down:
            raise Unclear(f"{service} does not answer")
        if foreign and service not in self.open:
            raise Refusal("AccessDenied")


@dataclass
class FakeActing:
    """One tenant: it may do what it likes with what has its slug in its name."""

    apart: FakeApart
    party: Party

    def aws(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        named = set(_SLUG.findall(" ".join(map(_text, _flat(parameters)))))
        identity = operation in _IDENTITIES
        other_kind = parameters.get("ServerSideEncryption") == "AES256"
        foreign = bool(named - {self.party.slug}) or identity or other_kind
        self.apart.guard(service, foreign=foreign, what=f"{self.party.tenant} {service} {operation}")
        if operation == "Encrypt":
            return {"CiphertextBlob": _SLUG.findall(parameters["KeyId"])[0].encode()}
        return {"SecretString": json.dumps({"password": f"word-{self.party.slug}"}), "Body": b"x"}

    def link(self, bucket: str, key: str) -> str:
        return f"https://{bucket}/{key}?by={self.party.tenant}"

    def fetch(self, url: str) -> bytes:
        foreign = self.party.slug not in url
        self.apart.guard("s3", foreign=foreign, what=url)
        return b"x"

    def sql(self, at: Party, *statements: str, door: Door = Door.TLS, database: str = "") -> Sequence[Sequence[Any]]:
        statement = "; ".join(statements)
        power = any(word in statement for word in _POWERS) and f'"{self.party.slug}"' not in statement
        foreign = at.slug != self.party.slug or door is not Door.TLS or power
        self.apart.guard("sql", foreign=foreign, what=f"{self.party.tenant} sql {statement}")
        return [["postgres"]] if "aclexplode" in statement and "sql" in self.apart.open else []

    def cache(self, at: Party, *words: str, door: Door = Door.TLS) -> Any:
        foreign = at.slug != self.party.slug or door is not Door.TLS or words[0] in _SERVER
        self.apart.guard("cache", foreign=foreign, what=f"{self.party.tenant} cache {' '.join(words)}")
        return b"1"

    def kubernetes(self, who: As, at: Party, ask: Ask) -> Mapping[str, Any]:
        review = "reviews" in ask.path
        foreign = not review and not self._may(who, ask)
        self.apart.guard("kubernetes", foreign=foreign, what=f"{self.party.tenant} {who} {ask.method} {ask.path}")
        asked = (ask.body or {}).get("spec", {}).get("resourceAttributes", {})
        own = who is As.PEOPLE and asked.get("namespace") == self.party.slug
        return {"status": {"allowed": own or "kubernetes" in self.apart.open}}

    def _may(self, who: As, ask: Ask) -> bool:
        """People read their namespace, and make the pods and claims that a policy admits."""
        home = f"/namespaces/{self.party.slug}/"
        if who is not As.PEOPLE or home not in ask.path:
            return False
        own = (pod(self.party).body, pod(self.party, {"priorityClassName": self.party.slug}).body)
        claimed = (ask.body or {}).get("spec", {}).get("storageClassName") == self.party.slug
        return ask.method == "GET" or (ask.method == "POST" and (ask.body in own or claimed))


@dataclass
class FakeReadings:
    """Settings as this tool makes them, and those that were said to differ."""

    apart: FakeApart

    def aws(self, region: str, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        if service in self.apart.down:
            raise Unclear(f"{service} does not answer")
        slug = next(iter(_SLUG.findall(" ".join(map(_text, _flat(parameters))))), "")
        good = _GOOD[operation](slug, parameters, self.apart.parties)
        differs = self.apart.settings.get((service, operation))
        return good if differs is None else differs(good) if callable(differs) else differs

    def kubernetes(self, at: Party, path: str) -> Mapping[str, Any]:
        spec = at.blueprint.of(NamespaceSpec)
        good: Mapping[str, Any] = {}
        if path.endswith("networkpolicies"):
            made = manifests.network(spec).items()
            good = {"items": [{"metadata": {"name": name}, "spec": each} for name, each in made]}
        elif path.endswith("policybindings"):
            good = {"items": [{"spec": {"policyName": "p", "validationActions": ["Deny"]}}]}
        elif path.endswith("policies"):
            rule = {"resources": ["pods", "persistentvolumeclaims"]}
            held = {"failurePolicy": "Fail", "matchConstraints": {"resourceRules": [rule]}}
            good = {"items": [{"metadata": {"name": "p"}, "spec": held}]}
        elif path.endswith("quota"):
            good = {"spec": manifests.quota(spec)}
        elif path.endswith(device_plugin.NAME):
            good = {"data": device_plugin.configurations()}
        elif path.endswith("/nodes"):
            good = {"items": []}
        else:
            named = {labels.SLUG: at.slug, f"{labels.POD_SECURITY}/enforce": "restricted"}
            good = {"metadata": {"labels": named}}
        differs = self.apart.settings.get(("kubernetes", path.rpartition("/")[2]))
        return good if differs is None else differs(good) if callable(differs) else differs

    def state(self, party: Party) -> str:
        shown = f"word-{party.slug}" if "state" in self.apart.open else "ciphertext"
        return json.dumps({"role": party.outputs["roleArn"], "password": shown})


def _flat(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [one for each in cast("Mapping[str, Any]", value).values() for one in _flat(each)]
    if isinstance(value, list | tuple):
        return [one for each in cast("Sequence[Any]", value) for one in _flat(each)]
    return [value]


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _role(slug: str) -> str:
    return f"arn:aws:iam::123456789012:role/demo-local-{slug}-workload"


def _name(slug: str) -> str:
    return _role(slug).rpartition("/")[2]


def _key(slug: str) -> str:
    return f"arn:aws:kms:us-east-1:123456789012:key/{slug}"


def _access(slug: str) -> Mapping[str, Any]:
    own = workload.Belongings(
        data_bucket=f"arn:aws:s3:::demo-local-{slug}-data",
        backup_bucket=f"arn:aws:s3:::demo-local-{slug}-backups",
        container="",
        key=_key(slug),
        secrets=[
            f"arn:aws:secretsmanager:us-east-1:123456789012:secret:demo-local-{slug}-{each}-login-a1b2c3"
            for each in ("database", "cache")
        ],
        log_group=f"arn:aws:logs:us-east-1:123456789012:log-group:/demo/local/{slug}/workload",
    )
    return workload.access(own)


def _rules(slug: str, given: Mapping[str, Any], _: Any) -> Mapping[str, Any]:
    group = given["Filters"][0]["Values"][0]
    into = {"IsEgress": False, "ReferencedGroupInfo": {"GroupId": f"sg-{slug}-workloads"}, "FromPort": 5432}
    return {"SecurityGroupRules": [into] if group.endswith("data") else []}


def _subnets(_: str, given: Mapping[str, Any], __: Any) -> Mapping[str, Any]:
    return {"Subnets": [{"SubnetId": f"subnet-{cidr}"} for cidr in given["Filters"][1]["Values"]]}


def _tables(_: str, __: Any, parties: Mapping[str, Party]) -> Mapping[str, Any]:
    cidrs = [cidr for party in parties.values() for cidr in party.blueprint.of(NetworkSpec).data_cidrs]
    associations = [{"SubnetId": f"subnet-{cidr}"} for cidr in cidrs]
    return {"RouteTables": [{"Associations": associations, "Routes": [{"GatewayId": "local"}]}]}


_PRIVATE = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
_ACCOUNT, _REGION = "123456789012", "us-east-1"

_GOOD: dict[str, Callable[[str, Mapping[str, Any], Mapping[str, Party]], Mapping[str, Any]]] = {
    "HeadBucket": lambda s, g, p: {"BucketRegion": _REGION},
    "GetPublicAccessBlock": lambda s, g, p: {"PublicAccessBlockConfiguration": _PRIVATE},
    "GetBucketOwnershipControls": lambda s, g, p: {
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    },
    "GetBucketPolicy": lambda s, g, p: {
        "Policy": json.dumps(bucket.tenant(g["Bucket"], _key(s), _ACCOUNT, "demo-local-t*-workload", [_name(s)]))
    },
    "GetBucketEncryption": lambda s, g, p: {
        "ServerSideEncryptionConfiguration": {
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"KMSMasterKeyID": _key(s)}}]
        }
    },
    "DescribeKey": lambda s, g, p: {"KeyMetadata": {"Arn": g["KeyId"], "KeyState": "Enabled"}},
    "GetKeyRotationStatus": lambda s, g, p: {"KeyRotationEnabled": True},
    "ListGrants": lambda s, g, p: {"Grants": []},
    "GetKeyPolicy": lambda s, g, p: {
        "Policy": json.dumps(key.tenant(_ACCOUNT, _REGION, "arn:aws:iam::1:root", f"/demo/local/{s}/*", _role(s)))
    },
    "GetRole": lambda s, g, p: {
        "Role": {
            "Arn": _role(s),
            "Tags": [{"Key": "slug", "Value": s}],
            "AssumeRolePolicyDocument": workload.trust(_ACCOUNT, workload.Pods(s), []),
            "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/boundary"},
        }
    },
    "GetPolicy": lambda s, g, p: {"Policy": {"DefaultVersionId": "v1"}},
    "GetPolicyVersion": lambda s, g, p: {
        "PolicyVersion": {"Document": workload.boundary(_ACCOUNT, _REGION, "demo", "local")}
    },
    "ListRolePolicies": lambda s, g, p: {"PolicyNames": ["access"]},
    "ListAttachedRolePolicies": lambda s, g, p: {"AttachedPolicies": []},
    "GetRolePolicy": lambda s, g, p: {"PolicyDocument": _access(s)},
    "GetResourcePolicy": lambda s, g, p: {
        "ResourcePolicy": json.dumps(workload.secret(_ACCOUNT, "demo-local-t*-workload", _name(s)))
    },
    "DescribeReplicationGroups": lambda s, g, p: {
        "ReplicationGroups": [{"UserGroupIds": [f"{s}-u"], "KmsKeyId": _key(s), "TransitEncryptionEnabled": True}]
    },
    "DescribeUserGroups": lambda s, g, p: {"UserGroups": [{"UserIds": [f"demo-local-{s}-user"]}]},
    "DescribeSecurityGroupRules": _rules,
    "DescribeSecurityGroups": lambda s, g, p: {"SecurityGroups": [{"VpcId": "vpc-1", "GroupId": "sg-default"}]},
    "DescribeNetworkInterfaces": lambda s, g, p: {"NetworkInterfaces": []},
    "DescribeSubnets": _subnets,
    "DescribeRouteTables": _tables,
    "DescribeVpcEndpoints": lambda s, g, p: {
        "VpcEndpoints": [
            {
                "VpcEndpointId": "vpce-1",
                "ServiceName": f"com.amazonaws.{_REGION}.s3",
                "Tags": [{"Key": "Name", "Value": "demo-local-endpoint-s3"}],
                "PolicyDocument": json.dumps(endpoint.objects(_ACCOUNT)),
            }
        ]
    },
    "ListPodIdentityAssociations": lambda s, g, p: {
        "associations": [
            {"namespace": party.said("namespace"), "associationId": f"a-{party.slug}"}
            for party in p.values()
            if g.get("namespace", party.said("namespace")) == party.said("namespace")
        ]
    },
    "DescribePodIdentityAssociation": lambda s, g, p: {
        "association": {
            "namespace": s,
            "serviceAccount": "workload",
            "roleArn": next(party.said("roleArn") for party in p.values() if party.slug == s),
        }
    },
    "DescribeNodegroup": lambda s, g, p: {"nodegroup": {"launchTemplate": {"id": f"lt-{s}", "version": "1"}}},
    "DescribeLaunchTemplateVersions": lambda s, g, p: {
        "LaunchTemplateVersions": [
            {
                "LaunchTemplateName": f"nodes-{s}",
                "VersionNumber": 1,
                "LaunchTemplateData": {"MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}},
            }
        ]
    },
    "DescribeDBInstances": lambda s, g, p: {
        "DBInstances": [
            {
                "DBInstanceIdentifier": g["DBInstanceIdentifier"],
                "PubliclyAccessible": False,
                "KmsKeyId": _key(s),
                "VpcSecurityGroups": [{"VpcSecurityGroupId": f"sg-{s}-data"}],
            }
        ]
    },
    "DescribeDBSnapshots": lambda s, g, p: {
        "DBSnapshots": [{"DBSnapshotIdentifier": f"snapshot-{s}", "KmsKeyId": _key(s)}]
    },
    "DescribeDBSnapshotAttributes": lambda s, g, p: {
        "DBSnapshotAttributesResult": {"DBSnapshotAttributes": [{"AttributeName": "restore", "AttributeValues": []}]}
    },
    "DescribeBackupVault": lambda s, g, p: {
        "BackupVaultName": g["BackupVaultName"],
        "EncryptionKeyArn": _key(s),
        "Locked": True,
        "MinRetentionDays": 35,
    },
}
