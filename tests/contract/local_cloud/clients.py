"""Ordinary clients of the local cloud: boto3, psycopg, redis."""

from __future__ import annotations

import contextlib
import functools
import json
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import boto3
import botocore
import psycopg
import redis
from botocore.config import Config
from botocore.exceptions import ClientError
from redis.backoff import NoBackoff
from redis.retry import Retry

from engine.local_cloud import LocalCloud, LocalEnvironment

_T = TypeVar("_T")
REGION = "us-east-1"
_WAIT_SECONDS = 40


@functools.cache
def _known(cloud: LocalCloud) -> LocalEnvironment:
    return cloud.environment()


def of(cloud: LocalCloud, service: str, attempts: int = 3) -> Any:
    """A client as root."""
    known = _known(cloud)
    return with_keys(cloud, service, known.access_key, known.secret_key, attempts=attempts)


def with_keys(
    cloud: LocalCloud, service: str, key: str, secret: str, token: str | None = None, *, attempts: int = 3
) -> Any:
    """A client with any keys."""
    known = _known(cloud)
    return cast("Any", boto3).client(
        service,
        region_name=REGION,
        endpoint_url=known.endpoints.get(service, known.default_endpoint),
        verify=str(known.ca_file),
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}, read_timeout=60),
    )


def unsigned(cloud: LocalCloud, service: str) -> Any:
    """A client that proves nothing."""
    known = _known(cloud)
    return cast("Any", boto3).client(
        service,
        region_name=REGION,
        endpoint_url=known.endpoints[service],
        verify=str(known.ca_file),
        config=Config(signature_version=cast("Any", botocore).UNSIGNED, retries={"total_max_attempts": 1}),
    )


def eventually(what: Callable[[], _T], *faults: type[Exception]) -> _T:
    """What it returns, once it raises none of the faults any more."""
    limit = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            return what()
        except faults:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)


@dataclass(frozen=True)
class Database:
    """A database with the login of its managed secret."""

    identifier: str
    host: str
    port: int
    user: str
    password: str
    secret_arn: str
    ca: str

    def connect(self, **other: Any) -> psycopg.Connection[Any]:
        """A session with the certificate and the host name checked."""
        wanted: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "dbname": "app",
            "sslmode": "verify-full",
            "sslrootcert": self.ca,
            "connect_timeout": 10,
            "autocommit": True,
            **other,
        }
        return psycopg.connect(**wanted)

    def ask(self, statement: Any) -> Any:
        """The first row."""
        with self.connect() as connection:
            return connection.execute(statement).fetchone()

    def do(self, statement: Any) -> None:
        with self.connect() as connection:
            connection.execute(statement)


def create_database(cloud: LocalCloud, name: str, group: str, **more: Any) -> Database:
    arguments: dict[str, Any] = {
        "DBInstanceClass": "db.t4g.micro",
        "Engine": "postgres",
        "EngineVersion": "16.4",
        "AllocatedStorage": 20,
        "MasterUsername": "master",
        "ManageMasterUserPassword": True,
        "DBName": "app",
        "DBSubnetGroupName": group,
        **more,
    }
    of(cloud, "rds").create_db_instance(DBInstanceIdentifier=name, **arguments)
    return find_database(cloud, name)


