"""Who asks, what is asked for, and whose policies speak: the parts of a world that proofs are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from operations.isolation.proof.policy import Document, Who


class Kind(Enum):
    """What a principal is, and what a Principal element calls its kind where that names nothing else."""

    ROLE = auto()
    USER = auto()
    SERVICE = "Service"
    FEDERATED = "Federated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks. `name` is a role's, user's or identity provider's ARN, or a service such as `pods.eks.amazonaws.com`.

    `session` policies are those that a session is cut down to; of `guardrails`, which are service control policies,
    each must allow. `tags` are all there are, unless `open_tags` says that whoever takes the role on may bring others,
    which then may also replace these. `via` are services that can ask in its name, None for any. `context` are keys
    that are known of each of its requests, such as the session tags that EKS sends.
    """

    name: str
    account: str
    kind: Kind = Kind.ROLE
    identity: tuple[Document, ...] = ()
    boundary: Document | None = None
    session: tuple[Document, ...] = ()
    guardrails: tuple[Document, ...] = ()
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    open_tags: bool = False
    via: tuple[str, ...] | None = None
    context: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def has_identity_policies(self) -> bool:
        """Whether IAM policies of its own can let it do anything: not so for services and identity providers."""
        return self.kind in (Kind.ROLE, Kind.USER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What is asked for. `arns` may have wildcards. `policy` is its own: bucket, key, secret or trust policy.

    None where it has none; keys and roles always have one, so that there it means that it was not read.
    `tags` of None are not known: each may have any value.
    """

    arns: tuple[str, ...]
    account: str
    policy: Document | None = None
    tags: Mapping[str, str] | None = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A VPC endpoint that the request goes through."""

    id: str
    policy: Document


class Voice(Enum):
    """What the thing's own policy says in a decision.

    REQUIRED: nothing goes without it (KMS DeveloperGuide, key-policies; for a role's trust policy IAM UserGuide,
    id_roles_terms-and-concepts). SUFFICIENT: it, or the identity's policies (IAM UserGuide,
    reference_policies_evaluation-logic). NONE: the action is not decided there; IAM's own actions on a role do not ask
    its trust policy.
    """

    REQUIRED = auto()
    SUFFICIENT = auto()
    NONE = auto()


_VOICES: Final = MappingProxyType({"kms": Voice.REQUIRED, "sts": Voice.REQUIRED, "iam": Voice.NONE})


def voice(action: str) -> Voice:
    """What the policy of the thing says for an action of this service. Other services are taken to be SUFFICIENT."""
    return _VOICES.get(service(action), Voice.SUFFICIENT)


def service(action: str) -> str:
    """The service of an action, as its name begins. Raises ValueError where that has a wildcard, or is missing."""
    found, colon, _ = action.lower().partition(":")
    if not colon or "*" in found or "?" in found:
        raise ValueError(f"{action} does not say its service")
    return found


class Standing(Enum):
    """How a policy of a thing names a principal, which decides what else must agree.

    Source: IAM UserGuide, reference_policies_evaluation-logic and reference_policies_elements_principal. A grant to a
    user or to a role's session needs nothing else; one to a role's ARN is cut down by its boundary and its session's
    policies; one to everyone is not, for it names the session too; one to the account leaves it to IAM policies.
    UNSURE: a name that can't be read, such as a canonical user or a unique id.
    """

    DIRECT = auto()
    ROLE = auto()
    ACCOUNT = auto()
    UNSURE = auto()


def standings(principal: Principal, who: Who) -> frozenset[Standing]:
    """How a Principal element names this principal; nothing where it does not. Negated elements are not looked at here.

    Everything is concrete here, so that the prover and its check share it.
    """
    return frozenset(standing for kind, name in who.names if (standing := _standing(principal, kind, name)) is not None)


def _standing(principal: Principal, kind: str, name: str) -> Standing | None:
    if kind in ("AWS", "*") and name == "*":
        return Standing.DIRECT
    if kind != "AWS":
        if kind not in ("Service", "Federated"):
            return Standing.UNSURE
        return Standing.DIRECT if kind == principal.kind.value and name == principal.name else None
    if not principal.has_identity_policies:
        return None
    return _of_aws(principal, name)


def _of_aws(principal: Principal, name: str) -> Standing | None:
    if name == principal.name:
        return Standing.ROLE if principal.kind is Kind.ROLE else Standing.DIRECT
    if name == principal.account or (name.endswith(":root") and name.split(":")[4:5] == [principal.account]):
        return Standing.ACCOUNT
    if name.startswith("arn:") and ":assumed-role/" in name:
        return Standing.DIRECT if _session_of(principal, name) else None
    readable = (name.startswith("arn:") and "*" not in name and "?" not in name) or name.isdigit()
    return None if readable else Standing.UNSURE


def _session_of(principal: Principal, name: str) -> bool:
    """Whether a session's ARN is one that the role may have: who takes it on chooses the session's name."""
    role = principal.name.rpartition("/")[2]
    return (
        principal.kind is Kind.ROLE
        and name.split(":")[4:5] == [principal.account]
        and name.partition(":assumed-role/")[2].partition("/")[0] == role
    )
