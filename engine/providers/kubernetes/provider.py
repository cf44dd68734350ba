"""Kubernetes behind the port `engine.providers.port`: any kind, no table of kinds.

check       the program's inputs, completed with kind, name, namespace
diff        against the last inputs; where they differ, the server's own refusal tells what makes a new object
preview     a rehearsal on the server, so that what it would refuse is told before anything is sent
create      never onto an object that stands there: taking one over is `find`'s, after a crash, and only of our own
read        drift is what differs from what the server would make of the inputs today
delete      by uid, so that a successor of the same name is never meant
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final

from engine.providers.kubernetes import differences, kinds, objects, ownership, seen, settings, waiting
from engine.providers.kubernetes.cluster import Cluster, NoSuchKind
from engine.providers.kubernetes.connection import Connection
from engine.providers.kubernetes.kinds import Kind
from engine.providers.kubernetes.refusals import Refusal
from engine.providers.logins import EksTokens
from engine.providers.port import (
    UNSETTLED,
    AnswerLost,
    Call,
    Checked,
    CheckFailure,
    Created,
    Diff,
    Found,
    PartlyDone,
    PropertyChange,
    Props,
    ProviderError,
    Resource,
)
from engine.providers.reach import Reach
from engine.providers.waits import WaitedTooLong

_PATCH_FORCE: Final = "pulumi.com/patchForce"
_PROPAGATION: Final = "pulumi.com/deletionPropagationPolicy"
_POLICIES: Final = {"orphan": "Orphan", "background": "Background"}


class KubernetesProvider:
    """Clusters that the port `reach` leads to. `eks` gives the tokens of EKS, so that no AWS CLI is needed for them."""

    package = "kubernetes"
    version = version("pulumi-kubernetes")

    def __init__(self, reach: Reach, eks: EksTokens | None = None) -> None:
        self._reach, self._eks = reach, eks

    def check_config(self, config: Props) -> Sequence[CheckFailure]:
        """Refuse configuration keys that this provider does not know, and a missing kubeconfig."""
        return tuple(settings.faults(config))

    def diff_config(self, olds: Props, news: Props) -> Diff:
        """Another cluster makes everything anew; another login does not."""
        old, new = settings.identity(olds), settings.identity(news)
        changes = differences.between(olds, news)
        other = old is not None and new is not None and old != new
        return Diff(tuple(PropertyChange(p, k, replace=other and p.startswith("kubeconfig")) for p, k in changes))

    def configure(self, config: Props) -> ConfiguredKubernetes:
        """A provider for this cluster; it may still be unknown."""
        return ConfiguredKubernetes(config, self._reach, self._eks)

    def holds_data(self, type: str) -> bool:
        """Namespaces, definitions, volumes: deleting one deletes what is in it."""
        return kinds.holds_data(type)


class ConfiguredKubernetes:
    """One cluster under one login."""

    def __init__(self, config: Props, reach: Reach, eks: EksTokens | None = None) -> None:
        self._config, self._reach, self._eks = config, reach, eks
        self._lock, self._known = threading.Lock(), list[Cluster]()

    def check(self, resource: Resource, olds: Props | None, news: Props, seed: bytes) -> Checked:
        """Complete the inputs; what can't be an object of its own is refused."""
        try:
            kind = kinds.of(resource.type, news)
        except ProviderError as error:
            return Checked(news, (CheckFailure("", str(error)),))
        return Checked(objects.completed(resource, kind, news, olds, seed, settings.namespace(self._config)))

    def diff(self, resource: Resource, id: str, old_inputs: Props, old_outputs: Props, news: Props) -> Diff:
        """Compare inputs; on a difference ask the server whether it can be changed in place. Raises ProviderError."""
        kind = kinds.of(resource.type, news)
        found = dict(differences.between(old_inputs, news))
        paths = frozenset(found)
        replaced = differences.replacing(kind, paths, settings.mutable(self._config))
        if paths and not replaced:
            replaced = self._immutable(resource, kind, news, paths)
        same_name = not objects.is_autonamed(news) and _name(old_inputs) == _name(news)
        changes = tuple(PropertyChange(path, how, replace=path in replaced) for path, how in sorted(found.items()))
        return Diff(changes, delete_before_replace=bool(replaced) and same_name)

    def preview(self, resource: Resource, news: Props, old_outputs: Props | None) -> Props:
        """What the server would make of it, where all is known; refusals are raised. Raises ProviderError."""
        kind = kinds.of(resource.type, news)
        guessed = seen.guess(news, old_outputs)
        if self._is_unknown() or objects.has_unknown(news):
            return guessed
        try:
            self._cluster().rehearse(kind, news, ownership.manager(resource.urn), force=self._forces(news))
        except NoSuchKind:
            return guessed
        except Refusal as refusal:
            if refusal.status != 404:  # its namespace is yet to be made
                raise
        return guessed

    def create(self, resource: Resource, inputs: Props, call: Call) -> Created:
        """Make it and wait until it serves. Raises ProviderError, AnswerLost."""
        kind, cluster = kinds.of(resource.type, inputs), self._cluster()
        self._check_free(cluster, kind, inputs, call)
        name = ownership.manager(resource.urn)
        live = cluster.apply(kind, inputs, name, call.fence, force=self._forces(inputs))
        live, why = waiting.served(cluster, kind, live, call)
        outputs = seen.outputs(kind, live, name, inputs)
        if why:
            return Created(objects.id_of(live), outputs | {UNSETTLED: []}, (why,))
        return Created(objects.id_of(live), outputs)

    def read(self, resource: Resource, id: str, inputs: Props, outputs: Props) -> Found | None:
        """What it is now; None when it is gone, or when another object has its name. Raises ProviderError."""
        kind, cluster, name = kinds.of(resource.type, inputs), self._cluster(), ownership.manager(resource.urn)
        there = _there(id, inputs)
        live = cluster.look(kind, there)
        if live is None or ownership.is_going(live):
            return None
        if objects.uid_of(outputs) not in ("", objects.uid_of(live)) and not ownership.is_ours(live, name):
            return None
        # only what was recorded as unfinished: a deployment that loses a pod has not drifted
        why = waiting.unready(cluster, kind, live) if UNSETTLED in outputs else ""
        return _found(cluster, kind, inputs, live, name, why)

    def update(
        self, resource: Resource, id: str, old_inputs: Props, old_outputs: Props, news: Props, call: Call
    ) -> Props:
        """Make it so and wait until it serves. Raises ProviderError, AnswerLost, PartlyDone."""
        kind, cluster, name = kinds.of(resource.type, news), self._cluster(), ownership.manager(resource.urn)
        live = cluster.apply(kind, news, name, call.fence, force=self._forces(news))
        live, why = waiting.served(cluster, kind, live, call)
        outputs = seen.outputs(kind, live, name, news)
        if why:
            raise PartlyDone(
                f"It was changed and does not serve: {why}", id=objects.id_of(live), outputs=outputs | {UNSETTLED: []}
            )
        return outputs

    def delete(self, resource: Resource, id: str, inputs: Props, outputs: Props, call: Call) -> None:
        """Delete this very object and wait until it is gone. Raises ProviderError, AnswerLost."""
        kind, cluster, there = kinds.of(resource.type, inputs), self._cluster(), _there(id, inputs)
        live = cluster.look(kind, there)
        if live is None:
            return
        uid = objects.uid_of(live)
        ours = uid == objects.uid_of(outputs) or ownership.is_ours(live, ownership.manager(resource.urn))
        if not ours:
            return
        asked = objects.annotation(inputs, _PROPAGATION)
        cluster.delete(kind, there, uid, _POLICIES.get(asked, "Foreground"), call.fence)
        try:
            waiting.gone(cluster, kind, there, uid, call)
        except WaitedTooLong as error:
            raise AnswerLost(str(error)) from error

    def find(self, resource: Resource, inputs: Props, known: frozenset[str] = frozenset()) -> Found | None:
        """What an interrupted create with these inputs has left: an object of this name that we applied.

        Raises ProviderError where somebody else's stands there.
        """
        kind, cluster, name = kinds.of(resource.type, inputs), self._cluster(), ownership.manager(resource.urn)
        live = cluster.look(kind, inputs)
        if live is None or ownership.is_going(live) or objects.id_of(live) in known:
            return None
        if not ownership.is_ours(live, name):
            raise ProviderError(_taken(kind, inputs))
        return _found(cluster, kind, inputs, live, name, waiting.unready(cluster, kind, live))

    def invoke(self, token: str, args: Props) -> Props:
        """No data sources are built. Raises ProviderError."""
        raise ProviderError(f"The data source {token} is not built.")

    # ---- the cluster

    def _is_unknown(self) -> bool:
        return bool(settings.unknown_keys(self._config))

    def _cluster(self) -> Cluster:
        """The cluster, connected to once. Raises ProviderError where it is not known yet."""
        if missing := settings.unknown_keys(self._config):
            raise ProviderError(f"The cluster can't be reached before {', '.join(missing)} of the provider is known.")
        with self._lock:
            if not self._known:
                self._known.append(Cluster(Connection(settings.parse(self._config), self._reach, self._eks)))
            return self._known[0]

    def _forces(self, inputs: Props) -> bool:
        """Whether fields that somebody else has set meanwhile are taken back."""
        wanted = self._config.get("enablePatchForce") in (True, "true")
        return wanted or objects.annotation(inputs, _PATCH_FORCE) == "true"

    def _immutable(self, resource: Resource, kind: Kind, news: Props, paths: frozenset[str]) -> frozenset[str]:
        """The paths that only a new object can have: as a table knows them, or as the server says."""
        if self._is_unknown() or objects.has_unknown(news):
            return differences.fixed(kind, paths)
        try:
            self._cluster().rehearse(kind, news, ownership.manager(resource.urn), force=True)
        except NoSuchKind:
            return differences.fixed(kind, paths)
        except Refusal as refusal:
            if refusal.immutable:
                return differences.blamed(paths, refusal.immutable_fields)
            if refusal.status != 404:
                raise
        return frozenset()

    def _check_free(self, cluster: Cluster, kind: Kind, inputs: Props, call: Call) -> None:
        """Nothing may stand there; what is on its way out is waited for."""
        live = cluster.look(kind, inputs)
        if live is not None and ownership.is_going(live):
            waiting.gone(cluster, kind, inputs, objects.uid_of(live), call)
            live = cluster.look(kind, inputs)
        if live is not None:
            raise ProviderError(_taken(kind, inputs))


def _found(cluster: Cluster, kind: Kind, inputs: Props, live: Props, manager: str, why: str) -> Found:
    as_live = seen.inputs(cluster, kind, inputs, live, manager)
    outputs = seen.outputs(kind, live, manager, inputs)
    if why:
        return Found(objects.id_of(live), as_live, outputs | {UNSETTLED: []}, (why,))
    return Found(objects.id_of(live), as_live, outputs)


def _name(inputs: Props) -> tuple[Any, Any]:
    metadata = objects.member(inputs, "metadata")
    return metadata.get("namespace"), metadata.get("name")


def _there(id: str, inputs: Props) -> Props:
    """Under which name the recorded object is."""
    namespace, _, name = id.rpartition("/")
    annotations = objects.member(objects.member(inputs, "metadata"), "annotations")
    return {**inputs, "metadata": {"name": name, "annotations": annotations, "namespace": namespace or None}}


def _taken(kind: Kind, inputs: Props) -> str:
    return (
        f"{kind.name} {objects.id_of(inputs)} stands there already and is not ours. "
        "Delete or rename it, or choose another name."
    )
