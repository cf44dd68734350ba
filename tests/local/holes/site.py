"""Where holes are planted: the account's administrator, the databases' masters, the cluster's admin."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import psycopg
from psycopg import conninfo

from engine.local_cloud.home import Home
from engine.local_cloud.servers.postgres import Postgres
from engine.providers.aws import eks_tokens
from engine.providers.kubernetes.connection import Connection
from engine.providers.port import Props
from tests.cluster_clients import ask, connect
from tests.local.conftest import Desk


@dataclass
class Place:
    """One of the two tenants: its outputs, and names that are made of its slug."""

    outputs: dict[str, Any]

    @property
    def slug(self) -> str:
        return str(self.outputs["slug"])

    @property
    def role(self) -> str:
        return str(self.outputs["roleArn"])

    @property
    def role_name(self) -> str:
        return self.role.rpartition("/")[2]

    def named(self, part: str) -> str:
        return f"demo-local-{self.slug}-{part}"


class Site:
    """Two tenants, and whoever may do everything to them."""

    def __init__(self, desk: Desk, a: str, b: str) -> None:
        self.desk = desk
        self.a, self.b = Place(desk.outputs(a)), Place(desk.outputs(b))

    def aws(self, service: str) -> Any:
        return self.desk.aws(service)

    def secret(self, arn: str) -> dict[str, Any]:
        return self.desk.secret(arn)

    def sql(self, at: Place, *statements: str, database: str = "postgres") -> None:
        """As master of a tenant's server."""
        known = self.desk.environment.databases[self.server(at)]
        with psycopg.connect(
            host=known.host,
            port=known.port,
            user=known.user,
            password=known.password,
            dbname=database,
            sslmode="verify-full",
            sslrootcert=str(self.desk.environment.ca_file),
            autocommit=True,
        ) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def share_a_table(self, tenant: str) -> None:
        """As the application does it: a migration, the tool's policies, rows of the two and of the first's members."""
        with self.desk.application() as application:
            application.execute(
                "CREATE TABLE app.orders (tenant_id text, id int, what text, PRIMARY KEY (tenant_id, id))"
            )
            application.execute(
                "CREATE TABLE app.notes (tenant_id text, member_id text, id int, "
                "PRIMARY KEY (tenant_id, member_id, id))"
            )
            application.execute(
                "CREATE TABLE app.events (tenant_id text DEFAULT current_user, id int, day int, "
                "PRIMARY KEY (tenant_id, id, day)) PARTITION BY RANGE (day)"
            )
            application.execute("CREATE TABLE app.events_first PARTITION OF app.events FOR VALUES FROM (0) TO (100)")
            application.execute("CREATE TABLE reference.currencies (code text PRIMARY KEY, name text)")
            application.execute("INSERT INTO reference.currencies VALUES ('EUR', 'euro')")
        self.desk.run("data", "policies", "apply", tenant)
        for place in (self.a, self.b):
            with self.desk.sql(self.secret(place.outputs["databaseSecretArn"])) as own:
                own.execute("INSERT INTO orders VALUES (current_user, 1, 'own')")
                own.execute("INSERT INTO events VALUES (current_user, 1, 7)")
        for member in self.a.outputs["members"].values():
            with self.desk.sql(self.secret(member["secretArn"])["database"]) as own:
                own.execute(f"INSERT INTO notes VALUES ('{self.a.slug}', '{member['name']}', 1)".encode())

    def past_all_rules(self, at: Place, *statements: str, database: str) -> None:
        """As the superuser of a tenant's server, whom RDS keeps to itself."""
        name = f"{self.account}.us-east-1.{self.server(at)}"
        server = Postgres(Home(self.desk.home / "local-cloud"), name)
        with server.admin() as known:
            info = known.info
            way = conninfo.make_conninfo(info.dsn, password=info.password, dbname=database)
        with psycopg.connect(way, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @cached_property
    def cell(self) -> str:
        """What names of the cell begin with."""
        shared = (name for name in self.desk.environment.databases if name.endswith("-database-1"))
        return next(shared).removesuffix("-database-1")

    def server(self, at: Place) -> str:
        """The instance that a tenant's database is on, its own or its cell's: the place is in the endpoint's name."""
        shared = [name for name in self.desk.environment.databases if name.endswith("-database-1")]
        own = at.named("database")
        return own if own in self.desk.environment.databases else shared[0]

    @property
    def account(self) -> str:
        return self.a.role.split(":")[4]

    @property
    def boundary(self) -> str:
        """ARN of the boundary of all tenants' roles."""
        role = self.aws("iam").get_role(RoleName=self.a.role_name)["Role"]
        return str(role["PermissionsBoundary"]["PermissionsBoundaryArn"])

    @cached_property
    def cluster(self) -> Connection:
        name = self.a.outputs["cluster"]
        described = self.aws("eks").describe_cluster(name=name)["cluster"]
        return connect(described, eks_tokens.token(self.desk.access, "us-east-1", name).text)

    def ask(self, path: str, method: str = "GET", body: Props | None = None) -> Props:
        return ask(self.cluster, path, method, body)

    def cache_access(self, user: str, change: Callable[[str], str]) -> Generator[None]:
        """A cache user with other words in its access string."""
        cache = self.aws("elasticache")
        before = cache.describe_users(UserId=user)["Users"][0]["AccessString"]
        after = change(before)
        assert after != before
        cache.modify_user(UserId=user, AccessString=after)
        yield
        cache.modify_user(UserId=user, AccessString=before)

    def policy(self, bucket: str) -> dict[str, Any]:
        return json.loads(self.aws("s3").get_bucket_policy(Bucket=bucket)["Policy"])
