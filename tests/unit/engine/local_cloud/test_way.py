"""What is refused of a context before anything is sent to its cluster."""

from __future__ import annotations

import pytest

from engine.local_cloud.contexts.kubeconfig import Target
from engine.local_cloud.contexts.way import Way
from engine.providers.logins import Login
from stacks.errors import BadInput, Refused

LOGIN = Login(token="secret")


@pytest.mark.parametrize("server", ["https://8.8.8.8:6443", "https://[2001:4860:4860::8888]"])
def test_a_cluster_on_the_internet_is_refused(server: str) -> None:
    way = Way(Target(server, "", "prod", LOGIN), "prod")
    with pytest.raises(Refused, match="on the internet") as told:
        way.check()
    assert (told.value.where, "secret" in str(told.value)) == (server, False)


@pytest.mark.parametrize(
    "target",
    [
        Target("https://127.0.0.1", "no certificate", "kind", LOGIN),
        Target("https://127.0.0.1", "kein Zertifikat: \u00e4", "kind", LOGIN),
        Target("https://127.0.0.1", "", "kind", Login(certificate="no certificate", key="secret")),
    ],
    ids=["authority", "not ASCII", "client"],
)
def test_certificates_that_are_none_are_bad_input(target: Target) -> None:
    with pytest.raises(BadInput, match="certificates of context `kind`") as told:
        Way(target, "kind")
    assert told.value.why
    assert "secret" not in str(told.value)


def test_the_login_is_a_bearer_token_or_none() -> None:
    assert Way(Target("https://127.0.0.1", "", "kind", LOGIN), "kind").authorization() == "Bearer secret"
    assert Way(Target("https://127.0.0.1", "", "kind", Login()), "kind").authorization() == ""
