"""A tenant's members: users inside it, each with an own slice of what the tenant has, by the parts that tenants share.

bridge  a role and a schema of its own in the tenant's database, or in the one that its cell's tenants share
pool    a role of its own: policies let it see those of the tenant's rows that carry its name in `member_id`

Of the tenant's bucket each has a folder, of its cache a user where the tier has one for it, of its namespace's quota a
share where the profile says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from stacks.blueprint import data
from stacks.conventions import naming
from stacks.errors import Fault
from stacks.inputs.fields import Isolation
from stacks.inputs.profile import Member, Quotas
from stacks.inputs.tier import OwnSlice
from stacks.policies import cache
from stacks.resources.kind import Ask, Claim, Kind, PriceDimension
from stacks.resources.quotas import ROLES, Demand

FOLDER = "members"
"""Below it in the tenant's part of a bucket each member has its folder."""


@dataclass(frozen=True, slots=True)
class MemberPlan:
    """One member; `code` is its name in the cloud.

    `signs_in_as` and `role` are who it is to the tenant's sign-in and to IAM, nothing where not said.

    `login` is its database role; `schema` its own, nothing where it has rows. `user` is the id of its cache user, which
    works on keys that begin with `prefix`; nothing where it has none. `folder` is the first part of all keys of its
    objects. `namespace` is its own, nothing where it has none. One that is not `active` gets in nowhere, and keeps its
    schema. Quotas are None where it may use all that the tenant may.
    """

    id: str
    code: str
    name: str
    signs_in_as: str
    role: str
    active: bool
    login: str
    schema: str
    user: str
    prefix: str
    access: str
    folder: str
    secret: str
    namespace: str
    gpu_hours_monthly: int | None
    storage_gb: int | None
    api_calls_daily: int | None
    concurrent_research: int | None
    tools: tuple[str, ...]

    @property
    def quotas(self) -> Mapping[str, int]:
        """Those that the profile says, by the key that it calls them."""
        asked = {name: getattr(self, name) for name in Quotas.model_fields}
        return {name: value for name, value in asked.items() if value is not None}


@dataclass(frozen=True, slots=True)
class MembersSpec:
    """Members in the order of their ids. Their roles in `database` are in `group`, the tenant's own where `own_group`.

    `reads` are groups beside it, by which they read reference tables as their tenant does. `role` is the IAM role that
    the tenant's services take on for a member, with the tag `member`.
    """

    isolation: Isolation
    database: str
    group: str
    own_group: bool
    connection_limit: int
    statement_seconds: int
    role: str
    account: str
    members: tuple[MemberPlan, ...]
    reads: tuple[str, ...] = ()

    @property
    def active(self) -> tuple[MemberPlan, ...]:
        """Those that get in."""
        return tuple(member for member in self.members if member.active)

    @property
    def left(self) -> tuple[MemberPlan, ...]:
        """Those that get in no more."""
        return tuple(member for member in self.members if not member.active)


def resolve(ask: Ask) -> MembersSpec:
    """The first of the active ones have cache users, as far as the tier goes."""
    isolation, slug = ask.tier.of("members"), ask.facts.slug
    database = ask.tier.of("database")
    own = isolation is Isolation.BRIDGE and (
        database is Isolation.SILO or ask.tier.bridge_database is OwnSlice.DATABASE
    )
    shared = data.BRIDGE_DATABASE if isolation is Isolation.BRIDGE else data.POOL_DATABASE
    group = data.CONNECTING_GROUP if isolation is Isolation.BRIDGE else data.ROWS_GROUP
    asked = ask.profile.members
    cached = {each.id for each in islice((each for each in asked if each.active), ask.tier.members.cache_users)}
    return MembersSpec(
        isolation=isolation,
        database=slug if own else shared,
        group=f"{slug}_members" if own else group,
        own_group=own,
        connection_limit=ask.tier.members.connections,
        statement_seconds=0 if database is Isolation.SILO else ask.row.database_slice.statement_seconds,
        role=ask.names.of("member-workload"),
        account=ask.environment.account,
        members=tuple(_member(ask, each, cached=each.id in cached) for each in sorted(asked, key=lambda each: each.id)),
        reads=tuple(data.readers(schema) for schema in sorted(ask.profile.shared.reference)),
    )


