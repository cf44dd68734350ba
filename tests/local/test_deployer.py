"""The whole life of a tenant by a deployer that may do what `tenant env policy` prints, and what a gap in it says."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from stacks.policies import deployer
from stacks.policies.document import Document, text
from tests.local.conftest import TEMPLATES, Answer, Desk

pytestmark = pytest.mark.xdist_group("deployer")

ROLE = "fenced-deployer"
ARN = f"arn:aws:iam::123456789012:role/{ROLE}"
TRUST = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole"}


class Fenced:
    """An environment whose deployer is a role, made as the how-to says: the policies are files."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self._iam = desk, desk.aws("iam")
        environments = desk.profiles.parent / "environments"
        environments.mkdir(exist_ok=True)
        packaged = (TEMPLATES / "environments" / "local.yaml").read_text(encoding="utf-8")
        (environments / "local.yaml").write_text(packaged, encoding="utf-8")
        fenced = packaged.replace("name: local\n", "name: fenced\n") + f"deployer_role: {ARN}\n"
        (environments / "fenced.yaml").write_text(fenced, encoding="utf-8")
        self.run("env", "policy", "--into", str(folder))
        document = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
        self._iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=document)
        self._parts: dict[str, Document] = {}
        for file in sorted(folder.glob("*.json")):
            written = file.read_text(encoding="utf-8")
            arn = self._iam.create_policy(PolicyName=file.stem, PolicyDocument=written)["Policy"]["Arn"]
            self._iam.attach_role_policy(RoleName=ROLE, PolicyArn=arn)
            self._parts[arn] = json.loads(written)

    def run(self, *args: str) -> Answer:
        return self.desk.run("--env", "fenced", *args)

    def refused(self, action: str, *args: str) -> str:
        """What a command says that fails for want of one action."""
        answer = self.desk.try_("--env", "fenced", *args)
        assert answer.code == 4, answer.err
        assert f"the deployer lacks {action}" in answer.err
        return answer.err

    @contextmanager
    def without(self, action: str) -> Generator[None]:
        """One action less, for a while."""
        changed = {arn: deployer.without(part, action) for arn, part in self._parts.items()}
        (arn,) = (arn for arn in changed if changed[arn] != self._parts[arn])
        self._say(arn, changed[arn])
        try:
            yield
        finally:
            self._say(arn, self._parts[arn])

    def _say(self, arn: str, policy: Document) -> None:
        old: dict[str, Any] = self._iam.get_policy(PolicyArn=arn)["Policy"]
        self._iam.create_policy_version(PolicyArn=arn, PolicyDocument=text(policy), SetAsDefault=True)
        self._iam.delete_policy_version(PolicyArn=arn, VersionId=old["DefaultVersionId"])


@pytest.fixture(scope="module")
def fenced(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fenced]:
    made = Fenced(desk, tmp_path_factory.mktemp("policies"))
    made.run("shared", "apply")
    yield made
    made.run("shared", "destroy", "--confirm", "shared.us-east-1.1")


def test_it_lives_and_dies_by_the_deployer_s_rights_and_every_gap_is_named(fenced: Fenced) -> None:
    """One story: what was refused goes on with the same command once the right is there."""
    profile = fenced.desk.profile("bound", whole=True)
    with fenced.without("secretsmanager:CreateSecret"):
        fenced.refused("secretsmanager:CreateSecret", "create", str(profile))
    fenced.run("create", str(profile))
    assert "no changes" in fenced.run("plan", "bound", "--refresh").out
    with fenced.without("s3:GetBucketVersioning"):
        fenced.refused("s3:GetBucketVersioning", "drift", "bound")
    (told,) = fenced.run("drift", "bound", "--output", "json").json["tenants"]
    assert told["drifted"] is False
    assert fenced.run("cost", "tags", "--output", "json").json["resources"] is not None
    end = ("destroy", "bound", "--purge", "--confirm", "bound")
    with fenced.without("rds:DeleteDBInstance"):
        fenced.refused("rds:DeleteDBInstance", *end)
    fenced.run(*end)


def test_it_measures_what_tenants_have_in_shared_buckets(fenced: Fenced) -> None:
    profile = fenced.desk.write("small", tier="starter")
    fenced.run("create", str(profile))
    with fenced.without("cloudwatch:PutMetricData"):
        fenced.refused("cloudwatch:PutMetricData", "usage", "record", "small")
    assert "0.00 of" in fenced.run("usage", "record", "small").out
    fenced.run("destroy", "small", "--purge", "--confirm", "small")


def test_a_deployer_s_role_that_is_not_there_is_told_with_what_to_do(fenced: Fenced) -> None:
    file = fenced.desk.profiles.parent / "environments" / "nobody.yaml"
    text = (file.parent / "fenced.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("name: fenced\n", "name: nobody\n").replace(ROLE, "nobody"), encoding="utf-8")
    answer = fenced.desk.try_("--env", "nobody", "shared", "plan")
    assert answer.code == 4
    assert "role/nobody can't be taken on" in answer.err
    assert "tenant --env nobody env policy" in answer.err
