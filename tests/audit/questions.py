"""Requests of tenants' workloads and members, for their own things, their neighbours' and what all share.

They are what two evaluators are asked. A tenant's things are found among the resources of its stack, or, where it
shares, as its folder and its context in the cell's. Each question has an answer that must be given: own things and what
a profile names open, in the way that it may be used, and nothing else does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from stacks.resources.identity.spec import IdentitySpec
from stacks.resources.members.spec import MemberPlan, MembersSpec
from stacks.resources.object_store.spec import ObjectStoreSpec
from tests.audit import rendered
from tests.audit.rendered import Stack

Document = Mapping[str, Any]
Context = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Who:
    """A role of a stack, `workload` or `member`, with its own policies, its boundary, and the tags of its session.

    `name` is the tenant's, or the member's for whom the role is taken on: `acme` and `acme's ada`.
    """

    name: str
    stack: str
    role: str
    arn: str
    policies: tuple[Document, ...]
    boundary: Document
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Thing:
    """Something, what is asked of it, for whom that must open, by name, and the policy that it has itself."""

    owner: str
    kind: str
    arn: str
    actions: tuple[str, ...]
    users: frozenset[str]
    policy: Document | None
    context: Context = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Question:
    """One request, with everything that decides it."""

    who: Who
    thing: Thing
    action: str

    @property
    def opens(self) -> bool:
        """What must be answered."""
        return self.who.name in self.thing.users

    @property
    def context(self) -> Context:
        """Keys of the request, as AWS spells them."""
        return {
            "aws:PrincipalArn": self.who.arn,
            "aws:PrincipalAccount": rendered.account(),
            "aws:RequestedRegion": rendered.REGION,
            "aws:SecureTransport": "true",
            **{f"aws:PrincipalTag/{key}": value for key, value in self.who.tags.items()},
            **self.thing.context,
        }

    @property
    def told(self) -> str:
        """The request in words: `initech: s3:GetObject on acme's data`."""
        return f"{self.who.name}: {self.action} on {self.thing.owner}'s {self.thing.kind}"


@cache
def questions() -> tuple[Question, ...]:
    """Every tenant's roles, to everything of every tenant's and to all that they share."""
    cell, *tenants = rendered.stacks()
    things = [*_shared(cell), *(each for stack in tenants for each in _things(stack, cell))]
    roles = [each for stack in tenants for each in _who(stack, cell)]
    return tuple(Question(who, thing, action) for who in roles for thing in things for action in thing.actions)


def _who(stack: Stack, cell: Stack) -> Iterator[Who]:
    (boundary,) = cell.of("iam.Policy")
    rules = json.loads(boundary.inputs["policy"])
    members = {each.id: {"member": each.code} for each in _members(stack)}
    for name, session in {"": {}, **members}.items():
        kind = "member" if name else "workload"
        (role,) = (each for each in stack.of("iam.Role") if each.name == kind)
        assert role.inputs["permissionsBoundary"] == cell.arn(boundary)
        own = [each for each in stack.of("iam.RolePolicy") if each.inputs["role"] == role.inputs["name"]]
        documents = tuple(json.loads(each.inputs["policy"]) for each in own)
        called = _person(stack, name) if name else stack.name
        tags = {**role.inputs["tags"], **session}
        yield Who(called, stack.name, kind, stack.arn(role), documents, rules, tags)


def _members(stack: Stack) -> tuple[MemberPlan, ...]:
    return rendered.blueprint(stack.name).of(MembersSpec).active


def _person(stack: Stack, member: str) -> str:
    return f"{stack.name}'s {member}"


def _things(stack: Stack, cell: Stack) -> Iterator[Thing]:
    (role,) = (each for each in stack.of("iam.Role") if each.name == "workload")
    slug = role.inputs["tags"]["slug"]
    yield from _objects(stack, cell, slug)
    yield _key(stack, cell, slug)
    yield _acting(stack)
    holders = {each.code: _person(stack, each.id) for each in _members(stack)}
    policies = {
        each.inputs["secretArn"]: json.loads(each.inputs["policy"]) for each in stack.of("secretsmanager.SecretPolicy")
    }
    for each in stack.of("secretsmanager.Secret"):
        if not each.name.endswith("people"):
            arn, user = stack.arn(each), holders.get(each.name, stack.name)
            yield Thing(
                stack.name, each.name, arn, ("secretsmanager:GetSecretValue",), frozenset({user}), policies[arn]
            )


def _acting(stack: Stack) -> Thing:
    """The role of the tenant's members, taken on for one of them."""
    (role,) = (each for each in stack.of("iam.Role") if each.name == "member")
    said = {"aws:RequestTag/member": _members(stack)[0].code, "aws:TagKeys": ["member"]}
    trust = json.loads(role.inputs["assumeRolePolicy"])
    users = frozenset({stack.name})
    return Thing(stack.name, "member role", stack.arn(role), ("sts:AssumeRole", "sts:TagSession"), users, trust, said)


