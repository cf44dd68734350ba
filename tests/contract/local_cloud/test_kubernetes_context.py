"""EKS clusters that are somebody's cluster, which a context reaches: who is let in, what is made, and left alone."""

from __future__ import annotations

import copy
import json
import os
import shutil
import signal
import ssl
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner, Result

from cli.app import app
from engine.embedded.command import EmbeddedCommand
from engine.local_cloud import LocalCloud
from engine.providers.aws import AwsProvider, eks_tokens
from engine.providers.aws.access import AwsAccess, Credentials
from engine.providers.kubernetes import KubernetesProvider, settings
from engine.providers.kubernetes.connection import Connection
from engine.providers.kubernetes.refusals import Refusal
from engine.providers.port import Props, ProviderError
from engine.providers.reach import Direct
from engine.runs import Outcome
from engine.workspaces import Workspaces
from tests.cluster_clients import ask, connect
from tests.contract.local_cloud import clients
from tests.contract.local_cloud.conftest import Network, make_network
from tests.contract.local_cloud.test_cluster_programs import STACK, changed, program
from tests.control_plane_fixture import control_plane, serving

__all__ = ["control_plane"]
pytestmark = pytest.mark.xdist_group("kubernetes-context")

NAME = "theirs-held"
ROLE = "arn:aws:iam::123456789012:role/somebody"
NAMESPACES = "/api/v1/namespaces"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
SCHEMAS = Path(__file__).parents[3] / "docs/reference/json"
AGAIN = (OSError, ProviderError, ClientError)
BAD_INPUT, REFUSED, UNREACHABLE = 2, 3, 4


@dataclass(frozen=True)
class Theirs:
    """Somebody's cluster, and the file with the contexts that lead there."""

    kubeconfig: dict[str, Any]
    file: Path

    @property
    def admin(self) -> Connection:
        return Connection(settings.parse({"kubeconfig": self.kubeconfig}), Direct())

    @property
    def server(self) -> str:
        return self.kubeconfig["clusters"][0]["cluster"]["server"]

    @property
    def token(self) -> str:
        return self.kubeconfig["users"][0]["user"]["token"]

    def everything(self) -> dict[str, str]:
        """What could be touched, with the version that each touch would change."""
        found: dict[str, str] = {}
        for path in (
            *(NAMESPACES, "/api/v1/nodes", "/api/v1/configmaps", "/api/v1/secrets", DEFINITIONS),
            *(f"/apis/rbac.authorization.k8s.io/v1/{each}" for each in ("clusterroles", "clusterrolebindings")),
            *(f"/apis/rbac.authorization.k8s.io/v1/{each}" for each in ("roles", "rolebindings")),
        ):
            for each in ask(self.admin, path)["items"]:
                meta = each["metadata"]
                found[f"{path} {meta.get('namespace', '')}/{meta['name']}"] = meta["resourceVersion"]
        return found


@pytest.fixture(scope="module")
def theirs(control_plane: Path) -> Iterator[Theirs]:
    with serving() as kubeconfig, tempfile.TemporaryDirectory(prefix="their-") as folder:
        file = Path(folder) / "config"
        cluster = kubeconfig["clusters"][0]["cluster"]
        printed = {"status": {"token": kubeconfig["users"][0]["user"]["token"]}}
        (Path(folder) / "plugin.py").write_text(f"print({json.dumps(printed)!r})")
        plugin = {"command": sys.executable, "args": [str(Path(folder) / "plugin.py")]}
        many = copy.deepcopy(kubeconfig)
        many["clusters"].append({"name": "gone", "cluster": {**cluster, "server": "https://127.0.0.1:9"}})
        many["users"] += [{"name": "forger", "user": {"token": "forged"}}, {"name": "plugin", "user": {"exec": plugin}}]
        for name, at, user in (
            ("kind-dev", "c", "admin"),
            ("plugin", "c", "plugin"),
            ("gone", "gone", "admin"),
            ("forged", "c", "forger"),
            ("nobody", "c", "x"),
        ):
            many["contexts"].append({"name": name, "context": {"cluster": at, "user": user}})
        file.write_text(json.dumps(many))
        found = Theirs(kubeconfig, file)
        for name in ("theirs", "default"):
            data: Props = {"metadata": {"name": "kept"}, "data": {"whose": "somebody's"}}
            if name == "theirs":
                ask(found.admin, NAMESPACES, "POST", {"metadata": {"name": name}})
            ask(found.admin, f"{NAMESPACES}/{name}/configmaps", "POST", data)
        clients.eventually(lambda: ask(found.admin, f"{NAMESPACES}/theirs/configmaps/kube-root-ca.crt"), Refusal)
        yield found


