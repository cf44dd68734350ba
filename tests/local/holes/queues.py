"""Holes in queues that tenants share: who sends, who takes."""

from __future__ import annotations

import json
from collections.abc import Generator
from functools import partial
from typing import Any

from operations.isolation.model import Level
from tests.local.holes import Among, hole
from tests.local.holes.site import Place, Site

standard = partial(hole, among=Among.STANDARD)


def _arn(site: Site, url: str) -> str:
    return str(
        site.aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    )


def _give(site: Site, to: Place, action: str, resource: str) -> None:
    opened = {"Effect": "Allow", "Action": action, "Resource": resource}
    text = json.dumps({"Version": "2012-10-17", "Statement": [opened]})
    site.aws("iam").put_role_policy(RoleName=to.role_name, PolicyName="hole", PolicyDocument=text)


def _take_back(site: Site, of: Place) -> None:
    site.aws("iam").delete_role_policy(RoleName=of.role_name, PolicyName="hole")


def _put_rules(site: Site, url: str, text: str) -> None:
    site.aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": text})


def _rules(site: Site, url: str) -> str:
    found: Any = site.aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    return str(found["Attributes"]["Policy"])


@standard("shared-queues-others B>A", levels=(Level.LIVE,))
def a_queue_that_it_is_not_given_is_sent_to(site: Site) -> Generator[None]:
    """A role may send to a queue that its tenant's profile does not name."""
    _give(site, site.b, "sqs:SendMessage", _arn(site, site.a.outputs["queues"]["jobs"]))
    yield
    _take_back(site, site.b)


@standard(
    "iam-boundary A",
    "proof-queues-send-only A",
    "proof-s3-fences A>B",
    "shared-queues-send-only A",
    levels=(Level.CONFIG, Level.PROOF, Level.LIVE),
)
def messages_are_taken_past_every_fence(site: Site) -> Generator[None]:
    """A role without a boundary may do everything to a queue, and the queue has no policy."""
    iam, role, url = site.aws("iam"), site.a.role_name, site.a.outputs["queues"]["jobs"]
    before = _rules(site, url)
    limit = iam.get_role(RoleName=role)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"]
    iam.delete_role_permissions_boundary(RoleName=role)
    _put_rules(site, url, "")
    _give(site, site.a, "sqs:*", _arn(site, url))
    yield
    _take_back(site, site.a)
    _put_rules(site, url, before)
    iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=limit)
