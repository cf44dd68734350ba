from __future__ import annotations

from typing import Any

from engine.providers.aws import AwsAccess
from engine.providers.reach import Direct
from operations.adapters import clusters
from operations.adapters.clusters import Clusters
from tests.unit.operations.isolation import given

ACME = given.party("acme", cluster="one")
ELSEWHERE = given.party("globex", cluster="two")


class Cloud:
    """Knows every cluster, and signs; counts both."""

    def __init__(self) -> None:
        self.described, self.signed = 0, 0
        self._request_signer = self

    def describe_cluster(self, name: str) -> dict[str, Any]:
        self.described += 1
        return {"cluster": {"endpoint": f"https://{name}.example", "certificateAuthority": {"data": ""}}}

    def generate_presigned_url(self, *_: Any, **__: Any) -> str:
        self.signed += 1
        return f"https://sts.example/{self.signed}"


def of(cloud: Cloud) -> Clusters:
    region = ACME.region
    return Clusters(AwsAccess(_clients={("eks", region, 3): cloud, ("sts", region, 3): cloud}), Direct())


def test_who_asks_again_asks_on_the_connection_that_is_there() -> None:
    cloud = Cloud()
    known = of(cloud)
    assert known.administrator(ACME) is known.administrator(ACME)
    assert known.holder(ACME, "hers") is known.holder(ACME, "hers")
    assert (cloud.described, cloud.signed) == (1, 1)


def test_nobody_asks_on_the_connection_of_another_or_in_another_cluster() -> None:
    known = of(Cloud())
    each = (known.administrator(ACME), known.holder(ACME, "hers"), known.holder(ACME, "his"))
    there = (known.administrator(ELSEWHERE), known.holder(ELSEWHERE, "hers"))
    assert len({id(connection) for connection in (*each, *there)}) == len(each) + len(there)


def test_of_many_who_ask_the_last_ones_keep_their_connections() -> None:
    known = of(Cloud())
    first, second = known.holder(ACME, "first"), known.holder(ACME, "second")
    for number in range(clusters.KEPT - 1):
        known.holder(ACME, str(number))
        assert known.holder(ACME, "second") is second
    assert known.holder(ACME, "first") is not first