@dataclass(frozen=True)
class Lab:
    """A local cloud on somebody's cluster, with the network that an EKS cluster wants."""

    cloud: LocalCloud
    home: Path
    network: Network
    file: Path

    def tenant(self, *arguments: str, file: Path | None = None) -> Result:
        environment = {"KUBECONFIG": str(file or self.file)}
        return CliRunner().invoke(app, ["--home", str(self.home), "local", *arguments], env=environment)

    @property
    def eks(self) -> Any:
        return clients.of(self.cloud, "eks")

    @property
    def root(self) -> AwsAccess:
        known = self.cloud.environment()
        return AwsAccess(credentials=Credentials(known.access_key, known.secret_key))

    def token(self, access: AwsAccess) -> str:
        return eks_tokens.token(access, clients.REGION, NAME).text

    def client(self, token: str) -> Connection:
        return connect(self.eks.describe_cluster(name=NAME)["cluster"], token)

    @property
    def creator(self) -> Connection:
        return self.client(self.token(self.root))

    def part(self, begins: str) -> Any:
        return next(each for each in self.cloud.status() if each.name.startswith(begins))


@pytest.fixture(scope="module")
def lab(theirs: Theirs) -> Iterator[Lab]:
    folder = Path(tempfile.mkdtemp(prefix="lc-"))
    cloud = LocalCloud(folder / "local-cloud")
    try:
        cloud.serve_eks_by("kind-dev", [theirs.file])
        cloud.start()
        yield Lab(cloud, folder, make_network(cloud), theirs.file)
    finally:
        cloud.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def cluster(lab: Lab) -> Iterator[str]:
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    clients.of(lab.cloud, "iam").create_role(RoleName="somebody", AssumeRolePolicyDocument=trust)
    lab.eks.create_cluster(name=NAME, roleArn=ROLE, resourcesVpcConfig={"subnetIds": list(lab.network.subnets)})
    lab.eks.get_waiter("cluster_active").wait(name=NAME, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    yield NAME
    lab.eks.delete_cluster(name=NAME)


def status(client: Connection, path: str = NAMESPACES) -> int:
    try:
        ask(client, path)
    except Refusal as refusal:
        return refusal.status
    return 200


def test_a_program_makes_changes_and_ends_its_namespace_there_and_nothing_else_is_touched(
    lab: Lab, theirs: Theirs, tmp_path: Path
) -> None:
    before = theirs.everything()
    access = lab.cloud.access()
    providers = {"aws": AwsProvider(access), "kubernetes": KubernetesProvider(Direct(), eks_tokens.of(access))}
    workspaces = Workspaces(EmbeddedCommand(providers), f"file://{tmp_path}/state", "pass", tmp_path / "work")
    made = workspaces.apply(STACK, program(lab.network.subnets, "10"))
    assert made.outcome is Outcome.SUCCEEDED, made.failures
    quota = f"{NAMESPACES}/acme/resourcequotas/acme"
    assert ask(theirs.admin, quota)["spec"]["hard"]["pods"] == "10"
    assert workspaces.apply(STACK, program(lab.network.subnets, "20")).outcome is Outcome.SUCCEEDED
    assert ask(theirs.admin, quota)["spec"]["hard"]["pods"] == "20"
    assert changed(workspaces.drift(STACK, program(lab.network.subnets, "20"))) == {}
    assert workspaces.destroy(STACK, program(lab.network.subnets, "20")).outcome is Outcome.SUCCEEDED
    after = theirs.everything()
    assert {key: after.get(key) for key in before} == before
    assert set(after) - set(before) <= {f"{DEFINITIONS} /securitygrouppolicies.vpcresources.k8s.aws"}


def test_no_control_plane_of_ours_is_started_or_built(lab: Lab, cluster: str) -> None:
    home = lab.home / "local-cloud"
    assert not (home / "servers/kubernetes").exists()
    assert not (home / "control-plane-build.pid").exists()


def test_who_shows_no_good_token_stays_out_and_who_has_an_entry_acts_as_the_context(lab: Lab, cluster: str) -> None:
    iam = clients.of(lab.cloud, "iam")
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = iam.create_role(RoleName="guest", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    keys = clients.of(lab.cloud, "sts").assume_role(RoleArn=arn, RoleSessionName="guest")["Credentials"]
    guest = AwsAccess(credentials=Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]))
    assert status(lab.creator) == 200
    assert status(lab.client("k8s-aws-v1.forged")) == 401
    assert status(lab.client(lab.token(guest))) == 401
    lab.eks.create_access_entry(clusterName=cluster, principalArn=arn)
    assert status(lab.client(lab.token(guest))) == 200, "an entry is all it needs: policies can't be shown here"
    lab.eks.delete_access_entry(clusterName=cluster, principalArn=arn)
    clients.eventually(lambda: _equal(status(lab.client(lab.token(guest))), 401), AssertionError)


