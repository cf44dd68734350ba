"""Holes between members of one tenant."""

from __future__ import annotations

import json
from collections.abc import Generator
from functools import partial
from typing import Any

from operations.isolation.model import Level
from tests.local.holes import Among, hole
from tests.local.holes.cluster import RBAC
from tests.local.holes.site import Site

standard = partial(hole, among=Among.STANDARD, levels=(Level.CONFIG, Level.LIVE))
starter = partial(hole, among=Among.STARTER, levels=(Level.CONFIG, Level.LIVE))
policies = partial(hole, among=Among.STANDARD, levels=(Level.PROOF, Level.LIVE))


def _of(site: Site, member: str) -> dict[str, str]:
    return site.a.outputs["members"][member]


def _login(site: Site, member: str) -> str:
    return f"{site.a.slug}_{_of(site, member)['name']}"


def _server(site: Site, statement: str) -> None:
    site.past_all_rules(site.a, statement, database="postgres")


def _inside(site: Site, statement: str) -> None:
    site.past_all_rules(site.a, statement, database=site.a.slug)


def _again(site: Site, old: str, new: str) -> Generator[None]:
    """The members' own policy, changed for a while."""
    iam, role = site.aws("iam"), site.a.named("member-workload")
    name = iam.list_role_policies(RoleName=role)["PolicyNames"][0]
    before = json.dumps(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=before.replace(old, new))
    yield
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=before)


@standard("members-logins A", "members-roles A", "members-schemas A")
def member_is_granted_to_another(site: Site) -> Generator[None]:
    """A member's login becomes a member of another's, and has its rights."""
    one, other = _login(site, "ada"), _login(site, "bob")
    _server(site, f'GRANT "{one}" TO "{other}"')
    yield
    _server(site, f'REVOKE "{one}" FROM "{other}"')


@standard("members-logins A", "members-roles A", "members-schemas A")
def member_is_in_its_tenant_s_login(site: Site) -> Generator[None]:
    """A member's login becomes a member of its tenant's."""
    _server(site, f'GRANT "{site.a.slug}" TO "{_login(site, "ada")}"')
    yield
    _server(site, f'REVOKE "{site.a.slug}" FROM "{_login(site, "ada")}"')


@standard("members-roles A", levels=(Level.CONFIG,))
def member_who_left_logs_in(site: Site) -> Generator[None]:
    """A member that is not active any more may log in again."""
    login = _left(site)
    _server(site, f'ALTER ROLE "{login}" LOGIN')
    yield
    _server(site, f'ALTER ROLE "{login}" NOLOGIN')


@standard("members-left A", levels=(Level.LIVE,))
def members_who_left_are_not_refused(site: Site) -> Generator[None]:
    """The members' role refuses those no more that are not active: whoever names one acts for it."""
    yield from _again(site, '"Effect": "Deny"', '"Effect": "Allow"')


@standard("members-left A", levels=(Level.LIVE,))
def another_one_than_who_left_is_refused(site: Site) -> Generator[None]:
    """The members' role refuses by a name that is not that of the member who left."""
    yield from _again(site, _left(site).rpartition("_")[2], "mzzzzzzzz")


@standard("members-left A", levels=(Level.LIVE,))
def who_left_is_refused_objects_only(site: Site) -> Generator[None]:
    """The members' role refuses who is not active the objects, and not everything."""
    yield from _again(site, '"Action": ["*"]', '"Action": ["s3:*"]')


def _left(site: Site) -> str:
    spec = json.loads(site.a.outputs["blueprint"])["resources"]["members"]
    return next(each["login"] for each in spec["members"] if not each["active"])


@standard("members-schemas A", levels=(Level.LIVE,))
def member_s_schema_is_used_by_another(site: Site) -> Generator[None]:
    """USAGE of a member's schema is granted to another member."""
    one, other = _login(site, "ada"), _login(site, "bob")
    _inside(site, f'GRANT USAGE ON SCHEMA "{one}" TO "{other}"')
    yield
    _inside(site, f'REVOKE USAGE ON SCHEMA "{one}" FROM "{other}"')


@standard("members-schemas A", levels=(Level.LIVE,))
def schema_is_lent_to_one_who_is_not_tried(site: Site) -> Generator[None]:
    """USAGE of a member's schema is granted to one of many, with whose login nothing is tried."""
    one, other = _login(site, "bob"), _login(site, "cyd")
    _inside(site, f'GRANT USAGE ON SCHEMA "{one}" TO "{other}"')
    yield
    _inside(site, f'REVOKE USAGE ON SCHEMA "{one}" FROM "{other}"')


@standard("members-schemas A", "pg-slice-grants A")
def members_use_their_tenant_s_schema(site: Site) -> Generator[None]:
    """USAGE of the tenant's schema is granted to the group of its members."""
    _inside(site, f'GRANT USAGE ON SCHEMA "{site.a.slug}" TO "{site.a.slug}_members"')
    yield
    _inside(site, f'REVOKE USAGE ON SCHEMA "{site.a.slug}" FROM "{site.a.slug}_members"')


