"""Whoever applies in the demo: a role with just what `tenant env policy` prints, made by the administrator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from demo.clients import Cloud

ROLE: Final = "tenant-deployer"


def make(cloud: Cloud, policies: Path) -> None:
    """Make the role and give it the policies in these files; what an earlier demo gave it goes."""
    iam = cloud.administrator("iam")
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account(cloud)}:root"}, "Action": "sts:AssumeRole"}
    if ROLE not in {role["RoleName"] for role in iam.list_roles()["Roles"]}:
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=document)
    for old in iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=ROLE, PolicyArn=old["PolicyArn"])
        iam.delete_policy(PolicyArn=old["PolicyArn"])
    for file in sorted(policies.glob("*.json")):
        text = file.read_text(encoding="utf-8")
        made = iam.create_policy(PolicyName=file.stem, PolicyDocument=text)["Policy"]
        iam.attach_role_policy(RoleName=ROLE, PolicyArn=made["Arn"])


def account(cloud: Cloud) -> str:
    """The local cloud's account."""
    return str(cloud.administrator("sts").get_caller_identity()["Account"])


def arn(cloud: Cloud) -> str:
    """The role's ARN."""
    return f"arn:aws:iam::{account(cloud)}:role/{ROLE}"


def variables(cloud: Cloud) -> dict[str, str]:
    """Credentials of the role, as variables of the environment: it administers the clusters that it made."""
    given: dict[str, Any] = cloud.administrator("sts").assume_role(RoleArn=arn(cloud), RoleSessionName="demo")
    keys = given["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }
