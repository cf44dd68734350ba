"""What a context of somebody's kubeconfig says, and why some can't be used."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from engine.local_cloud.contexts import kubeconfig
from engine.local_cloud.contexts.kubeconfig import File, Target
from stacks.errors import BadInput

PEM = "-----BEGIN CERTIFICATE-----"
DATA = base64.b64encode(PEM.encode()).decode()


def file(path: str = "/home/me/.kube/config", **changed: dict[str, Any]) -> File:
    """A kubeconfig with one context `dev`; `cluster`, `user` and `context` say what differs."""
    cluster = {"server": "https://127.0.0.1:6443", "certificate-authority-data": DATA} | changed.get("cluster", {})
    user = changed.get("user", {"token": "secret"})
    context = {"cluster": "c", "user": "u"} | changed.get("context", {})
    content = {
        "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": "u", "user": user}],
        "contexts": [{"name": "dev", "context": context}],
    }
    return File(Path(path), content)


def dev(*files: File) -> Target:
    return kubeconfig.target(files, "dev")


def test_kubeconfigs_are_those_of_the_variable_else_the_one_in_the_home() -> None:
    home = Path("/home/me")
    assert kubeconfig.paths({"KUBECONFIG": "/a::b"}, home) == (Path("/a"), Path("b"))
    assert kubeconfig.paths({"KUBECONFIG": ""}, home) == (Path("/home/me/.kube/config"),)


def test_a_context_says_where_whom_to_trust_and_as_whom() -> None:
    found = dev(file(cluster={"server": "https://localhost/k8s/c1/", "tls-server-name": "minikube"}))
    assert (found.address, found.prefix, found.name) == (("localhost", 443), "/k8s/c1", "minikube")
    assert (found.authority, found.login.token) == (PEM, "secret")
    assert "secret" not in repr(found)


def test_files_that_a_kubeconfig_names_stand_beside_it(tmp_path: Path) -> None:
    (tmp_path / "client.crt").write_text(PEM)
    (tmp_path / "client.key").write_text("key")
    user = {"client-certificate": "client.crt", "client-key": str(tmp_path / "client.key")}
    found = dev(file(str(tmp_path / "config"), user=user))
    assert (found.login.certificate, found.login.key, found.login.token) == (PEM, "key", "")


def test_of_two_files_the_first_one_holds_and_they_add_up() -> None:
    first, second = file("/1"), file("/2", cluster={"server": "https://10.0.0.1"})
    assert dev(first, second).server == "https://127.0.0.1:6443"
    assert dev(second, first).server == "https://10.0.0.1"
    users = File(Path("/3"), {"users": [{"name": "other", "user": {"token": "other"}}]})
    assert dev(file(context={"user": "other"}), users).login.token == "other"


def test_a_context_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(BadInput, match="no context `prod`") as told:
        kubeconfig.target([file()], "prod")
    assert (told.value.why, told.value.where) == ("The contexts are: dev.", "/home/me/.kube/config")
    assert told.value.next


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (file(cluster={"insecure-skip-tls-verify": True}), "does not check the server's certificate"),
        (file(cluster={"server": "http://127.0.0.1:8080"}), "only https is spoken"),
        (file(cluster={"proxy-url": "http://proxy"}), "behind a proxy"),
        (file(cluster={"certificate-authority-data": "%"}), "is not base64"),
        (file(context={"cluster": "none"}), "names the cluster `none`"),
        (file(context={"user": "none"}), "names the user `none`"),
        (file(user={"username": "me", "password": "secret"}), "logs in with `username`"),
        (file(user={"auth-provider": {"name": "gcp"}}), "logs in with `auth-provider`"),
        (file(user={"token": "secret", "as": "someone"}), "logs in with `as`"),
        (file(user={"client-certificate-data": DATA}), "no way to log in"),
        (file(user={"client-certificate": "/no/such/file"}), "can't be read from /no/such/file"),
        (file(user={}), "no way to log in"),
    ],
)
def test_a_context_that_can_t_be_used_says_why(given: File, says: str) -> None:
    with pytest.raises(BadInput, match="can't be used") as told:
        dev(given)
    assert says in told.value.why
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("text", ["", "text", "[1]", "users: 3", "users: [3]", "users: [{user: 3}]", "users: {a: b}"])
def test_a_file_that_is_no_kubeconfig_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "config").write_text(text)
    with pytest.raises(BadInput, match="kubeconfig can't be used") as told:
        kubeconfig.load([tmp_path / "config"])
    assert told.value.where == str(tmp_path / "config")


def test_what_is_not_yaml_is_told_by_its_place_and_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("users:\n- token: 'secret\n")
    with pytest.raises(BadInput) as told:
        kubeconfig.load([tmp_path / "config"])
    assert told.value.where.startswith(f"{tmp_path}/config:")
    assert "secret" not in f"{told.value} {told.value.where}"


def test_a_file_of_a_list_may_be_missing_but_not_all(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("users: []\n")
    assert [each.path.name for each in kubeconfig.load([tmp_path / "none", tmp_path / "config"])] == ["config"]
    with pytest.raises(BadInput, match="no kubeconfig") as told:
        kubeconfig.load([tmp_path / "none", tmp_path / "nor-this"])
    assert str(tmp_path / "nor-this") in told.value.where
