"""What the rows under test need around them: a network, keys, buckets, made on demand through the provider itself."""

from __future__ import annotations

import json
import uuid
from functools import cached_property
from typing import Any

from engine.providers.aws import AwsAccess
from engine.providers.aws.provider import ConfiguredAws
from engine.providers.port import Call, Created, Props, Resource
from tests.contract.providers.aws.watching import watched

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)
PASSWORD = "sixteen-characters-long"


def policy(*actions: str) -> str:
    """An identity policy that allows these actions."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)


def endpoint_policy(*actions: str) -> str:
    """A resource policy that allows these actions to everybody who may reach the endpoint."""
    statement = {"Effect": "Allow", "Principal": "*", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def resource(type: str, name: str) -> Resource:
    """A resource of the test stack."""
    return Resource(f"urn:pulumi:local.t::tenants::{type}::{name}", type, name)


class World:
    """One account and region. Everything is made once, when first asked for, and goes with the cloud."""

    def __init__(self, access: AwsAccess, region: str) -> None:
        self.access, self.region = access, region
        self.provider: ConfiguredAws = watched(access, region)
        self.stack = f"local.{uuid.uuid4().hex[:8]}"
        self._octet = 0

    def client(self, service: str) -> Any:
        """A plain client: what another person, or another tool, would use."""
        return self.access.client(service, self.region)

    def tags(self, name: str) -> dict[str, str]:
        """The tags that name one resource, and one more."""
        return {"stack": self.stack, "Name": name, "tenant": "acme"}

    def unique(self, stem: str) -> str:
        """A name nobody has had."""
        return f"{stem}-{uuid.uuid4().hex[:8]}"

    def make(self, type: str, logical: str, /, **inputs: Any) -> Created:
        """Check and create."""
        return self.provider.create(resource(type, logical), self.checked(type, logical, inputs), Call())

    def checked(self, type: str, name: str, inputs: Props) -> Props:
        """Inputs as the engine would send them."""
        checked = self.provider.check(resource(type, name), None, inputs, name.encode())
        assert not checked.failures, checked.failures
        return checked.inputs

    @cached_property
    def vpc(self) -> str:
        """A network of its own."""
        return self.make("aws:ec2/vpc:Vpc", "vpc", cidrBlock="10.8.0.0/16", tags=self.tags("vpc")).id

    def subnet(self, zone: str = "a") -> str:
        """A new subnet of the network."""
        name, cidr = self.unique("subnet"), self.cidr()
        return self.make(
            "aws:ec2/subnet:Subnet",
            name,
            vpcId=self.vpc,
            cidrBlock=cidr,
            availabilityZone=f"{self.region}{zone}",
            tags=self.tags(name),
        ).id

    def cidr(self) -> str:
        """The next free range of the network."""
        self._octet += 1
        return f"10.8.{self._octet}.0/24"

    @cached_property
    def subnets(self) -> list[str]:
        """Two subnets in two zones."""
        return [self.subnet("a"), self.subnet("b")]

    @cached_property
    def more_subnets(self) -> list[str]:
        """Those two, and a third."""
        return [*self.subnets, self.subnet("c")]

    @cached_property
    def gateway(self) -> str:
        """The network's internet gateway."""
        return self.make("aws:ec2/internetGateway:InternetGateway", "igw", vpcId=self.vpc, tags=self.tags("igw")).id

    @cached_property
    def nat(self) -> str:
        """A NAT gateway."""
        address = self.address()
        return self.make(
            "aws:ec2/natGateway:NatGateway",
            "nat",
            subnetId=self.subnets[0],
            allocationId=address,
            tags=self.tags("nat"),
        ).id

    def address(self) -> str:
        """A new elastic address."""
        name = self.unique("eip")
        return self.make("aws:ec2/eip:Eip", name, tags=self.tags(name)).id

    def table(self) -> str:
        """A new route table."""
        name = self.unique("table")
        return self.make("aws:ec2/routeTable:RouteTable", name, vpcId=self.vpc, tags=self.tags(name)).id

    def group(self) -> str:
        """A new security group."""
        name = self.unique("group")
        return self.make("aws:ec2/securityGroup:SecurityGroup", name, vpcId=self.vpc, tags=self.tags(name)).id

    @cached_property
    def key(self) -> str:
        """A key's ARN."""
        return str(self.make("aws:kms/key:Key", "key", tags=self.tags("key")).outputs["arn"])

    @cached_property
    def other_key(self) -> str:
        """Another key's ARN."""
        return str(self.make("aws:kms/key:Key", "key2", tags=self.tags("key2")).outputs["arn"])

    def bucket(self, **inputs: Any) -> str:
        """A new bucket."""
        name = self.unique("bucket")
        return self.make("aws:s3/bucket:Bucket", name, bucket=name, tags=self.tags(name), **inputs).id

    def role(self) -> str:
        """A new role's name."""
        name = self.unique("role")
        return self.make("aws:iam/role:Role", name, name=name, assumeRolePolicy=TRUST, tags=self.tags(name)).id

    @cached_property
    def role_arn(self) -> str:
        """A role's ARN."""
        return str(self.client("iam").get_role(RoleName=self.role())["Role"]["Arn"])

    @cached_property
    def cluster(self) -> str:
        """A cluster's name. Its control plane is not waited for."""
        name = self.unique("cluster")
        network = {"subnetIds": self.subnets}
        self.client("eks").create_cluster(name=name, roleArn=self.role_arn, resourcesVpcConfig=network)
        return name

    def managed_policy(self) -> str:
        """A new managed policy's ARN."""
        name = self.unique("policy")
        return self.make(
            "aws:iam/policy:Policy", name, name=name, policy=policy("s3:GetObject"), tags=self.tags(name)
        ).id

    def log_group(self) -> str:
        """A new log group's ARN."""
        name = self.unique("logs")
        made = self.make("aws:cloudwatch/logGroup:LogGroup", name, name=name, tags=self.tags(name))
        return str(made.outputs["arn"])

    def topic(self) -> str:
        """A new topic's ARN."""
        name = self.unique("topic")
        return self.make("aws:sns/topic:Topic", name, name=name, tags=self.tags(name)).id

    def vault(self) -> str:
        """A new backup vault's name."""
        name = self.unique("vault")
        return self.make("aws:backup/vault:Vault", name, name=name, tags=self.tags(name)).id

    def plan(self) -> str:
        """A new backup plan's id."""
        name = self.unique("plan")
        rules = [{"ruleName": "daily", "targetVaultName": self.vault()}]
        return self.make("aws:backup/plan:Plan", name, name=name, rules=rules, tags=self.tags(name)).id

    def queue(self) -> str:
        """A new queue's ARN."""
        return str(self.queue_made().outputs["arn"])

    def queue_url(self) -> str:
        """A new queue's URL."""
        return self.queue_made().id

    def queue_made(self) -> Created:
        """A new queue."""
        name = self.unique("queue")
        return self.make("aws:sqs/queue:Queue", name, name=name, tags=self.tags(name))

    @cached_property
    def database_subnets(self) -> str:
        """An RDS subnet group."""
        return self.make(
            "aws:rds/subnetGroup:SubnetGroup", "db", name="db", subnetIds=self.subnets, tags=self.tags("db")
        ).id

    @cached_property
    def cache_subnets(self) -> str:
        """An ElastiCache subnet group."""
        return self.make(
            "aws:elasticache/subnetGroup:SubnetGroup", "c", name="c", subnetIds=self.subnets, tags=self.tags("c")
        ).id

    def user(self, name: str = "") -> str:
        """A new cache user; of the name `default`, or of its own."""
        id = self.unique("u")
        return self.make(
            "aws:elasticache/user:User",
            id,
            userId=id,
            userName=name or id,
            engine="valkey",
            accessString="off -@all" if name else "on ~a:* +@all",
            authenticationMode={"type": "password", "passwords": [PASSWORD]},
            tags=self.tags(id),
        ).id

    def secret(self) -> str:
        """A new secret's ARN."""
        name = self.unique("secret")
        return self.make(
            "aws:secretsmanager/secret:Secret", name, name=name, recoveryWindowInDays=0, tags=self.tags(name)
        ).id
