from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from operations.isolation.model import Missing, Party, Refusal, Unclear
from operations.isolation.once import Once
from tests.unit.operations.isolation import given

ACME, GLOBEX = given.party("acme"), given.party("globex")


class Cloud:
    """Tells what it was asked, or fails so; `asked` is all of it."""

    def __init__(self, fail: Callable[[], Exception | None] = lambda: None) -> None:
        self.asked, self._fail = list[str](), fail

    def aws(self, region: str, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        return self._told(f"{region} {service} {operation} {parameters}")

    def kubernetes(self, at: Party, path: str) -> Mapping[str, Any]:
        return self._told(f"{at.tenant} {path}")

    def state(self, party: Party) -> str:
        return party.tenant

    def _told(self, what: str) -> Mapping[str, Any]:
        self.asked.append(what)
        failure = self._fail()
        if failure:
            raise failure
        return {"told": what}


def test_a_setting_is_asked_for_once() -> None:
    cloud = Cloud()
    once = Once(cloud)
    found = [once.aws("r", "iam", "GetRolePolicy", RoleName="a", PolicyName="p") for _ in range(2)]
    found.append(once.aws("r", "iam", "GetRolePolicy", PolicyName="p", RoleName="a"))
    assert found[0] is found[1] is found[2]
    assert once.kubernetes(ACME, "/api") is once.kubernetes(ACME, "/api")
    assert len(cloud.asked) == 2


def test_what_differs_in_anything_is_another_setting() -> None:
    cloud = Cloud()
    once = Once(cloud)
    once.aws("r", "iam", "GetRole", RoleName="a")
    for region, service, operation, name in (
        ("q", "iam", "GetRole", "a"),
        ("r", "sts", "GetRole", "a"),
        ("r", "iam", "GetPolicy", "a"),
        ("r", "iam", "GetRole", "b"),
    ):
        once.aws(region, service, operation, RoleName=name)
    once.kubernetes(ACME, "/api")
    once.kubernetes(GLOBEX, "/api")
    once.kubernetes(ACME, "/apis")
    assert len(cloud.asked) == len(set(cloud.asked)) == 8


@pytest.mark.parametrize("kind", [Missing, Refusal])
def test_an_answer_that_there_is_nothing_or_that_nobody_may_is_one(kind: type[Exception]) -> None:
    cloud = Cloud(lambda: kind("so"))
    once = Once(cloud)
    for _ in range(2):
        with pytest.raises(kind, match="so"):
            once.aws("r", "s3", "GetBucketPolicy", Bucket="b")
    assert len(cloud.asked) == 1


def test_what_failed_is_asked_again() -> None:
    failures = [Unclear("throttled"), None]
    once = Once(Cloud(lambda: failures.pop(0)))
    with pytest.raises(Unclear, match="throttled"):
        once.aws("r", "s3", "GetBucketPolicy", Bucket="b")
    assert once.aws("r", "s3", "GetBucketPolicy", Bucket="b")
    assert not failures


def test_who_comes_while_it_is_asked_for_waits_for_the_answer() -> None:
    go = Event()
    cloud = Cloud(lambda: None if go.wait(10) else Unclear("nobody came"))
    once = Once(cloud)
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(once.aws, "r", "iam", "GetRole", RoleName="a") for _ in range(4)]
        other = pool.submit(once.state, ACME)
        go.set()
        assert len({id(each.result(10)) for each in waiting}) == 1
    assert other.result() == "acme"
    assert len(cloud.asked) == 1