def _member(ask: Ask, asked: Member, *, cached: bool) -> MemberPlan:
    slug, quotas = ask.facts.slug, asked.quotas
    own_cache, own_objects = (ask.tier.of(kind) is Isolation.SILO for kind in ("cache", "object_store"))
    code = naming.member(slug, asked.id)
    login = f"{slug}_{code}"
    prefix = f"{code}:" if own_cache else f"{slug}:{code}:"
    container = ask.profile.data_locations.blob_container
    return MemberPlan(
        id=asked.id,
        code=code,
        name=asked.name or "",
        signs_in_as=asked.login or "",
        role=asked.role or "",
        active=asked.active,
        login=login,
        schema="" if ask.tier.of("members") is Isolation.POOL else login,
        user=ask.names.of(code) if cached else "",
        prefix=prefix if cached else "",
        access=cache.within(prefix, ask.cache_database) if cached else "",
        folder="/".join(filter(None, ("" if own_objects else slug, container, FOLDER, code))),
        secret=ask.names.of(f"{code}-login"),
        namespace=naming.member_namespace(slug, asked.id) if asked.namespace and asked.active else "",
        gpu_hours_monthly=quotas.gpu_hours_monthly,
        storage_gb=quotas.storage_gb,
        api_calls_daily=quotas.api_calls_daily,
        concurrent_research=quotas.concurrent_research,
        tools=tuple(sorted(asked.enabled_tools)),
    )


def prices(spec: MembersSpec) -> Iterator[PriceDimension]:
    """A secret for each; what else they use is the tenant's."""
    if spec.active:
        yield PriceDimension("secretsmanager.secret", "secret-month", len(spec.active))


def demands(spec: MembersSpec) -> Iterator[Demand]:
    """One role for all of them."""
    if spec.active:
        yield Demand(ROLES, 1)


def claims(spec: MembersSpec) -> Iterator[Claim]:
    """None sees another's; nobody but the tenant's services acts for one."""
    if not spec.active:
        return
    yield Claim("MEMBERS_DATA_APART", "MEMBER_READS_OWN_DATA")
    yield Claim("MEMBERS_OBJECTS_APART", "MEMBER_READS_OWN_OBJECTS")
    yield Claim("MEMBERS_SECRETS_APART", "MEMBER_READS_OWN_SECRET")
    yield Claim("MEMBER_ROLE_TAKEN_BY_OWN_SERVICES_ONLY", "OWN_ROLE_ACTS_FOR_MEMBER")
    if any(member.user for member in spec.active):
        yield Claim("MEMBERS_KEYS_APART", "MEMBER_WRITES_OWN_KEYS")


def refusals(old: MembersSpec, new: MembersSpec) -> Iterator[Fault]:
    """Who has something is taken out in two steps: first it gets in no more, then what it has goes.

    Nor does one who comes take another's cache user away by standing before it in the profile.
    """
    staying = {member.id for member in new.members}
    uncached = {member.id for member in new.active if not member.user}
    for member in old.members:
        if member.active and member.id not in staying:
            kept = "a schema, which would go with all that is in it" if member.schema else "rows that would be nobody's"
            why = f"member `{member.id}` has {kept}"
            yield Fault(None, "members", why, f"first `active: false` for {member.id}, applied")
        if member.user and member.id in uncached:
            most = len([each for each in new.active if each.user])
            why = f"member `{member.id}` would lose its cache user: the first {most} active of the list have one"
            yield Fault(None, "members", why, f"`{member.id}` among them: who is new goes to the end of the list")


KIND = Kind(
    "members",
    "Members",
    MembersSpec,
    frozenset({Isolation.BRIDGE, Isolation.POOL}),
    resolve,
    prices,
    claims,
    refusals,
    demands,
)
