"""The whole command line against the local cloud: real processes, one home a worker."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
import pytest

from engine.local_cloud import LocalCloud
from engine.local_cloud.environment import LocalEnvironment
from engine.providers.aws import AwsAccess

TEMPLATES = Path(__file__).parents[2] / "tenant_templates"
_SECONDS = 180
_RARE = re.compile(r"(?m)^(#.*\n)?(gpu|ingress|models):.*\n( .*\n)*")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command left: exit code, results, progress and errors."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Desk:
    """A platform engineer's desk: a home, a folder of profiles, and the tool."""

    def __init__(self, folder: Path) -> None:
        self.home, self.profiles = folder / "home", folder / "profiles"
        self.profiles.mkdir(parents=True)

    # ---- commands

    def start(self, *args: str) -> subprocess.Popen[str]:
        """The tool as a process of its own, as a person would run it."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "TENANT_"))}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # the SDKs are large: compiled once, not by every command
        environment |= {"TENANT_HOME": str(self.home), "TENANT_PROFILES": str(self.profiles), "TENANT_YES": "1"}
        return subprocess.Popen(
            [sys.executable, "-m", "cli", *args],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def try_(self, *args: str) -> Answer:
        """Run a command to its end, however that is."""
        process = self.start(*args)
        out, err = process.communicate(timeout=_SECONDS)
        return Answer(process.returncode, out, err)

    def run(self, *args: str) -> Answer:
        """Run a command that must succeed."""
        answer = self.try_(*args)
        assert answer.code == 0, f"{args}: {answer.code}\n{answer.out}\n{answer.err}"
        return answer

    def stopped_at(self, marker: str, number: int, *args: str) -> Answer:
        """Run a command and send it a signal as soon as its progress shows `marker`."""
        process = self.start(*args)
        lines: list[str] = []
        seen = threading.Event()

        def follow() -> None:
            assert process.stderr is not None
            for line in process.stderr:
                lines.append(line)
                if marker in line:
                    seen.set()

        reader = threading.Thread(target=follow, daemon=True)
        reader.start()
        until(lambda: seen.is_set() or process.poll() is not None, _SECONDS)
        assert seen.is_set(), f"{marker!r} was never shown:\n{''.join(lines)}"
        process.send_signal(number)
        code = process.wait(_SECONDS)
        reader.join(10)
        assert process.stdout is not None
        return Answer(code, process.stdout.read(), "".join(lines))

    # ---- profiles

    def profile(self, tenant: str, *, whole: bool = False) -> Path:
        """A profile of this desk, like the example; what only few tenants have is left out unless it is to be whole."""
        text = (TEMPLATES / "profiles" / "acme.yaml").read_text().replace("tenant: acme", f"tenant: {tenant}")
        path = self.profiles / f"{tenant}.yaml"
        path.write_text(text if whole else _RARE.sub("", text))
        return path

    def write(self, tenant: str, **keys: object) -> Path:
        """A profile that says no more than it has to, and these keys."""
        said = {
            "apiVersion": "tenant/v1",
            "tenant": tenant,
            "size": "medium",
            "region": "us-east-1",
            "owner": f"it@{tenant}.example",
            "cost_center": "CC-1",
            "data_classification": "internal",
            **keys,
        }
        path = self.profiles / f"{tenant}.yaml"
        lines = (f"{key}: {value if isinstance(value, str) else json.dumps(value)}\n" for key, value in said.items())
        path.write_text("".join(lines))
        return path

    def edit(self, tenant: str, old: str, new: str) -> None:
        path = self.profiles / f"{tenant}.yaml"
        text = path.read_text()
        assert old in text, f"{old!r} is not in {text}"
        path.write_text(text.replace(old, new))

    # ---- the cloud, seen past the tool

    @cached_property
    def cloud(self) -> LocalCloud:
        return LocalCloud(self.home / "local-cloud")

    @property
    def access(self) -> AwsAccess:
        return self.cloud.access()

    @property
    def environment(self) -> LocalEnvironment:
        return self.cloud.environment()

    def aws(self, service: str) -> Any:
        return self.access.client(service, "us-east-1")

    def outputs(self, tenant: str) -> dict[str, Any]:
        return self.run("outputs", tenant, "--output", "json").json["outputs"]

    def secret(self, arn: str) -> dict[str, Any]:
        return json.loads(self.aws("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])

    def sql(self, login: Mapping[str, Any], database: str = "") -> psycopg.Connection[Any]:
        """A session with what a secret says, as an ordinary client opens it."""
        return psycopg.connect(
            host=login["host"],
            port=login["port"],
            dbname=database or login["dbname"],
            user=login["username"],
            password=login["password"],
            sslmode="verify-full",
            sslrootcert=str(self.environment.ca_file),
            connect_timeout=10,
            autocommit=True,
        )

    def application(self, database: str = "") -> psycopg.Connection[Any]:
        """A session of who owns the tables that tenants share, in those of a pool: it runs the migrations."""
        listed = self.aws("secretsmanager").list_secrets()["SecretList"]
        (arn,) = [each["ARN"] for each in listed if each["Name"].endswith("application-login")]
        return self.sql(self.secret(arn), database)

    def slug(self, tenant: str) -> str:
        rows = self.run("list", "--output", "json").json["tenants"]
        return next(row["slug"] for row in reversed(rows) if row["id"] == tenant)

    def status(self, tenant: str) -> str:
        rows = self.run("list", "--output", "json").json["tenants"]
        return next((row["status"] for row in reversed(rows) if row["id"] == tenant), "")

    def count(self, slug: str) -> dict[str, int]:
        """What stands in the cloud under a slug, by kind: more than a tenant has is a double."""
        ec2, rds, cache = self.aws("ec2"), self.aws("rds"), self.aws("elasticache")
        owned = [{"Name": "tag:stack", "Values": [f"organization/tenants/local.{slug}", f"local.{slug}"]}]
        return {
            "databases": _holding(slug, rds.describe_db_instances()["DBInstances"], "DBInstanceIdentifier"),
            "caches": _holding(slug, cache.describe_replication_groups()["ReplicationGroups"], "ReplicationGroupId"),
            "buckets": _holding(slug, self.aws("s3").list_buckets()["Buckets"], "Name"),
            "roles": _holding(slug, self.aws("iam").list_roles()["Roles"], "RoleName"),
            "aliases": _holding(slug, self.aws("kms").list_aliases()["Aliases"], "AliasName"),
            "subnets": len(ec2.describe_subnets(Filters=owned)["Subnets"]),
            "groups": len(ec2.describe_security_groups(Filters=owned)["SecurityGroups"]),
        }


def _holding(slug: str, things: list[dict[str, Any]], key: str) -> int:
    return len([thing for thing in things if slug in thing[key]])


WHOLE = {"databases": 1, "caches": 1, "buckets": 2, "roles": 2, "aliases": 1, "subnets": 3, "groups": 2}
"""What one enterprise tenant has, counted as `Desk.count` does."""


@contextmanager
def opened() -> Generator[Desk]:
    """A desk with a local cloud that runs and shared services that stand."""
    folder = Path(tempfile.mkdtemp(prefix="desk-"))
    made = Desk(folder)
    try:
        made.run("local", "start")
        made.run("shared", "apply")
        yield made
    finally:
        made.cloud.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    """The desk of a worker."""
    with opened() as made:
        yield made


@pytest.fixture(autouse=True)
def _no_faults(desk: Desk) -> Iterator[None]:
    yield
    desk.cloud.faults.clear()


def until(met: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for a condition, with a limit."""
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "the condition was not met in time"
        time.sleep(0.05)


KILL, INTERRUPT = signal.SIGKILL, signal.SIGINT
