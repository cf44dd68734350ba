"""The policy of whoever deploys: actions go in, statements come out, each on as little as its service lets one name.

What the tool names begins with `<org>-<env>-`, log groups with `/<org>/<env>/`; what takes Pulumi's auto-names begins
with what it is called in the program. Ids of EC2, keys and backup plans can't be foreseen: there the account and the
regions are the limit. Listings are asked of everything.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from stacks.policies.deployer_rules import RULES, Bound, Rule
from stacks.policies.document import Document, Statement, allow, document, text

AUTO_NAMES: Final = {"cache": "cache-", "database": "database-", "flow": "flow-logs-"}
"""What the auto-names of groups and of the flow logs' role begin with: what they are called in the program."""


@dataclass(frozen=True, slots=True)
class Scope:
    """An environment as the policy knows it.

    `prefix` begins fixed names and `path` those of log groups; both end in their separator. `clusters` are names and
    `roles` ARNs of what is adopted and not named by us, `zone` is the id of the domain's hosted zone, empty where it is
    made. `auto` is what auto-names begin with.
    """

    account: str
    regions: tuple[str, ...]
    prefix: str
    path: str
    partition: str = "aws"
    clusters: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    zone: str = ""
    auto: Mapping[str, str] = field(default_factory=lambda: dict(AUTO_NAMES))

    def fill(self, template: str) -> tuple[str, ...]:
        """A template of an ARN as it is here: one for each cluster where it speaks of `{cluster}`."""
        if template == "{roles}":
            return self.roles
        if template == "{zones}":
            return (f"arn:{self.partition}:route53:::hostedzone/{self.zone or '*'}",)
        given = {"p": self.partition, "account": self.account, "name": self.prefix, "path": self.path, **self.auto}
        if "{cluster}" not in template:
            return (template.format(**given),)
        return tuple(template.format(**given, cluster=name) for name in (f"{self.prefix}*", *self.clusters))


def statements(actions: Iterable[str], scope: Scope) -> tuple[Statement, ...]:
    """Statements that allow these actions, the ones on the same things together. Pure.

    Raises KeyError for an action that no rule knows: what it may be done to has to be said first.
    """
    by_rule: dict[Rule, list[str]] = defaultdict(list)
    for action in sorted(set(actions)):
        by_rule[rule(action)].append(action)
    return tuple(_statement(rule, by_rule[rule], scope) for rule in RULES if rule in by_rule)


def rule(action: str) -> Rule:
    """The first rule that an action falls under. Raises KeyError where there is none."""
    found = next((each for each in RULES if re.fullmatch(each.actions, action)), None)
    if found is None:
        raise KeyError(action)
    return found


def parts(statements: Sequence[Statement], limit: int) -> tuple[Document, ...]:
    """Documents of at most `limit` characters without white space, as IAM counts them, that allow the same together.

    A statement that is too long is taken apart by its actions.
    """
    found: list[list[Statement]] = [[]]
    for piece in (piece for statement in statements for piece in _pieces(statement, limit)):
        if found[-1] and size(document(*found[-1], piece)) > limit:
            found.append([])
        found[-1].append(piece)
    return tuple(document(*each) for each in found if each)


def size(policy: Document) -> int:
    """Characters of a policy, as IAM counts them against its limit: without white space."""
    return len(re.sub(r"\s", "", text(policy)))


def without(policy: Document, action: str) -> Document:
    """The same policy with one action taken away. Statements of nothing else go with it."""
    kept = [{**each, "Action": [one for one in each["Action"] if one != action]} for each in policy["Statement"]]
    return {**policy, "Statement": [each for each in kept if each["Action"]]}


_PASSED: Final = ("backup", "ec2", "eks", "pods.eks", "vpc-flow-logs")
"""Services that roles are handed to."""
_LINKED: Final = ("autoscaling", "eks", "eks-nodegroup", "elasticache", "elasticloadbalancing", "rds")
"""Services that make a role of their own when an account first uses them."""
_UNDER_KEYS: Final = ("backup", "eks", "elasticache", "rds", "secretsmanager")
"""Services that keep tenants' data under their keys."""


def _statement(rule: Rule, actions: Sequence[str], scope: Scope) -> Statement:
    resources = [arn for template in rule.resources for arn in scope.fill(template)]
    condition = _condition(rule.bound, scope)
    return allow(rule.sid, actions, resources or "*", **({"Condition": condition} if condition else {}))


def _condition(bound: Bound, scope: Scope) -> dict[str, Any]:
    regions = {"aws:RequestedRegion": list(scope.regions)}
    through = {"kms:ViaService": [f"{name}.{region}.amazonaws.com" for region in scope.regions for name in _UNDER_KEYS]}
    match bound:
        case Bound.NONE:
            return {}
        case Bound.REGION:
            return {"StringEquals": regions}
        case Bound.PASSED:
            return {"StringEquals": {"iam:PassedToService": [f"{name}.amazonaws.com" for name in _PASSED]}}
        case Bound.LINKED:
            return {"StringEquals": {"iam:AWSServiceName": [f"{name}.amazonaws.com" for name in _LINKED]}}
        case Bound.THROUGH_SERVICE:
            return {"StringEquals": through}
        case Bound.GRANT:
            return {"StringEquals": through, "Bool": {"kms:GrantIsForAWSResource": "true"}}
        case Bound.METRICS:
            return {"StringEquals": {**regions, "cloudwatch:namespace": f"{scope.path.strip('/')}/tenants"}}
        case Bound.LAUNCH:
            templates = f"arn:{scope.partition}:ec2:*:{scope.account}:launch-template/*"
            return {"StringEquals": regions, "ArnLike": {"ec2:LaunchTemplate": templates}}


def _pieces(statement: Statement, limit: int) -> Iterator[Statement]:
    """The statement, halved by its actions until each piece fits."""
    actions: list[str] = statement["Action"]
    if size(document(statement)) <= limit or len(actions) == 1:
        yield statement
        return
    middle = len(actions) // 2
    for number, part in enumerate((actions[:middle], actions[middle:]), 1):
        yield from _pieces({**statement, "Sid": f"{statement['Sid']}{number}", "Action": part}, limit)
