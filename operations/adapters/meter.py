"""What tenants use: pods of their namespaces, with the gate before those with GPUs, and bytes in shared buckets."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from operations.adapters import clusters, failures
from operations.adapters.clusters import Clusters
from operations.isolation.model import Missing, Party, Refusal, Unclear
from operations.isolation.ports import Ask
from operations.registry.model import Record
from operations.usage import gate
from stacks.blueprint import alarms
from stacks.blueprint import model as blueprints
from stacks.errors import CloudFailed
from stacks.resources.object_store.spec import ObjectStoreSpec
from stacks.resources.observability.spec import ObservabilitySpec

if TYPE_CHECKING:
    from engine.providers.aws import AwsAccess


@dataclass(frozen=True, slots=True)
class CloudMeter:
    """What live tenants use, as the deployer sees it."""

    clusters: Clusters
    access: AwsAccess

    def pods(self, of: Record) -> Sequence[Mapping[str, Any]]:
        """All pods of the tenant's namespace. Raises CloudFailed."""
        found = self._ask(of, lambda namespace: Ask("GET", f"/api/v1/namespaces/{namespace}/pods"))
        items: list[Mapping[str, Any]] = found["items"]
        return items

    def close(self, of: Record) -> None:
        """Let no new pod with GPUs in. Raises CloudFailed."""

        def apply(namespace: str) -> Ask:
            path = f"{gate.path(namespace)}?fieldManager={gate.MANAGER}&force=true"
            return Ask("PATCH", path, gate.quota(namespace), rehearse=False)

        self._ask(of, apply)

    def open(self, of: Record) -> None:
        """Let them in again. Raises CloudFailed."""
        try:
            self._ask(of, lambda namespace: Ask("DELETE", gate.path(namespace), rehearse=False))
        except _Gone:
            return

    def objects(self, of: Record) -> int | None:
        """Bytes of its part of a shared bucket, told to CloudWatch; None where no alarm asks. Raises CloudFailed."""
        from engine.providers.aws import folders, metrics

        blueprint = blueprints.from_json(of.applied or of.blueprint)
        watched = blueprint.of(ObservabilitySpec).alarms
        alarm = next((each for each in watched if each.metric == alarms.FOLDER_METRIC), None)
        if alarm is None:
            return None
        bucket, slug = blueprint.of(ObjectStoreSpec).data_bucket, blueprint.slug
        with failures.told(f"Objects of {of.subject} could not be measured."):
            size = folders.size(self.access, of.region, bucket, slug)
            told = {alarm.dimension: alarm.of}
            metrics.tell(self.access, of.region, alarm.namespace, alarm.metric, float(size), **told)
        return size

    def _ask(self, of: Record, make: Callable[[str], Ask]) -> Mapping[str, Any]:
        plain = {name: output.value for name, output in of.outputs.items() if not output.secret}
        party = Party(of.subject, of.stack, of.digest, blueprints.from_json(of.applied or of.blueprint), plain)
        with _told(of.subject):
            return clusters.send(self.clusters.administrator(party), make(party.said("namespace")))


class _Gone(CloudFailed):
    """What was asked for is not there."""


@contextmanager
def _told(tenant: str) -> Generator[None]:
    try:
        yield
    except Missing as error:
        raise _Gone(f"The namespace of {tenant} is not as it was made.", why=f"{error}.") from error
    except (Refusal, Unclear) as error:
        raise CloudFailed(f"The cluster of {tenant} does not answer as it should.", why=f"{error}.") from error
