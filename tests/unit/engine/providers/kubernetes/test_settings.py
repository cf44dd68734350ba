from __future__ import annotations

import base64
import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from engine.providers import logins
from engine.providers.kubernetes import refusals, settings
from engine.providers.logins import Login, Plugin
from engine.providers.port import UNKNOWN, ProviderError

CA = base64.b64encode(b"-----BEGIN CERTIFICATE-----").decode()


def kubeconfig(user: dict[str, Any] | None = None, cluster: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "current-context": "one",
        "contexts": [{"name": "one", "context": {"cluster": "c", "user": "u", "namespace": "team"}}],
        "clusters": [
            {"name": "c", "cluster": cluster or {"server": "https://a:6443/", "certificate-authority-data": CA}}
        ],
        "users": [{"name": "u", "user": {"token": "t"} if user is None else user}],
    }


def test_a_kubeconfig_is_read_as_text_or_as_data() -> None:
    for given in (kubeconfig(), json.dumps(kubeconfig())):
        read = settings.parse({"kubeconfig": given, "enableSecretMutable": "true"})
        assert (read.server, read.namespace, read.login.token) == ("https://a:6443", "team", "t")
        assert read.mutable == {"Secret"}
        assert "t'" not in repr(read.login)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (kubeconfig(user={}), "no way to log in"),
        (kubeconfig(user={"auth-provider": {}}), "auth-provider"),
        (kubeconfig(user={"client-certificate": "/a/file"}), "points to a file"),
        (kubeconfig(cluster={"server": "http://a"}), "only https"),
        (kubeconfig(cluster={"server": "https://a", "insecure-skip-tls-verify": True}), "certificate"),
        (kubeconfig(cluster={"server": "https://a", "certificate-authority-data": "!"}), "base64"),
        ("/home/me/.kube/config", "not the name of a file"),
        ("{", "not YAML"),
    ],
)
def test_a_kubeconfig_that_can_t_be_used_says_why(given: Any, says: str) -> None:
    (fault,) = settings.faults({"kubeconfig": given})
    assert says in fault.reason
    with pytest.raises(ProviderError, match=says):
        settings.parse({"kubeconfig": given})


def test_a_context_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(ProviderError, match="no context `two`; there are: one"):
        settings.parse({"kubeconfig": kubeconfig(), "context": "two"})


def test_the_ambient_kubeconfig_and_what_is_not_built_are_refused() -> None:
    assert [fault.property for fault in settings.faults({})] == ["kubeconfig"]
    given = {"kubeconfig": kubeconfig(), "renderYamlToDirectory": "x", "nonsense": 1, "enableServerSideApply": "false"}
    assert [fault.property for fault in settings.faults(given)] == [
        "enableServerSideApply",
        "nonsense",
        "renderYamlToDirectory",
    ]
    assert list(settings.faults({"kubeconfig": UNKNOWN})) == []


def test_another_login_is_the_same_cluster() -> None:
    one, other = {"kubeconfig": kubeconfig()}, {"kubeconfig": kubeconfig(user={"token": "x"})}
    assert settings.identity(one) == settings.identity(other) == "https://a:6443"
    assert settings.identity({"kubeconfig": UNKNOWN}) is None


def plugin(tmp_path: Path, script: str) -> Plugin:
    path = tmp_path / "plugin.py"
    path.write_text(script)
    return Plugin(sys.executable, (str(path),), (("WHO", "me"),), "client.authentication.k8s.io/v1")


def test_a_plugin_is_asked_once_until_its_token_runs_out_or_is_refused(tmp_path: Path) -> None:
    script = (
        "import json, os, pathlib\n"
        f"count = pathlib.Path({str(tmp_path / 'count')!r})\n"
        "n = int(count.read_text()) + 1 if count.exists() else 1\n"
        "count.write_text(str(n))\n"
        "assert json.loads(os.environ['KUBERNETES_EXEC_INFO'])['kind'] == 'ExecCredential'\n"
        "status = {'token': os.environ['WHO'] + str(n), 'expirationTimestamp': '2999-01-01T00:00:00Z'}\n"
        "print(json.dumps({'status': status}))"
    )
    found = logins.of(Login(plugin(tmp_path, script)))
    assert [found.token(), found.token(), found.token(fresh=True)] == ["me1", "me1", "me2"]


@pytest.mark.parametrize(
    ("script", "says"), [("import sys; sys.exit('no role')", "no role"), ("print(1)", "no credential")]
)
def test_a_plugin_that_gives_no_token_says_why(tmp_path: Path, script: str, says: str) -> None:
    with pytest.raises(ProviderError, match=says):
        logins.of(Login(plugin(tmp_path, script))).token()


def test_a_plugin_that_is_not_there_is_named() -> None:
    with pytest.raises(ProviderError, match="no-such-plugin"):
        logins.of(Login(Plugin("no-such-plugin", (), (), "v1"))).token()


EKS = ("eks", "get-token", "--cluster-name", "c", "--region", "eu-central-1")


def test_what_the_aws_cli_would_give_is_given_without_it_where_that_can_be() -> None:
    login = Login(Plugin("aws", EKS, (), "v1"))
    asked: list[tuple[str, str]] = []

    def make(region: str, cluster: str) -> tuple[str, float]:
        asked.append((region, cluster))
        return f"token-{len(asked)}", time.time() + 900

    found = logins.of(login, make)
    assert [found.token(), found.token(), found.token(fresh=True)] == ["token-1", "token-1", "token-2"]
    assert asked == [("eu-central-1", "c")] * 2


@pytest.mark.parametrize(
    "other",
    [
        Plugin("aws", (*EKS, "--role-arn", "arn:aws:iam::123456789012:role/r"), (), "v1"),
        Plugin("aws", EKS, (("AWS_PROFILE", "other"),), "v1"),
        Plugin("aws-iam-authenticator", ("token", "-i", "c"), (), "v1"),
    ],
)
def test_another_identity_than_ours_is_asked_of_the_plugin_itself(other: Plugin) -> None:
    assert other.eks is None


STATUS = {
    "reason": "Invalid",
    "message": 'Secret "a" is invalid: data: Invalid value: "hunter2": field is immutable when `immutable` is set',
    "details": {"causes": [{"field": "data", "message": 'Invalid value: "hunter2": field is immutable'}]},
}


def test_a_refusal_tells_which_fields_can_t_change() -> None:
    refused = refusals.of("applying Secret a", 422, json.dumps(STATUS).encode())
    assert refused.immutable
    assert refused.immutable_fields == ("data",)
    assert "hunter2" in str(refused)


def test_a_refusal_of_a_secret_tells_fields_and_no_values() -> None:
    refused = refusals.of("applying Secret a", 422, json.dumps(STATUS).encode(), secret=True)
    assert refused.immutable
    assert refused.immutable_fields == ("data",)
    assert "data" in str(refused)
    assert "hunter2" not in str(refused) + repr(refused.causes)


def test_an_answer_that_is_no_status_is_told_as_it_is() -> None:
    assert "502 : bad gateway" in str(refusals.of("looking", 502, b"bad gateway"))