def _equal(found: Any, wanted: Any) -> None:
    assert found == wanted


def test_the_context_s_own_token_is_no_token_of_an_eks_cluster(lab: Lab, theirs: Theirs, cluster: str) -> None:
    assert status(lab.client(theirs.token)) == 401


def test_a_watch_tells_what_happens_when_it_happens(lab: Lab, theirs: Theirs, cluster: str) -> None:
    found = lab.eks.describe_cluster(name=cluster)["cluster"]
    at = urlsplit(str(found["endpoint"]))
    trust = ssl.create_default_context(cafile=str(lab.cloud.ca_file))
    watching = HTTPSConnection(at.hostname or "", at.port, timeout=10, context=trust)
    headers = {"Authorization": f"Bearer {lab.token(lab.root)}"}
    path = f"{NAMESPACES}/theirs/events?watch=1&timeoutSeconds=30"
    watching.request("GET", path, headers=headers)
    answer = watching.getresponse()
    assert answer.status == 200
    event: Props = {"metadata": {"name": "seen"}, "involvedObject": {"namespace": "theirs"}, "message": "now"}
    ask(theirs.admin, f"{NAMESPACES}/theirs/events", "POST", event)
    assert json.loads(answer.readline())["object"]["message"] == "now"
    watching.close()


def test_node_groups_and_access_policies_are_records_only(lab: Lab, theirs: Theirs, cluster: str) -> None:
    before = theirs.everything()
    group = {"clusterName": cluster, "nodegroupName": "pool"}
    lab.eks.create_nodegroup(**group, nodeRole=ROLE, subnets=[], instanceTypes=["m5.large"])
    policy = {"principalArn": ROLE, "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"}
    lab.eks.create_access_entry(clusterName=cluster, principalArn=ROLE)
    lab.eks.associate_access_policy(clusterName=cluster, **policy, accessScope={"type": "cluster"})
    time.sleep(2.5)  # longer than a look at the state: that something does not happen can't be waited for
    assert theirs.everything() == before
    assert lab.eks.describe_nodegroup(**group)["nodegroup"]["status"] == "ACTIVE"
    lab.eks.delete_nodegroup(**group)


def test_what_is_in_it_is_there_after_a_restart_and_after_a_kill(lab: Lab, theirs: Theirs, cluster: str) -> None:
    ask(lab.creator, NAMESPACES, "POST", {"metadata": {"name": "kept"}})
    lab.cloud.stop()
    assert ask(theirs.admin, f"{NAMESPACES}/kept")
    said: list[str] = []
    lab.cloud.start(said.append)
    assert any("kind-dev" in line for line in said)
    path = f"{NAMESPACES}/kept"
    assert clients.eventually(lambda: ask(lab.creator, path), *AGAIN)["metadata"]["name"] == "kept"
    os.kill(lab.part("passage").pid, signal.SIGKILL)
    assert clients.eventually(lambda: ask(lab.creator, path), *AGAIN)["metadata"]["name"] == "kept"
    ask(lab.creator, path, "DELETE")


def test_no_credential_is_in_the_home_or_in_arguments(lab: Lab, theirs: Theirs, cluster: str) -> None:
    kept = [each for each in (lab.home / "local-cloud").rglob("*") if each.is_file()]
    assert [str(each) for each in kept if theirs.token.encode() in each.read_bytes()] == []
    assert theirs.token not in Path(f"/proc/{lab.part('passage').pid}/cmdline").read_text()


def test_status_and_environment_name_it(lab: Lab, theirs: Theirs, cluster: str) -> None:
    told = json.loads(lab.tenant("status", "--output", "json").stdout)
    jsonschema.validate(told, json.loads((SCHEMAS / "local-status.json").read_text()))
    (part,) = [each for each in told["parts"] if each["name"] == "kubernetes of context kind-dev"]
    assert (part["kind"], part["state"], part["address"]) == ("real", "running", theirs.server)
    assert max(map(len, lab.tenant("status").stdout.splitlines())) <= 100
    assert cluster in lab.cloud.environment().kubeconfigs