def find_database(cloud: LocalCloud, name: str) -> Database:
    """The database of an instance, once its door is open."""
    found = of(cloud, "rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    arn = found["MasterUserSecret"]["SecretArn"]
    secret = json.loads(of(cloud, "secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
    address, port = found["Endpoint"]["Address"], found["Endpoint"]["Port"]
    return Database(name, address, port, secret["username"], secret["password"], arn, str(cloud.ca_file))


def delete_database(cloud: LocalCloud, name: str) -> None:
    with contextlib.suppress(ClientError):
        of(cloud, "rds").delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)


@dataclass(frozen=True)
class Cache:
    """A cache with two users, each with an own prefix."""

    identifier: str
    host: str
    port: int
    passwords: dict[str, str]
    ca: str

    def connect(self, user: str, password: str | None = None) -> Any:
        chosen = self.passwords[user] if password is None else password
        return redis.Redis(
            self.host,
            self.port,
            username=user,
            password=chosen,
            ssl=True,
            ssl_ca_certs=self.ca,
            socket_timeout=10,
            retry=Retry(NoBackoff(), 0),  # a refused login is an answer
        )


def create_cache(cloud: LocalCloud, name: str, group: str, **more: Any) -> Cache:
    """Users `<name>-a` with prefix `a:` and `<name>-b` with prefix `b:`; the default user is off."""
    client = of(cloud, "elasticache")
    passwords = {f"{name}-{letter}": secrets.token_urlsafe(16) for letter in "ab"}
    for user, password in passwords.items():
        client.create_user(
            UserId=user,
            UserName=user,
            Engine="valkey",
            AccessString=f"on ~{user[-1]}:* &{user[-1]}:* +@all",
            AuthenticationMode={"Type": "password", "Passwords": [password]},
        )
    client.create_user_group(UserGroupId=name, Engine="valkey", UserIds=list(passwords))
    client.create_replication_group(
        ReplicationGroupId=name,
        ReplicationGroupDescription="a & b",
        Engine="valkey",
        CacheNodeType="cache.t4g.micro",
        NumCacheClusters=1,
        TransitEncryptionEnabled=True,
        UserGroupIds=[name],
        CacheSubnetGroupName=group,
        **more,
    )
    return find_cache(cloud, name, passwords)


def find_cache(cloud: LocalCloud, name: str, passwords: dict[str, str]) -> Cache:
    found = of(cloud, "elasticache").describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"][0]
    endpoint = found["NodeGroups"][0]["PrimaryEndpoint"]
    return Cache(name, endpoint["Address"], endpoint["Port"], passwords, str(cloud.ca_file))


def delete_cache(cloud: LocalCloud, name: str) -> None:
    client = of(cloud, "elasticache")
    with contextlib.suppress(ClientError):
        client.delete_replication_group(ReplicationGroupId=name)
    with contextlib.suppress(ClientError):
        client.delete_user_group(UserGroupId=name)
    for letter in "ab":
        with contextlib.suppress(ClientError):
            client.delete_user(UserId=f"{name}-{letter}")


def as_role(cloud: LocalCloud, service: str, statements: Sequence[dict[str, Any]]) -> Any:
    """A client with the temporary keys of a new role."""
    return in_session(cloud, service, make_role(cloud, statements))


def make_role(
    cloud: LocalCloud,
    statements: Sequence[dict[str, Any]],
    *,
    version: str = "2012-10-17",
    **more: Any,
) -> str:
    """The ARN of a new role that everybody in the account may assume and tag; `more` goes into its create."""
    iam, name = of(cloud, "iam"), f"r{secrets.token_hex(4)}"
    account = of(cloud, "sts").get_caller_identity()["Account"]
    may = ["sts:AssumeRole", "sts:TagSession"]
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": may}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy([trust]), **more)["Role"]["Arn"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=_policy(statements, version))
    return str(role)


def in_session(cloud: LocalCloud, service: str, role: str, **tags: str) -> Any:
    """A client in a session of the role, with these session tags."""
    asked: dict[str, Any] = {"RoleArn": role, "RoleSessionName": "test"}
    if tags:
        asked["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
    keys = of(cloud, "sts").assume_role(**asked)["Credentials"]
    return with_keys(cloud, service, keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


def code(fault: ClientError) -> str:
    """The error code of a refused call."""
    answer: Any = fault.response
    return str(answer["Error"]["Code"])


def _policy(statements: Sequence[dict[str, Any]], version: str = "2012-10-17") -> str:
    return json.dumps({"Version": version, "Statement": list(statements)})
