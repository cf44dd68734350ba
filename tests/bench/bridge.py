"""The 1st, 100th and 1,000th bridge tenant of an instance, made as its cell's deployer by the real provider.

Each has three roles, a schema in the shared database, grants, default privileges, and twenty tables with a key.
"""

from __future__ import annotations

import secrets
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from engine.providers.port import Call, Resource
from engine.providers.postgresql import PostgresqlProvider
from engine.providers.postgresql.provider import ConfiguredPostgresql
from engine.providers.reach import Direct
from tests.bench.timing import seconds
from tests.postgres_servers import Running, serving, tool

MANY: Final = 1000
MAJOR: Final = 16
_TABLES: Final = 20
_AROUND: Final = 10
"""How many neighbours a figure is the median of."""

_ROLE, _SCHEMA, _GRANT, _MEMBER, _DEFAULTS = (
    f"postgresql:index/{each}"
    for each in (
        "role:Role",
        "schema:Schema",
        "grant:Grant",
        "grantRole:GrantRole",
        "defaultPrivileges:DefaultPrivileges",
    )
)
_SETTING_UP: Final = (
    "CREATE ROLE bridged_tenants",
    "CREATE ROLE tenant_deployer LOGIN CREATEROLE CREATEDB PASSWORD '{password}'",
    "GRANT bridged_tenants TO tenant_deployer WITH ADMIN OPTION",
    "CREATE DATABASE bridge",
    "REVOKE ALL ON DATABASE bridge FROM PUBLIC",
    "GRANT CONNECT, CREATE ON DATABASE bridge TO tenant_deployer",
    "GRANT CONNECT ON DATABASE bridge TO bridged_tenants",
)


@dataclass(frozen=True, slots=True)
class Point:
    """What one more tenant costs at this many: seconds to make it, to connect as it, to dump it; MB of catalogues."""

    tenants: int
    make: float
    connect: float
    dump: float
    catalogue: float


def measure(many: int) -> list[Point]:
    """Points at 1, a tenth of many, and many."""
    with tempfile.TemporaryDirectory() as folder, serving(MAJOR, Path(folder)) as server:
        password = secrets.token_urlsafe(12)
        for statement in _SETTING_UP:
            server.run(statement.replace("{password}", password))
        settings = server.config(username="tenant_deployer", password=password, database="bridge")
        provider = PostgresqlProvider(Direct()).configure(settings)
        made, points = list[float](), list[Point]()
        for number in range(1, many + 1):
            made.append(seconds(lambda n=number: _make(provider, server, n, password)))
            if number in (_AROUND, many // 10, many):
                points.append(_look(server, number, made, password, Path(folder)))
        return points


def table(points: Sequence[Point]) -> str:
    """The figures as ratios to the first ones."""
    first = points[0]
    lines = ["bridge tenants of one instance, 20 tables each, as ratios to the first ones"]
    lines.append(f"{'tenants':>8} {'make':>7} {'connect':>8} {'dump one':>9} {'catalogue':>10}")
    for point in points:
        ratios = (point.make / first.make, point.connect / first.connect, point.dump / first.dump)
        told = " ".join(f"{ratio:>{width}.2f}" for ratio, width in zip(ratios, (7, 8, 9), strict=True))
        lines.append(f"{point.tenants:>8} {told} {point.catalogue / first.catalogue:>10.1f}")
    absolute = (
        f"first: make {first.make * 1000:.0f} ms, dump {first.dump * 1000:.0f} ms, catalogue {first.catalogue:.0f} MB"
    )
    return "\n".join([*lines, absolute, ""])


def _make(provider: ConfiguredPostgresql, server: Running, number: int, password: str) -> None:
    slug = f"t{number:09}"
    for type, inputs in _declared(slug, password):
        resource = Resource(urn=f"urn:pulumi:bench::tenants::{type}::{slug}", type=type, name=slug)
        checked = provider.check(resource, None, inputs, b"seed")
        provider.create(resource, checked.inputs, Call())
    with server.connect(f"{slug}_owner", password, "bridge") as owner:
        for table in range(_TABLES):
            owner.execute(f"CREATE TABLE {slug}.x{table} (id bigint PRIMARY KEY, said text)".encode())


def _declared(slug: str, password: str) -> Iterator[tuple[str, dict[str, Any]]]:
    roles = {"login": slug, "owner": f"{slug}_owner", "reader": f"{slug}_reader"}
    for role in roles.values():
        yield _ROLE, {"name": role, "login": True, "password": password, "searchPaths": [slug], "connectionLimit": 10}
        yield _MEMBER, {"role": role, "grantRole": "bridged_tenants"}
    yield _SCHEMA, {"name": slug, "database": "bridge", "owner": roles["owner"], "ifNotExists": False}
    for who, privileges in (("login", ["DELETE", "INSERT", "SELECT", "UPDATE"]), ("reader", ["SELECT"])):
        place = {"database": "bridge", "schema": slug, "role": roles[who]}
        yield _GRANT, {**place, "objectType": "schema", "privileges": ["USAGE"]}
        yield _DEFAULTS, {**place, "owner": roles["owner"], "objectType": "table", "privileges": privileges}


def _look(server: Running, number: int, made: Sequence[float], password: str, folder: Path) -> Point:
    slug = f"t{number:09}"

    def connect() -> None:
        with server.connect(slug, password, "bridge") as session:
            session.execute(f"SELECT count(*) FROM {slug}.x1".encode())

    def dump() -> None:
        to = ("-h", "127.0.0.1", "-p", str(server.port), "-U", "rdsadmin", "-n", slug, "-f", folder / "dump", "bridge")
        tool(MAJOR, "pg_dump", *to, environment={"PGPASSWORD": server.admin})

    size = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace"
    return Point(
        tenants=number,
        make=statistics.median(made[-_AROUND:]),
        connect=statistics.median(seconds(connect) for _ in range(_AROUND)),
        dump=statistics.median(seconds(dump) for _ in range(3)),
        catalogue=float(server.run(size, "bridge")[0][0]) / 1024**2,
    )
