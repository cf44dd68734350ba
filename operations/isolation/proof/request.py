"""What may be asked: one given request, and what is known of every request that a principal can make.

Keys of the request context are in lower case throughout. Source: IAM UserGuide, reference_policies_condition-keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, TypeAlias

from operations.isolation.proof.world import Endpoint, Kind, Principal, Thing


@dataclass(frozen=True, slots=True)
class Request:
    """One request, fully given. A key that is absent is not in `context`; only some keys have several values."""

    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Known:
    """A key that is always there, with these values; more than one where it has several at once."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """A key that is never there."""


@dataclass(frozen=True, slots=True)
class Free:
    """A key that the asker chooses: any value, or one that fits one of `like`.

    It may be absent too, unless it is `always` there.
    """

    like: tuple[str, ...] = ()
    always: bool = False


Assumption: TypeAlias = Known | Absent | Free

_FLAG: Final = Free(like=("true", "false"), always=True)
_OF_SERVICES: Final = (
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:principalservicename",
    "aws:principalservicenameslist",
)
"""Keys that are there only where a service asks on behalf of a resource."""
_OF_PROVIDERS: Final = (
    "saml:",
    "oidc.",
    "token.actions.",
    "accounts.google.com:",
    "cognito-identity.",
    "graph.facebook.",
)
"""What keys of identity providers begin with; a role's own requests never carry them."""
_ALWAYS: Final[Mapping[str, Assumption]] = MappingProxyType(
    {
        "aws:securetransport": _FLAG,
        "aws:viaawsservice": _FLAG,
        "aws:requestedregion": Free(always=True),
        "aws:currenttime": Free(always=True),
        "aws:epochtime": Free(always=True),
    }
)
_RESOURCE_ACCOUNT: Final = ("aws:resourceaccount", "s3:resourceaccount")
_TYPES: Final = MappingProxyType({Kind.ROLE: "AssumedRole", Kind.USER: "User"})
MULTIPLE: Final = frozenset(
    {
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:sourcevpcorgpaths",
        "aws:tagkeys",
    }
)
"""Global keys that may have several values. Every other key that begins with `aws:` has just one."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of each key in a principal's requests for a thing. `assumed` wins over all else."""

    principal: Principal
    thing: Thing
    endpoint: Endpoint | None = None
    assumed: Mapping[str, Assumption] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, key: str) -> Assumption:
        """What is known of a key, given in lower case; Free where nothing is."""
        assumed = {name.lower(): each for name, each in self.assumed.items()}
        known = {name.lower(): value for name, value in self.principal.context.items()}
        if key in assumed:
            return assumed[key]
        if key in known:
            return Known((known[key],))
        return self._of_principal(key) or self._of_thing(key) or self._of_way(key) or _ALWAYS.get(key, Free())

    def _of_principal(self, key: str) -> Assumption | None:
        principal = self.principal
        start, _, name = key.partition("/")
        if start == "aws:principaltag":
            return _tag(principal.tags, name, Free() if principal.open_tags else Absent())
        if not principal.has_identity_policies:
            return _of_others(principal, key)
        match key:
            case "aws:principalarn":
                return Known((principal.name,))
            case "aws:principalaccount" | "kms:calleraccount":
                return Known((principal.account,))
            case "aws:principaltype":
                return Known((_TYPES[principal.kind],))
            case "aws:principalisawsservice":
                return Known(("false",))
            case "aws:username":
                user = principal.name.rpartition("/")[2]
                return Known((user,)) if principal.kind is Kind.USER else Absent()
            case _:
                strange = key in _OF_SERVICES or key.startswith(_OF_PROVIDERS)
                return Absent() if strange else None

    def _of_thing(self, key: str) -> Assumption | None:
        start, _, name = key.partition("/")
        if key in _RESOURCE_ACCOUNT:
            return Known((self.thing.account,))
        if start.endswith(":resourcetag") and self.thing.tags is not None:
            return _tag(self.thing.tags, name, Absent())
        return None

    def _of_way(self, key: str) -> Assumption | None:
        """How the request gets to AWS: through which service, through which endpoint."""
        via = self.principal.via
        if key == "kms:viaservice" and via is not None:
            return Free(like=tuple(f"{name}.*.amazonaws.com" for name in via)) if via else Absent()
        if key == "aws:sourcevpce" and self.endpoint is not None:
            return Known((self.endpoint.id,))
        return None


def _of_others(principal: Principal, key: str) -> Assumption | None:
    """Keys of services, and of people and pods that come with an identity provider's word."""
    is_service = principal.kind is Kind.SERVICE
    match key:
        case "aws:principalarn" | "aws:username":
            return Absent()
        case "aws:principalisawsservice":
            return Known(("true" if is_service else "false",))
        case "aws:principalservicename":
            return Known((principal.name,)) if is_service else Absent()
        case _:
            return None


def _tag(tags: Mapping[str, str], name: str, otherwise: Assumption) -> Assumption:
    """A tag's value. Keys of conditions don't regard case, so neither do keys of tags in them."""
    found = {key.lower(): value for key, value in tags.items()}
    if isinstance(otherwise, Free):
        return otherwise
    return Known((found[name],)) if name in found else otherwise
