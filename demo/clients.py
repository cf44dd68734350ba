"""Ordinary clients with a tenant's own credentials: psycopg, redis, boto3. Nothing of the tool's own code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import boto3
import psycopg
import redis
from botocore.config import Config
from psycopg.rows import TupleRow


@dataclass(frozen=True, slots=True)
class Cloud:
    """What `tenant local env --format json` says. Every client gets an endpoint, so nothing leaves the machine."""

    endpoints: Mapping[str, str]
    kubeconfigs: Mapping[str, str]
    region: str
    credentials: Mapping[str, str] = field(repr=False)
    ca_file: str

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Cloud:
        """The keys that clients need."""
        return cls(said["endpoints"], said["kubeconfigs"], said["region"], said["credentials"], said["ca_file"])

    def client(self, service: str, keys: Mapping[str, str]) -> Any:
        """A boto3 client for the local cloud."""
        make = cast("Any", boto3).Session().client
        return make(
            service,
            region_name=self.region,
            endpoint_url=self.endpoints.get(service, self.endpoints["default"]),
            verify=self.ca_file,
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 2}),
            **keys,
        )

    def administrator(self, service: str) -> Any:
        """A boto3 client of the account's administrator: the root of the local cloud."""
        root = self.credentials
        return self.client(
            service, {"aws_access_key_id": root["access_key"], "aws_secret_access_key": root["secret_key"]}
        )

    def login(self, name: str) -> dict[str, Any]:
        """What a secret of the cell or of people says, read by the administrator; the secret whose name ends so."""
        secrets = self.administrator("secretsmanager")
        listed = secrets.list_secrets()["SecretList"]
        (arn,) = [each["ARN"] for each in listed if each["Name"].endswith(name)]
        return json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"])

    def session(self, login: Mapping[str, Any], place: Mapping[str, Any] | None = None) -> psycopg.Connection[TupleRow]:
        """An SQL session over TLS with this login, where it says or where another tenant's outputs say."""
        return psycopg.connect(
            host=place["databaseEndpoint"] if place else login["host"],
            port=int(place["databasePort"] if place else login["port"]),
            dbname=login["dbname"],
            user=login["username"],
            password=login["password"],
            sslmode="verify-full",
            sslrootcert=self.ca_file,
            connect_timeout=10,
            autocommit=True,
        )


@dataclass(frozen=True, slots=True)
class Workload:
    """A program of one tenant: it has taken on the tenant's role, and knows nothing but the stack's outputs."""

    tenant: str
    cloud: Cloud
    outputs: Mapping[str, Any]
    keys: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, tenant: str, cloud: Cloud, outputs: Mapping[str, Any]) -> Workload:
        """Take on the role."""
        given = cloud.administrator("sts").assume_role(RoleArn=outputs["roleArn"], RoleSessionName="demo")[
            "Credentials"
        ]
        keys = {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }
        return cls(tenant, cloud, outputs, keys)

    def client(self, service: str) -> Any:
        """A boto3 client with the role's temporary credentials."""
        return self.cloud.client(service, self.keys)

    def secret(self, which: str) -> dict[str, Any]:
        """What a secret of the stack says, read with the role: `databaseSecretArn`, `cacheSecretArn`."""
        return json.loads(self.client("secretsmanager").get_secret_value(SecretId=self.outputs[which])["SecretString"])

    @property
    def folder(self) -> str:
        """Where its objects stand in its bucket, empty for anywhere."""
        return self.outputs.get("dataFolder", "")

    @property
    def slug(self) -> str:
        """What it is called in the cloud."""
        return self.outputs["slug"]

    @property
    def prefix(self) -> str:
        """What its keys in the cache begin with, empty for anything."""
        return self.secret("cacheSecretArn").get("prefix", "")

    def session(self, of: Workload | None = None) -> psycopg.Connection[TupleRow]:
        """An SQL session over TLS with this tenant's login, in its own database or in another tenant's."""
        place = (of or self).outputs["databaseName"]
        return self.cloud.session({**self.secret("databaseSecretArn"), "dbname": place}, (of or self).outputs)

    def cache(self, of: Workload | None = None) -> Any:
        """A TLS connection as this tenant's user, to its own cache or to another tenant's."""
        login, place = self.secret("cacheSecretArn"), (of or self).outputs
        return redis.Redis(
            host=place["cacheEndpoint"],
            port=int(place["cachePort"]),
            db=int(place["cacheDatabase"]),
            username=login["username"],
            password=login["password"],
            ssl=True,
            ssl_ca_certs=self.cloud.ca_file,
            socket_timeout=10,
        )

    def object_key(self) -> str:
        """Where the demo's object stands in the tenant's data bucket."""
        return f"{self.folder}/hello.txt" if self.folder else "hello.txt"
