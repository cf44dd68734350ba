"""A real control plane, and a provider with its admin's kubeconfig."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.providers.kubernetes import KubernetesProvider, kinds, settings
from engine.providers.kubernetes.connection import Connection, Request
from engine.providers.kubernetes.provider import ConfiguredKubernetes
from engine.providers.port import Call, Created, Props, Resource
from engine.providers.reach import Direct
from tests.control_plane_fixture import control_plane, serving

__all__ = ["control_plane"]


@dataclass(frozen=True)
class Running:
    """A control plane and its admin's kubeconfig."""

    kubeconfig: str

    def configured(self, **more: Any) -> ConfiguredKubernetes:
        return KubernetesProvider(Direct()).configure({"kubeconfig": self.kubeconfig, **more})

    def bench(self, namespace: str) -> Bench:
        forcing = self.configured(enablePatchForce="true")
        hand = Connection(settings.parse({"kubeconfig": self.kubeconfig}), Direct())
        return Bench(self.configured(), forcing, hand, namespace)


@pytest.fixture(scope="session")
def running(control_plane: Path) -> Iterator[Running]:
    with serving() as kubeconfig:
        yield Running(json.dumps(kubeconfig))


@dataclass
class Bench:
    """Objects of one test, in a namespace of its own."""

    provider: ConfiguredKubernetes
    forcing: ConfiguredKubernetes
    hand: Connection
    namespace: str

    def resource(self, type: str, name: str) -> Resource:
        urn = f"urn:pulumi:local.{self.namespace}::tenants::kubernetes:{type}::{name}"
        return Resource(urn, f"kubernetes:{type}", name)

    def inputs(self, type: str, name: str, **members: Any) -> Props:
        """Checked inputs of an object of that name in the test's namespace."""
        metadata = {"name": name, "namespace": self.namespace, **members.pop("metadata", {})}
        checked = self.provider.check(self.resource(type, name), None, {"metadata": metadata, **members}, b"seed")
        assert not checked.failures
        return checked.inputs

    def make(self, type: str, name: str, call: Call | None = None, **members: Any) -> tuple[Props, Created]:
        inputs = self.inputs(type, name, **members)
        return inputs, self.provider.create(self.resource(type, name), inputs, call or Call())

    def live(self, type: str, name: str) -> Props:
        """The object as another client sees it."""
        return self.hand.send(Request(f"looking at {name}", "GET", self._path(type, name)))

    def by_hand(self, type: str, name: str, change: Callable[[Props], Props]) -> None:
        """As `kubectl edit` does: the whole object, put by another manager."""
        value = change(self.live(type, name))
        for stamp in ("managedFields", "resourceVersion"):
            value["metadata"].pop(stamp, None)
        query = {"fieldManager": "kubectl-edit"}
        self.hand.send(Request(f"editing {name}", "PUT", self._path(type, name), value, query))

    def _path(self, type: str, name: str) -> str:
        kind = kinds.of(f"kubernetes:{type}", {})
        return f"{kind.root}/namespaces/{self.namespace}/{_PLURALS.get(kind.name, kind.name.lower() + 's')}/{name}"


_PLURALS = {"NetworkPolicy": "networkpolicies"}


@pytest.fixture
def bench(running: Running) -> Bench:
    name = f"t{secrets.token_hex(4)}"
    made = running.bench(name)
    resource = made.resource("core/v1:Namespace", name)
    inputs = made.provider.check(resource, None, {"metadata": {"name": name}}, b"").inputs
    made.provider.create(resource, inputs, Call())
    return made  # the namespace goes with its control plane: waiting until each is empty takes six seconds
