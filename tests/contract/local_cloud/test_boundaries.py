"""Nothing leaves this machine, nothing listens beyond it, nothing dangerous is let through."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any, cast

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from engine.local_cloud import LocalCloud, LocalEnvironment, routing
from stacks.errors import CloudUnreachable
from tests.contract.local_cloud import clients

# one for each protocol, and those that a run without a default endpoint sent to real hosts
ELSEWHERE: dict[str, tuple[str, dict[str, Any]]] = {
    "ce": ("get_tags", {"TimePeriod": {"Start": "2026-01-01", "End": "2026-02-01"}}),
    "pricing": ("describe_services", {}),
    "service-quotas": ("list_services", {}),
    "lambda": ("list_functions", {}),
    "ecs": ("list_clusters", {}),
    "cloudfront": ("list_distributions", {}),
    "bedrock": ("list_foundation_models", {}),
    "sesv2": ("list_email_identities", {}),
}

HERE = ("http://127.0.0.1:", "https://127.0.0.1:")


@pytest.fixture
def shell(local_cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> LocalEnvironment:
    """This process's environment as `eval $(tenant local env)` makes it, and a guard on its sockets."""
    known = local_cloud.environment()
    for name, value in known.variables().items():
        monkeypatch.setenv(name, value)
    own = socket.getaddrinfo

    def guarded(host: Any, *rest: Any, **named: Any) -> Any:
        assert str(host).startswith("127."), f"a call was about to leave for {host}"
        return own(host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", guarded)
    return known


def client(service: str) -> Any:
    """As a program makes it that knows nothing but its environment."""
    return cast("Any", boto3).Session().client(service, config=Config(retries={"total_max_attempts": 1}))


@pytest.mark.parametrize("service", sorted(ELSEWHERE))
def test_a_service_that_is_not_here_refuses_with_a_sentence(shell: LocalEnvironment, service: str) -> None:
    operation, arguments = ELSEWHERE[service]
    with pytest.raises(ClientError, match="not in the local cloud, and no call leaves this machine") as refused:
        getattr(client(service), operation)(**arguments)
    assert clients.code(refused.value) == "NotInTheLocalCloud"


def test_every_service_that_is_here_answers_to_the_environment_alone(shell: LocalEnvironment) -> None:
    for service in routing.BY_NAME:
        assert client(service).meta.endpoint_url.startswith(HERE), service
    client("ec2").describe_vpcs()
    client("logs").describe_log_groups()
    client("resourcegroupstaggingapi").get_resources()


def test_no_service_of_botocore_can_be_sent_to_a_real_host(shell: LocalEnvironment) -> None:
    services: list[str] = cast("Any", botocore.session).get_session().get_available_services()
    for service in services[::12]:
        assert client(service).meta.endpoint_url.startswith(HERE), service


def test_all_sockets_of_all_parts_are_on_loopback(local_cloud: LocalCloud) -> None:
    pids = [part.pid for part in local_cloud.status() if part.pid]
    inodes = {_inode(link) for pid in pids for link in Path(f"/proc/{pid}/fd").iterdir()}
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ours = [row for row in rows if row[9] in inodes]
    assert len(ours) >= 3
    for row in ours:
        assert row[1].endswith(":0000") or row[1].split(":")[0].endswith("7F"), row[1]
        assert row[2].split(":")[0].endswith("7F") or row[2] == "00000000:0000", row[2]


def _inode(link: Path) -> str:
    try:
        return str(link.readlink()).removeprefix("socket:[").removesuffix("]")
    except OSError:
        return ""


def test_a_sub_resource_that_would_delete_the_bucket_is_refused(local_cloud: LocalCloud, name: str) -> None:
    s3 = clients.of(local_cloud, "s3", 1)
    s3.create_bucket(Bucket=name)
    for call, arguments in (
        (s3.delete_bucket_intelligent_tiering_configuration, {"Id": "x"}),
        (s3.delete_bucket_analytics_configuration, {"Id": "x"}),
        (s3.delete_bucket_inventory_configuration, {"Id": "x"}),
        (s3.delete_bucket_metrics_configuration, {"Id": "x"}),
    ):
        with pytest.raises(ClientError) as refused:
            call(Bucket=name, **arguments)
        assert clients.code(refused.value) == "NotImplemented"
    s3.head_bucket(Bucket=name)


@pytest.mark.parametrize("word", ["versioning", "logging", "acl", "session", "nonsense", "versioning&x-id=y"])
def test_what_asks_for_something_of_a_bucket_neither_makes_nor_deletes_it(
    local_cloud: LocalCloud, name: str, word: str
) -> None:
    kept, new = f"{name}-kept", f"{name}-new"
    clients.of(local_cloud, "s3", 1).create_bucket(Bucket=kept)
    s3 = clients.of(local_cloud, "s3", 1)

    def ask(request: Any, **_: Any) -> None:
        request.url = f"{request.url}?{word}"

    s3.meta.events.register("before-sign.s3.DeleteBucket", ask)
    s3.meta.events.register("before-sign.s3.CreateBucket", ask)
    with pytest.raises(ClientError):
        s3.delete_bucket(Bucket=kept)
    s3.head_bucket(Bucket=kept)
    with pytest.raises(ClientError):
        s3.create_bucket(Bucket=new)
    with pytest.raises(ClientError):
        s3.head_bucket(Bucket=new)


def test_a_cloud_that_does_not_run_says_what_starts_it(tmp_path: Path) -> None:
    with pytest.raises(CloudUnreachable, match="tenant local start"):
        LocalCloud(tmp_path / "never").environment()


def test_two_homes_do_not_meet(local_cloud: LocalCloud, tmp_path: Path) -> None:
    other = LocalCloud(tmp_path / "other")
    other.start()
    try:
        one, two = local_cloud.environment(), other.environment()
        assert set(one.endpoints.values()).isdisjoint(two.endpoints.values())
        assert one.secret_key != two.secret_key
        vpcs = clients.of(other, "ec2").describe_vpcs()["Vpcs"]
        assert [vpc["IsDefault"] for vpc in vpcs] == [True]
        refused = clients.with_keys(other, "sts", one.access_key, one.secret_key)
        with pytest.raises(ClientError):
            refused.get_caller_identity()
    finally:
        ended = other.reset()
    assert len(ended) == 3
    assert not (tmp_path / "other").exists()
