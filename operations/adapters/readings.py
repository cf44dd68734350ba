"""Settings as they are in the cloud, in its clusters and in the state, read by whoever verifies."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from operations.adapters import answers, clusters
from operations.adapters.acting import CloudLive
from operations.adapters.clusters import Clusters
from operations.isolation.model import Party
from operations.isolation.ports import Ask, World
from stacks.inputs.environment import Target

if TYPE_CHECKING:
    from engine.providers.aws import AwsAccess
    from engine.workspaces import Workspaces


@dataclass(frozen=True, slots=True)
class CloudReadings:
    """Reads with the rights of who verifies; `records` gives states."""

    access: AwsAccess
    clusters: Clusters
    records: Callable[[], Workspaces]
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def aws(self, region: str, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        """One answer to a call that reads; a policy, or whatever is not there, is Unclear."""
        from engine.providers.aws.calls import Api

        with answers.of_aws():
            return Api(self.access, region).read(service, operation, **parameters)

    def kubernetes(self, at: Party, path: str) -> Mapping[str, Any]:
        """An object or a list of the cluster that `at` is in."""
        return clusters.send(self.clusters.administrator(at), Ask("GET", path))

    def state(self, party: Party) -> str:
        """The tenant's Pulumi state as it is kept; secrets stay encrypted."""
        with self._lock:  # a command of the engine is for one thread
            return json.dumps(self.records().resources(party.stack))


def world(access: AwsAccess, clusters_as: AwsAccess, records: Callable[[], Workspaces], target: Target) -> World:
    """The cloud as `access` reaches it, and tenants in it; in clusters as who administers them."""
    from engine.providers.reach import Direct

    reach = Direct(access.ca_file)
    known = Clusters(clusters_as, Direct())
    return World(CloudReadings(access, known, records), CloudLive(access, reach, known), target)
