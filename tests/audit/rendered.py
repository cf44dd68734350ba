"""What outside tools are shown: every resource that three tenants, one a tier, and their cell declare.

They are those of the templates, with members, with an API to call, and with more of what tenants share.

The programs run against Pulumi's mocks, so nothing needs a cloud; ARNs have the form that AWS gives them, for auditors
read them. Tenants get the outputs of the cell that is rendered beside them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, cast

from pulumi.runtime import mocks

from operations import deployer_policy
from stacks.blueprint import phase, placement, resolve, shared
from stacks.blueprint.model import Blueprint
from stacks.inputs import tier
from stacks.inputs.environment import ApiStage, Environment
from stacks.inputs.profile import Profile
from stacks.programs import shared_services, tenant
from tests.component.declared import Cloud, Declared, Secret, run
from tests.unit.stacks.given import KEY, TIERS, local, named

REGION: Final = "us-east-1"
TENANTS: Final = ("acme", "initech", "hooli")
"""One of each tier: enterprise, standard, starter."""
CELL: Final = "shared"
DEPLOYER: Final = "deployer"
_SHARE: Final = {"cpu": 1, "memory_gb": 4, "pods": 5}
_MORE: Final[Mapping[str, Mapping[str, Any]]] = {
    "acme": {"shared": {"models": ["whisper"], "queues": ["jobs"]}, "namespace": {"gpus": 1}},
    "initech": {},
    "hooli": {"shared": {"models": ["llama-3"], "reference": ["reference"]}},
}
"""What tenants name of what is shared; of each thing there is one who has it and one who does not."""
_HIDDEN: Final = "(secret)"

_NAMED: Final[Mapping[str, str]] = {
    "aws:cloudwatch/logGroup:LogGroup": "logs:{place}:log-group:{name}",
    "aws:iam/policy:Policy": "iam::{account}:policy/{name}",
    "aws:iam/role:Role": "iam::{account}:role/{name}",
    "aws:kms/key:Key": "kms:{place}:key/{uuid}",
    "aws:s3/bucket:Bucket": "s3:::{bucket}",
    "aws:secretsmanager/secret:Secret": "secretsmanager:{place}:secret:{name}-{end}",
    "aws:sns/topic:Topic": "sns:{place}:{name}",
    "aws:sqs/queue:Queue": "sqs:{place}:{name}",
}


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document, and whose: `subject` is how reports call it. `role` is for policies of identities."""

    subject: str
    document: Mapping[str, Any]
    role: str = ""


@dataclass(frozen=True, slots=True)
class Stack:
    """What one program declares, secrets hidden."""

    name: str
    resources: tuple[Declared, ...]

    def of(self, type: str) -> Iterator[Declared]:
        """Resources of a type, as programs write it: `iam.Role`."""
        return (each for each in self.resources if short(each.type) == type)

    def subject(self, resource: Declared) -> str:
        """How reports call a resource: `acme/iam.Role workload`."""
        return f"{self.name}/{short(resource.type)} {resource.name}"

    def arn(self, resource: Declared) -> str:
        """What policies call a resource."""
        return _arn(self.name, resource.type, resource.name, resource.inputs)

    def names(self, resource: Declared) -> tuple[str, ...]:
        """What other resources may refer to it by: its ARN, its id, and the name of a role."""
        id = _id(self.name, resource.type, resource.name, resource.inputs)
        named = (str(resource.inputs.get("name", resource.name)),) if short(resource.type) == "iam.Role" else ()
        return (self.arn(resource), id, *named)


class _Account(Cloud):
    """The mocks' cloud, in which things have ARNs as AWS makes them."""

    def __init__(self, stack: str, told: Mapping[str, Any]) -> None:
        super().__init__(told)
        self._stack = stack

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[Any, Any]]:
        _, made = super().new_resource(args)
        return _id(self._stack, str(args.typ), str(args.name), made), made

    def arn(self, type: str, name: str, inputs: Mapping[str, Any]) -> str:
        return _arn(self._stack, type, name, inputs)


@cache
def stacks() -> tuple[Stack, ...]:
    """The cell, then the tenants."""
    cell = run(
        shared_services.program(shared.resolve(environment(), REGION, 1), phase.LIVE),
        cloud=_Account(CELL, {}),
    )
    found = [Stack(CELL, _hidden(cell.resources))]
    for name in TENANTS:
        made = run(tenant.program(blueprint(name), phase.LIVE), cloud=_Account(name, cell.outputs))
        found.append(Stack(name, _hidden(made.resources)))
    return tuple(found)


