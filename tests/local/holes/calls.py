"""Holes in usage plans: whose key is in which, what a plan lets through, and who knows of keys."""

from __future__ import annotations

import json
from collections.abc import Generator
from functools import partial
from typing import Any

from operations.isolation.model import Level
from tests.local import rest_api
from tests.local.holes import Among, hole
from tests.local.holes.site import Place, Site

config = partial(hole, levels=(Level.CONFIG,))


def _document(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _put(site: Site, key: Place, plan: str) -> None:
    site.aws("apigateway").create_usage_plan_key(usagePlanId=plan, keyId=key.outputs["apiKeyId"], keyType="API_KEY")


def _take(site: Site, key: Place, plan: str) -> None:
    site.aws("apigateway").delete_usage_plan_key(usagePlanId=plan, keyId=key.outputs["apiKeyId"])


def _patch(site: Site, of: Place, *steps: tuple[str, str, str]) -> None:
    told: list[Any] = [{"op": op, "path": path, "value": value} for op, path, value in steps]
    site.aws("apigateway").update_usage_plan(usagePlanId=of.outputs["usagePlanId"], patchOperations=told)


def _let(site: Site, role: str, action: str) -> Generator[None]:
    """A role may do it, in spite of its boundary, which it has no more."""
    iam = site.aws("iam")
    before = iam.get_role(RoleName=role)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"]
    iam.delete_role_permissions_boundary(RoleName=role)
    opened = {"Effect": "Allow", "Action": action, "Resource": "*"}
    iam.put_role_policy(RoleName=role, PolicyName="hole", PolicyDocument=_document(opened))
    yield
    iam.delete_role_policy(RoleName=role, PolicyName="hole")
    iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=before)


@config("api-key-own-plan A", "api-key-own-plan B", unproven=("api-calls-held B",))
def key_moved_to_another_tenants_plan(site: Site) -> Generator[None]:
    """B's API key is taken out of B's usage plan and put into A's, which counts its calls from then on."""
    here, there = site.b.outputs["usagePlanId"], site.a.outputs["usagePlanId"]
    _take(site, site.b, here)
    _put(site, site.b, there)
    yield
    _take(site, site.b, there)
    _put(site, site.b, here)


@config("api-key-own-plan B")
def key_in_a_plan_of_another_api(site: Site) -> Generator[None]:
    """B's API key is in one more plan, whose stage is another API's and which has no quota."""
    gateway: Any = site.aws("apigateway")
    stage = {"apiId": rest_api.create(site.desk), "stage": "live"}
    plan = gateway.create_usage_plan(name="hole", apiStages=[stage])["id"]
    _put(site, site.b, plan)
    yield
    step = {"op": "remove", "path": "/apiStages", "value": f"{stage['apiId']}:{stage['stage']}"}
    gateway.update_usage_plan(usagePlanId=plan, patchOperations=[step])
    gateway.delete_usage_plan(usagePlanId=plan)
    gateway.delete_rest_api(restApiId=stage["apiId"])


@config("api-key-own-plan A")
def key_of_nobody_in_a_plan(site: Site) -> Generator[None]:
    """A key that no stack has made is in A's usage plan."""
    gateway: Any = site.aws("apigateway")
    key = gateway.create_api_key(name="hole", enabled=True)["id"]
    gateway.create_usage_plan_key(usagePlanId=site.a.outputs["usagePlanId"], keyId=key, keyType="API_KEY")
    yield
    gateway.delete_api_key(apiKey=key)


@config("api-calls-held A")
def plan_without_quota(site: Site) -> Generator[None]:
    """A's usage plan has no quota any more: it calls as often as it likes."""
    quota = site.aws("apigateway").get_usage_plan(usagePlanId=site.a.outputs["usagePlanId"])["quota"]
    _patch(site, site.a, ("remove", "/quota", ""))
    yield
    _patch(site, site.a, *(("replace", f"/quota/{name}", str(value)) for name, value in quota.items()))


@config("api-calls-held A")
def plan_opens_another_stage(site: Site) -> Generator[None]:
    """A's usage plan opens a stage that the environment does not name."""
    api = rest_api.create(site.desk)
    _patch(site, site.a, ("add", "/apiStages", f"{api}:live"))
    yield
    _patch(site, site.a, ("remove", "/apiStages", f"{api}:live"))
    site.aws("apigateway").delete_rest_api(restApiId=api)


@hole("api-keys-others A>B", "iam-boundary A", "proof-api-keys A")
def role_reads_every_key(site: Site) -> Generator[None]:
    """A's role has no boundary and administers API Gateway: it reads every tenant's key, and lifts quotas."""
    yield from _let(site, site.a.role_name, "apigateway:*")


@hole("proof-api-keys A", among=Among.STANDARD, levels=(Level.CONFIG, Level.PROOF))
def members_read_every_key(site: Site) -> Generator[None]:
    """The role of A's members has no boundary, and reads in API Gateway: every key, whosever it is."""
    yield from _let(site, site.a.outputs["memberRoleArn"].rpartition("/")[2], "apigateway:GET")


@hole("kms-policy-own B", "proof-kms-use A>B", "proof-secrets-read A>B", "secret-read-others A>B")
def secret_of_a_key_opened(site: Site) -> Generator[None]:
    """The secret with B's API key lets A's role in, and B's key of KMS opens that secret to it."""
    secrets, arn = site.aws("secretsmanager"), site.b.outputs["apiKeySecretArn"]
    kms, key = site.aws("kms"), site.b.outputs["keyArn"]
    of_secret = secrets.get_resource_policy(SecretId=arn)["ResourcePolicy"]
    of_key = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    opened = {"Effect": "Allow", "Principal": {"AWS": site.a.role}, "Resource": "*"}
    reading = {**opened, "Action": "secretsmanager:GetSecretValue"}
    context = {"StringEquals": {"kms:EncryptionContext:SecretARN": arn}}
    opening = {**opened, "Action": "kms:Decrypt", "Condition": context}
    secrets.put_resource_policy(SecretId=arn, ResourcePolicy=_document(reading))
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=_document(*json.loads(of_key)["Statement"], opening))
    yield
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=of_key)
    secrets.put_resource_policy(SecretId=arn, ResourcePolicy=of_secret)
