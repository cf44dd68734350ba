"""Runs a program against Pulumi's mocks and keeps what it declared."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast
from unittest.mock import patch

import pulumi
from google.protobuf import json_format
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2

SHARED = {
    "vpcId": "vpc-cell",
    "vpcCidr": "10.0.0.0/16",
    "availabilityZones": ["us-east-1a", "us-east-1b", "us-east-1c"],
    "dataRouteTableIds": ["rtb-1", "rtb-2", "rtb-3"],
    "accessLogsBucket": "access-logs",
    "boundaryArn": "arn:aws:iam::123456789012:policy/boundary",
    "privateSubnetIds": ["subnet-p1", "subnet-p2", "subnet-p3"],
    "alarmTopicArn": "arn:aws:sns:us-east-1:123456789012:cell-alarms",
    "clusterName": "cell-cluster",
    "clusterEndpoint": "https://cell.eks.amazonaws.com",
    "clusterAuthority": "Y2E=",
    "clusterSecurityGroup": "sg-cell-cluster",
    "zoneId": "Z0CELL",
    "balancerName": "cell.elb.amazonaws.com",
    "balancerZone": "Z0ELB",
    "balancerGroup": "sg-balancer",
    "dataKeyArn": "arn:aws:kms:us-east-1:123456789012:key/cell-data",
    "dataSubnetIds": ["subnet-d1", "subnet-d2", "subnet-d3"],
    "dataClientsGroup": "sg-data-clients",
    "databases": {"1": {"address": "shared-db.internal", "port": 5432, "deployerSecretArn": "arn:deployer"}},
    "caches": {"1": {"address": "shared-cache.internal", "deployerSecretArn": "arn:cache-deployer"}},
    "queues": {"jobs": {"url": "https://sqs.us-east-1.amazonaws.com/123456789012/cell-queue-jobs"}},
    "listenerArn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/cell/1/2",
}
MASTER_PASSWORD = "the-password-of-the-master"
LOGIN_PASSWORD = "the-password-of-a-login"
API_KEY = "the-api-key-that-aws-made-up"


@dataclass(frozen=True)
class Declared:
    """One resource as the engine would get it: inputs, and the options that protect it."""

    type: str
    name: str
    inputs: dict[str, Any]
    protect: bool
    retain: bool
    ignored: tuple[str, ...]
    provider: str
    needs: tuple[str, ...]
    within: str


@dataclass
class Outcome:
    """All that a program declared, and its stack's outputs with the names of those that are secret."""

    resources: list[Declared] = field(default_factory=list[Declared])
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    secrets: set[str] = field(default_factory=set[str])

    def of(self, type: str) -> list[Declared]:
        return [each for each in self.resources if each.type == type]

    def one(self, type: str, name: str | None = None) -> Declared:
        (found,) = [each for each in self.of(type) if name in (None, each.name)]
        return found

    def count(self) -> dict[str, int]:
        made = [each.type for each in self.resources if not each.type.startswith(("pulumi:", "tenant:"))]
        return {type: made.count(type) for type in sorted(set(made))}


_ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "aws:apigateway/apiKey:ApiKey": {"value": API_KEY},
    "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 1},
    "aws:elasticache/replicationGroup:ReplicationGroup": {"primaryEndpointAddress": "cache.internal"},
    "aws:lb/loadBalancer:LoadBalancer": {"dnsName": "cell.elb.amazonaws.com", "zoneId": "Z0ELB"},
    "aws:rds/instance:Instance": {"address": "db.internal", "masterUserSecrets": [{"secretArn": "arn:master"}]},
    "aws:route53/zone:Zone": {"zoneId": "Z0MADE"},
    "random:index/randomPassword:RandomPassword": {"result": LOGIN_PASSWORD},
}