@cache
def environment() -> Environment:
    """The local one, with an application's API in its regions."""
    known, api = local(), ApiStage(rest_api="a1b2c3d4e5", stage="live")
    return known.model_copy(update={"regions": [each.model_copy(update={"api": api}) for each in known.regions]})


@cache
def blueprint(name: str) -> Blueprint:
    """What the tenant of this name shall have."""
    profile = _profile(name)
    wanted = tier.load_version(TIERS, profile.tier, profile.tier_version)
    facts = placement.place(profile, wanted, environment(), placement.Claims(()), KEY, 1)
    return resolve.tenant(profile, wanted, environment(), facts)


def _profile(name: str) -> Profile:
    """The template, two members, the first with a namespace where the tier has one for it, and more that is shared."""
    template = named(name)
    offered = tier.load_version(TIERS, template.tier, template.tier_version).members.namespaces
    works = {"namespace": _SHARE, "role": f"arn:aws:iam::{account()}:role/{name}-ada"} if offered else {}
    members = [{"id": "ada", **works}, {"id": "bob"}]
    given = template.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return Profile.model_validate({**given, "members": members, **_MORE[name]})


@cache
def account() -> str:
    """The account that everything is in."""
    return environment().account


def policies() -> tuple[Policy, ...]:
    """Every policy document that stands in a property of a resource, and the deployer's own."""
    return (*_declared(), *(Policy(f"{DEPLOYER}/{name}", each) for name, each in _deployer().items()))


def identities() -> tuple[Policy, ...]:
    """Those that say what a role may do; boundaries are among them, for they are managed policies."""
    return tuple(
        each for each in policies() if "Principal" not in json.dumps(each.document).replace("aws:Principal", "")
    )


def manifests() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Objects of Kubernetes, and what reports call them."""
    for stack in stacks():
        for each in stack.resources:
            if each.type.startswith("kubernetes:") and "kind" in each.inputs:
                yield stack.subject(each), each.inputs


def subjects() -> frozenset[str]:
    """Everything that a finding may be about."""
    declared = {stack.subject(each) for stack in stacks() for each in stack.resources}
    return frozenset({*declared, *(each.subject for each in policies())})


def _declared() -> Iterator[Policy]:
    for stack in stacks():
        for each in stack.resources:
            for value in each.inputs.values():
                document = _document(value)
                if document is not None:
                    yield Policy(stack.subject(each), document, str(each.inputs.get("role", "")))


def _document(value: object) -> Mapping[str, Any] | None:
    """The policy that a property holds as text; None where it holds none."""
    if not isinstance(value, str) or '"Statement"' not in value:
        return None
    return cast("Mapping[str, Any]", json.loads(value))


def _deployer() -> Mapping[str, Mapping[str, Any]]:
    return deployer_policy.of(environment()).parts


def _id(stack: str, type: str, name: str, inputs: Mapping[str, Any]) -> str:
    """Of its own, where mocks give a subnet and a route table of one name the same; a bucket's is what it is called."""
    kind = type.rpartition(":")[2]
    return str(inputs["bucket"]) if type == "aws:s3/bucket:Bucket" else f"{kind.lower()}-{stack}-{name}"


def _arn(stack: str, type: str, name: str, inputs: Mapping[str, Any]) -> str:
    made = hashlib.sha256(f"{stack} {type} {name}".encode()).hexdigest()
    service, _, kind = type.split(":")[1].partition("/")
    template = _NAMED.get(type, f"{service}:{{place}}:{kind}/{{name}}")
    return "arn:aws:" + template.format(
        place=f"{REGION}:{account()}",
        account=account(),
        name=inputs.get("name", name),
        bucket=inputs.get("bucket", name),
        uuid=f"{made[:8]}-{made[8:12]}-4{made[13:16]}-8{made[17:20]}-{made[20:32]}",
        end=made[:6],
    )


def short(type: str) -> str:
    """`aws:iam/role:Role` as programs write it, other packages' with theirs in front."""
    package, module, name = type.split(":", 2) if type.count(":") > 1 else ("", "", type)
    if package == "aws":
        return f"{module.partition('/')[0]}.{name}"
    return name if package == "kubernetes" else type


def _hidden(resources: list[Declared]) -> tuple[Declared, ...]:
    return tuple(replace(each, inputs=_hide(each.inputs)) for each in resources)


def _hide(value: Any) -> Any:
    if isinstance(value, Secret):
        return _HIDDEN
    if isinstance(value, list):
        return [_hide(each) for each in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: _hide(each) for key, each in cast("dict[str, Any]", value).items()}
    return value
