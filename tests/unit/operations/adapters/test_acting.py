from __future__ import annotations

from typing import Any, cast

from engine.providers.aws import AwsAccess
from operations.adapters.acting import CloudLive
from tests.unit.operations.isolation import given


class Sts:
    """Gives each who asks other keys."""

    def __init__(self) -> None:
        self.given = 0

    def assume_role(self, **_: Any) -> dict[str, Any]:
        self.given += 1
        keys = ("AccessKeyId", "SecretAccessKey", "SessionToken")
        return {"Credentials": {key: f"{key} {self.given}" for key in keys}}


def test_a_role_is_taken_on_again_well_before_its_hour_is_over() -> None:
    sts, seconds, party = Sts(), [0.0], given.party("acme", roleArn="arn:acme")
    access = AwsAccess(_clients={("sts", party.region, 3): sts})
    live = CloudLive(access, cast("Any", None), cast("Any", None), now=lambda: seconds[0])
    first = live.of(party)
    seconds[0] = 1800.0
    assert live.of(party) is first
    seconds[0] = 1801.0
    assert live.of(party) is not first
    assert live.of(given.party("globex", roleArn="arn:globex")) is not live.of(party)
    assert sts.given == 3