def _answers(type: str, name: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """What the cloud adds to what was asked for, of the types whose answers the programs use."""
    match type:
        case "aws:eks/cluster:Cluster":
            there = {"endpoint": "https://own.eks.amazonaws.com", "certificateAuthority": {"data": "b3du"}}
            return {**there, "vpcConfig": {**inputs["vpcConfig"], "clusterSecurityGroupId": "sg-own-cluster"}}
        case "aws:eks/nodeGroup:NodeGroup":
            return {"resources": [{"autoscalingGroups": [{"name": f"eks-{name}"}]}]}
        case "aws:acm/certificate:Certificate":
            proof = {"resourceRecordName": "_proof", "resourceRecordType": "CNAME", "resourceRecordValue": "acm"}
            return {"domainValidationOptions": [{"domainName": inputs["domainName"], **proof}]}
        case "aws:sqs/queue:Queue":
            return {"url": f"https://sqs.us-east-1.amazonaws.com/123456789012/{inputs.get('name', name)}"}
        case _:
            return _ANSWERS.get(type, {})


class Cloud(mocks.Mocks):
    """What the programs read back: ARNs, endpoints, the master's secret. `shared` is what the cell says."""

    def __init__(self, shared: Mapping[str, Any] = SHARED) -> None:
        self.shared = shared
        self._deployers = {each["deployerSecretArn"] for each in shared.get("databases", {}).values()}

    def arn(self, type: str, name: str, inputs: Mapping[str, Any]) -> str:
        """What a resource is called in policies."""
        return f"arn:aws:{type}:{name}"

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[Any, Any]]:
        inputs = cast("dict[str, Any]", cast("Any", args).inputs)
        if args.typ == "pulumi:pulumi:StackReference":
            return inputs["name"], {**inputs, "outputs": self.shared, "secretOutputNames": []}
        made = {"name": args.name, **inputs, "arn": self.arn(str(args.typ), str(args.name), inputs)}
        return f"{args.name}-id", {**made, **_answers(str(args.typ), str(args.name), inputs)}

    def call(self, args: mocks.MockCallArgs) -> Any:
        given = cast("dict[str, Any]", cast("Any", args).args)
        if args.token.endswith("getSecretVersion"):
            master = {"username": "tenant_admin", "password": MASTER_PASSWORD}
            deployer = {"host": "db", "port": 5432, "dbname": "bridge", "username": "tenant_deployer", "password": "it"}
            return {**given, "secretString": json.dumps(deployer if given["secretId"] in self._deployers else master)}
        if args.token.endswith("rds/getInstance:getInstance"):
            secret = f"secret-of-{given['dbInstanceIdentifier']}"
            return {**given, "masterUserSecrets": [{"secretArn": secret, "secretStatus": "active", "kmsKeyId": "key"}]}
        if args.token.endswith("getAvailabilityZones"):
            return {"names": ["us-east-1d", "us-east-1b", "us-east-1a", "us-east-1c"]}
        if args.token.endswith("getVpc"):
            return {**given, "cidrBlock": "10.0.0.0/8"}
        if args.token.endswith("getCluster"):
            vpc = {"clusterSecurityGroupId": "sg-adopted"}
            there = {"endpoint": "https://adopted.eks.amazonaws.com", "certificateAuthorities": [{"data": "YWQ="}]}
            return {**given, **there, "vpcConfig": vpc}
        raise AssertionError(f"the programs ask nothing else: {args.token}")


class _Monitor(mocks.MockMonitor):
    """The SDK's own mock monitor, which also keeps options and which values are secret."""

    def __init__(self, outcome: Outcome, cloud: Cloud) -> None:
        super().__init__(cloud)
        self.outcome = outcome

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> Any:
        inputs = cast("dict[str, Any]", _plain(request.object))
        self.outcome.resources.append(
            Declared(
                type=request.type,
                name=request.name,
                inputs=inputs,
                protect=request.protect,
                retain=request.retainOnDelete,
                ignored=tuple(request.ignoreChanges),
                provider=request.provider or json.dumps(dict(request.providers)),
                needs=tuple(request.dependencies),
                within=request.deletedWith,
            )
        )
        return cast("Any", super()).RegisterResource(request)


@dataclass(frozen=True)
class Secret:
    """A value that goes over the wire as a secret."""

    value: Any


_SIGNATURE = "4dabf18193072939515e22adb298388d"


def _plain(value: Any) -> Any:
    """A protobuf value as plain Python, with secrets as `Secret`."""
    return _unwrap(json_format.MessageToDict(value))


def _unwrap(value: Any) -> Any:
    if isinstance(value, list):
        return [_unwrap(each) for each in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return int(value) if isinstance(value, float) and value.is_integer() else value
    known = cast("dict[str, Any]", value)
    if _SIGNATURE in known and "value" in known:
        return Secret(_unwrap(known["value"]))
    return {key: _unwrap(each) for key, each in known.items()}


def clear(value: Any) -> Any:
    """The value as a provider gets it, which is sent no secrets but their values."""
    if isinstance(value, Secret):
        return value.value
    if isinstance(value, list):
        return [clear(each) for each in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: clear(each) for key, each in cast("dict[str, Any]", value).items()}
    return value


def run(program: Callable[[], None], *, preview: bool = False, cloud: Cloud | None = None) -> Outcome:
    """What the program declares."""
    outcome, exported = Outcome(), dict[str, Any]()
    there = cloud or Cloud()
    pulumi.runtime.set_mocks(
        there, project="tenants", stack="local.test", preview=preview, monitor=_Monitor(outcome, there)
    )

    async def gather() -> None:
        for name, value in exported.items():
            output = pulumi.Output.from_input(value)
            outcome.outputs[name] = await output.future()
            if await output.is_secret():
                outcome.secrets.add(name)

    def declare() -> Any:
        program()
        return gather()

    with patch("pulumi.export", exported.__setitem__):
        cast("Any", pulumi.runtime).test(declare)()
    return outcome