def _objects(stack: Stack, cell: Stack, slug: str) -> Iterator[Thing]:
    own = {each.name: each.inputs["bucket"] for each in stack.of("s3.Bucket")}
    shared = {each.name: each.inputs["bucket"] for each in cell.of("s3.Bucket")}
    folder, home = ("", stack) if own else (f"{slug}/", cell)
    buckets = own or {"data": shared["objects"], "backups": shared["backups"]}
    policies, users = _policies_of_buckets(home), frozenset({stack.name})
    for name, bucket in buckets.items():
        actions = ("s3:GetObject", "s3:PutObject", *(("s3:DeleteObject",) if name == "data" else ()))
        arn, rules = f"arn:aws:s3:::{bucket}", policies[bucket]
        yield Thing(stack.name, f"{name} object", f"{arn}/{folder}report", actions, users, rules)
        asked = {"s3:prefix": f"{folder}january" if folder else ""}
        yield Thing(stack.name, f"{name} list", arn, ("s3:ListBucket",), users, rules, asked)
        for each in _members(stack) if name == "data" else ():
            both = users | {_person(stack, each.id)}
            yield Thing(stack.name, f"{each.id}'s object", f"{arn}/{each.folder}/report", actions, both, rules)
            asked = {"s3:prefix": f"{each.folder}/"}
            yield Thing(stack.name, f"{each.id}'s list", arn, ("s3:ListBucket",), both, rules, asked)


def _policies_of_buckets(stack: Stack) -> Mapping[str, Document]:
    return {each.inputs["bucket"]: json.loads(each.inputs["policy"]) for each in stack.of("s3.BucketPolicy")}


def _key(stack: Stack, cell: Stack, slug: str) -> Thing:
    """The tenant's own, or the cell's in the context of the tenant."""
    own = next(stack.of("kms.Key"), None)
    home, key = (stack, own) if own else (cell, next(each for each in cell.of("kms.Key") if each.name == "data"))
    context = {} if own else {"kms:EncryptionContext:tenant": slug}
    rules, users = json.loads(key.inputs["policy"]), frozenset({stack.name})
    return Thing(stack.name, "key", home.arn(key), ("kms:Decrypt", "kms:GenerateDataKey"), users, rules, context)


def _shared(cell: Stack) -> Iterator[Thing]:
    """Models that are only read, queues that are only sent to: by those whose profiles name them."""
    yield from _models(cell)
    yield from _queues(cell)


def _models(cell: Stack) -> Iterator[Thing]:
    (bucket,) = (each.inputs["bucket"] for each in cell.of("s3.Bucket") if each.name == "models")
    arn, rules = f"arn:aws:s3:::{bucket}", _policies_of_buckets(cell)[bucket]
    named = {name: rendered.blueprint(name).of(ObjectStoreSpec).shared_models for name in rendered.TENANTS}
    for model in sorted({each for models in named.values() for each in models}):
        users = frozenset(name for name, models in named.items() if model in models)
        object, kind = f"{arn}/{model}/weights", f"model {model}"
        yield Thing(cell.name, kind, object, ("s3:GetObject",), users, rules)
        yield Thing(cell.name, kind, object, ("s3:PutObject", "s3:DeleteObject"), frozenset(), rules)
        asked = {"s3:prefix": f"{model}/"}
        yield Thing(cell.name, f"list of {kind}", arn, ("s3:ListBucket",), users, rules, asked)


def _queues(cell: Stack) -> Iterator[Thing]:
    rules = {each.name: json.loads(each.inputs["policy"]) for each in cell.of("sqs.QueuePolicy")}
    named = {
        name: [queue.arn for queue in rendered.blueprint(name).of(IdentitySpec).queues] for name in rendered.TENANTS
    }
    taking = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:PurgeQueue", "sqs:GetQueueAttributes")
    for each in cell.of("sqs.Queue"):
        arn = cell.arn(each)
        users = frozenset(name for name, arns in named.items() if arn in arns)
        yield Thing(cell.name, each.name, arn, ("sqs:SendMessage",), users, rules[each.name])
        yield Thing(cell.name, each.name, arn, taking, frozenset(), rules[each.name])