def test_what_eks_clusters_are_in_is_not_changed_under_them(lab: Lab, theirs: Theirs, cluster: str) -> None:
    refused = lab.tenant("start", "--kubernetes-context", "")
    assert refused.exit_code == REFUSED
    assert NAME in refused.stderr
    assert "tenant local reset" in refused.stderr
    assert lab.tenant("start", "--kubernetes-context", "plugin").exit_code == 0, "another name of the same cluster"
    started = lab.tenant("start", "--kubernetes-context", "kind-dev")
    assert (started.exit_code, lab.cloud.running()) == (0, True)
    assert "context kind-dev" in started.stderr


@pytest.mark.parametrize(
    ("kept", "code", "says"),
    [
        ({"context": "gone"}, UNREACHABLE, "does not answer"),
        ({"identity": "another-uid"}, REFUSED, "leads to another cluster by now"),
        ({"files": ["/no/such/kubeconfig"]}, BAD_INPUT, "There is no kubeconfig"),
    ],
)
def test_a_start_looks_whether_the_context_still_leads_to_the_same_cluster(
    lab: Lab, cluster: str, kept: dict[str, Any], code: int, says: str
) -> None:
    file = lab.home / "local-cloud/kubernetes-context.json"
    before = file.read_text()
    lab.cloud.stop()
    file.write_text(json.dumps(json.loads(before) | kept))
    told = lab.tenant("start")
    assert (told.exit_code, lab.cloud.running()) == (code, False), told.stderr
    assert says in told.stderr
    file.write_text(before)
    assert lab.tenant("start").exit_code == 0
    assert clients.eventually(lambda: status(lab.creator), *AGAIN) == 200


def test_a_cluster_that_is_made_while_theirs_is_gone_says_so_and_serves_when_it_is_back(lab: Lab, cluster: str) -> None:
    file, late = lab.home / "local-cloud/kubernetes-context.json", "late"
    before = file.read_text()
    file.write_text(json.dumps(json.loads(before) | {"context": "gone"}))
    lab.eks.create_cluster(name=late, roleArn=ROLE, resourcesVpcConfig={"subnetIds": list(lab.network.subnets)})

    def becomes(wanted: str) -> str:
        told = lab.eks.describe_cluster(name=late)["cluster"]
        assert told["status"] == wanted
        return "".join(each["message"] for each in told["health"]["issues"])

    assert "does not answer" in clients.eventually(lambda: becomes("FAILED"), AssertionError)
    assert status(lab.creator) == 200
    file.write_text(before)
    assert clients.eventually(lambda: becomes("ACTIVE"), AssertionError) == ""
    lab.eks.delete_cluster(name=late)
    assert status(lab.creator) == 200


@pytest.mark.parametrize(
    ("context", "code", "says"),
    [
        ("king-dev", BAD_INPUT, "forged, gone, kind-dev"),
        ("nobody", BAD_INPUT, "names the user `x`"),
        ("gone", UNREACHABLE, "does not answer"),
        ("forged", UNREACHABLE, "refuses the context's credentials"),
    ],
)
def test_a_context_that_leads_nowhere_is_refused_before_anything_is_started(
    theirs: Theirs, tmp_path: Path, context: str, code: int, says: str
) -> None:
    lab = Lab(LocalCloud(tmp_path / "local-cloud"), tmp_path, Network("", (), ""), theirs.file)
    told = lab.tenant("start", "--kubernetes-context", context)
    assert told.exit_code == code, told.stderr
    assert says in told.stderr
    assert "next:" in told.stderr
    assert not lab.cloud.running()
    assert not (tmp_path / "local-cloud/kubernetes-context.json").exists()
    assert lab.tenant("start", "--kubernetes-context", "x", file=tmp_path / "none").exit_code == BAD_INPUT


def test_a_reset_says_what_it_leaves_and_forgets_the_context(theirs: Theirs, tmp_path: Path) -> None:
    before = theirs.everything()
    lab = Lab(LocalCloud(tmp_path / "local-cloud"), tmp_path, Network("", (), ""), theirs.file)
    lab.cloud.serve_eks_by("plugin", [theirs.file])  # the cluster answers to the plugin's token
    asked = lab.tenant("reset")
    assert asked.exit_code == BAD_INPUT
    assert "stays there after a reset" in asked.stderr
    assert lab.tenant("reset", "--yes").exit_code == 0
    assert lab.cloud.limits() == ()
    assert theirs.everything() == before