@policies("members-objects A", "proof-members-read A")
def members_folders_by_a_wildcard(site: Site) -> Generator[None]:
    """The members' role is let into all members' folders."""
    tag = "members/${aws:PrincipalTag/member}"
    yield from _again(site, f"{tag}/*", "members/*")


@policies("members-secrets A", "proof-members-read A")
def members_secrets_by_a_wildcard(site: Site) -> Generator[None]:
    """The members' role reads all members' secrets."""
    yield from _again(site, "${aws:PrincipalTag/member}-login-??????", "m*")


@standard("members-trust A", levels=(Level.LIVE,))
def members_bring_any_tag(site: Site) -> Generator[None]:
    """The trust of the members' role takes other tags: one called `slug` stands before the role's own."""
    held = {"StringLike": {"aws:RequestTag/member": "m????????"}}
    yield from _trusting(site, {"Condition": held})


@standard("members-trust A", levels=(Level.LIVE,))
def members_become_each_other(site: Site) -> Generator[None]:
    """The members' role is trusted to itself, and may take itself on."""
    iam, role = site.aws("iam"), site.a.named("member-workload")
    arn = site.a.outputs["memberRoleArn"]
    allowed = {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": arn}
    held = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName=role, PolicyName="hole", PolicyDocument=held)
    yield from _trusting(site, {"Principal": {"AWS": [site.a.role, arn]}})
    iam.delete_role_policy(RoleName=role, PolicyName="hole")


def _trusting(site: Site, change: dict[str, Any]) -> Generator[None]:
    iam, role = site.aws("iam"), site.a.named("member-workload")
    before = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    changed = json.loads(json.dumps(before))
    changed["Statement"][0] |= change
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(changed))
    yield
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(before))


@standard("members-keys A", "cache-user-access A")
def member_s_keys_by_a_wildcard(site: Site) -> Generator[None]:
    """A member's cache user works on all of its tenant's keys."""
    return _user_with(site, _of(site, "ada")["cachePrefix"], f"{site.a.slug}:")


@standard("members-keys A", "cache-user-access A")
def member_in_all_databases(site: Site) -> Generator[None]:
    """A member's cache user may select any numbered database, which other tenants have theirs among."""
    return _user_with(site, f"db={site.a.outputs['cacheDatabase']}", "alldbs")


def _user_with(site: Site, old: str, new: str) -> Generator[None]:
    return site.cache_access(site.a.named(_of(site, "ada")["name"]), lambda said: said.replace(old, new))


@standard("members-namespaces A", levels=(Level.LIVE,))
def people_of_a_member_are_bound_elsewhere(site: Site) -> Generator[None]:
    """A role binding lets a member's people look into another member's namespace."""
    namespace = _of(site, "bob")["namespace"]
    path = f"/apis/{RBAC}/v1/namespaces/{namespace}/rolebindings"
    subject = {"kind": "Group", "name": _of(site, "ada")["namespace"], "apiGroup": RBAC}
    role = {"apiGroup": RBAC, "kind": "ClusterRole", "name": "view"}
    binding = {"apiVersion": f"{RBAC}/v1", "kind": "RoleBinding", "metadata": {"name": "hole"}}
    site.ask(path, "POST", binding | {"roleRef": role, "subjects": [subject]})
    yield
    site.ask(f"{path}/hole", "DELETE")


@starter("members-rows A", "pg-rows-policies A", "pg-rows-policies B")
def policy_without_members(site: Site) -> Generator[None]:
    """A table's policy goes by the tenant alone: its members see each other's rows."""
    tenant, member = "tenant_id = split_part((CURRENT_USER)::text, '_', 1)", "(strpos((CURRENT_USER)::text, '_') = 0"
    ours = (
        f"{tenant} AND ({member} OR member_id = substr((CURRENT_USER)::text, strpos((CURRENT_USER)::text, '_') + 1)))"
    )
    site.past_all_rules(site.a, _policy(tenant), database="pool")
    yield
    site.past_all_rules(site.a, _policy(ours), database="pool")


def _policy(rows: str) -> str:
    return f"ALTER POLICY tenant_rows ON app.notes USING ({rows}) WITH CHECK ({rows})"


@starter("members-rows A", "members-roles A", "pg-logins-plain A", "pg-logins-plain B")
def member_goes_round_policies(site: Site) -> Generator[None]:
    """A member's login goes round row security."""
    site.past_all_rules(site.a, f'ALTER ROLE "{_login(site, "ada")}" BYPASSRLS', database="pool")
    yield
    site.past_all_rules(site.a, f'ALTER ROLE "{_login(site, "ada")}" NOBYPASSRLS', database="pool")
