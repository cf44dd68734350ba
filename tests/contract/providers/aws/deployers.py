"""A role of the local cloud that may do what a policy says, and loses one action at a time."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from engine.providers.aws import AwsAccess, Credentials
from engine.providers.aws.permissions import needs
from engine.providers.aws.rows import ROWS
from stacks.policies import deployer
from stacks.policies.document import Document, text

LIMIT = 6144
"""Characters of a managed policy: IAM quotas."""


class Deployer:
    """Whoever applies, as a role: `access` is how it reaches the cloud, and says what AWS would."""

    def __init__(self, root: AwsAccess, region: str, documents: Iterable[Document]) -> None:
        self._iam, self.name = root.client("iam", region), f"deployer-{uuid.uuid4().hex[:8]}"
        self.documents = tuple(documents)
        who = root.client("sts", region).get_caller_identity()["Account"]
        trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{who}:root"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        self.arn = str(self._iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=document)["Role"]["Arn"])
        self.give(*self.documents)
        taken: Any = root.client("sts", region).assume_role(RoleArn=self.arn, RoleSessionName="campaign")
        keys = taken["Credentials"]
        held = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        self.access = replace(root, credentials=held, _clients={})

    def give(self, *documents: Document) -> None:
        """Let it do what these say."""
        for number, one in enumerate(documents):
            self._iam.put_role_policy(RoleName=self.name, PolicyName=f"part-{number}", PolicyDocument=text(one))

    def lose(self, action: str) -> None:
        """Take one action away; all others stay."""
        self.give(*(deployer.without(one, action) for one in self.documents))


def everywhere(account: str, region: str) -> tuple[Document, ...]:
    """The policy for all rows, on things of any name: those of the suite are not called as the tool calls things."""
    scope = deployer.Scope(account, (region,), "", "", auto=dict.fromkeys(deployer.AUTO_NAMES, ""))
    return deployer.parts(deployer.statements(needs.every(ROWS), scope), LIMIT)
