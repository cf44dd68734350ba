"""What the checks ask of the world: settings as an auditor reads them, and a tenant's own hands.

Every method raises Refusal where somebody who decides said no, and Unclear for all else that kept it from being done:
the difference between the two is what a proof rests on, and each adapter draws it from its service's own words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from operations.isolation.model import Missing, Party, Unclear
from stacks.inputs.environment import Target
from stacks.resources.members.spec import MemberPlan


class Door(StrEnum):
    """How a client comes to a database or cache: by TLS with its login, in clear, or by TLS without any."""

    TLS = "tls"
    CLEAR = "clear"
    NOBODY = "nobody"


class As(StrEnum):
    """Who of a tenant speaks to Kubernetes: its pods' service account, or its people."""

    ACCOUNT = "account"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to a Kubernetes API. `headers` are for impersonation; with `rehearse` the server only decides."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    rehearse: bool = True
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class Acting(Protocol):
    """One tenant or one of its members, with its own credentials and no others."""

    def aws(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        """A call as its role, sent once."""
        ...

    def link(self, bucket: str, key: str) -> str:
        """A presigned URL that the role makes to read an object. Contacts nobody."""
        ...

    def fetch(self, url: str) -> bytes:
        """What a URL answers, without any credentials."""
        ...

    def sql(self, at: Party, *statements: str, door: Door = Door.TLS, database: str = "") -> Sequence[Sequence[Any]]:
        """Rows of the last of these, with the tenant's login in the database of `at`, or in another on its server.

        All in one transaction, which is rolled back.
        """
        ...

    def cache(self, at: Party, *words: str, door: Door = Door.TLS) -> Any:
        """The answer to a command, as the tenant's user in the cache of `at`."""
        ...

    def kubernetes(self, who: As, at: Party, ask: Ask) -> Mapping[str, Any]:
        """The answer of the cluster that `at` is in."""
        ...


class Live(Protocol):
    """Takes on what a tenant is."""

    def of(self, party: Party) -> Acting:
        """The tenant's hands. Raises Unclear where the verifier may not take on its role."""
        ...

    def member(self, party: Party, member: MemberPlan) -> Acting:
        """A member's hands, as the tenant's services give them: its session, its logins, its group.

        Raises Unclear where the tenant may not take them on.
        """
        ...


class Readings(Protocol):
    """Settings as they are, read by whoever verifies."""

    def aws(self, region: str, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        """One answer to a call that reads."""
        ...

    def kubernetes(self, at: Party, path: str) -> Mapping[str, Any]:
        """An object or a list of the cluster that `at` is in."""
        ...

    def state(self, party: Party) -> str:
        """The tenant's Pulumi state as it is kept."""
        ...


@dataclass(frozen=True, slots=True)
class World:
    """Everything a check may ask, and of which kind of target."""

    readings: Readings
    live: Live
    target: Target


@dataclass(frozen=True, slots=True)
class Case:
    """One assertion to be checked: of A alone, or of A against B."""

    a: Party
    other: Party | None
    world: World

    @property
    def b(self) -> Party:
        """The one that A tries it on. Raises Unclear in a case of one tenant."""
        if self.other is None:
            raise Unclear("there is no other tenant in this case")
        return self.other

    @property
    def acting(self) -> Acting:
        """A, acting."""
        return self.world.live.of(self.a)

    def member(self, member: MemberPlan) -> Acting:
        """One of A's members, acting."""
        return self.world.live.member(self.a, member)

    @property
    def neighbour(self) -> Acting:
        """B, acting: for controls, that what A tries is there."""
        return self.world.live.of(self.b)

    def read(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        """A setting in A's region."""
        return self.world.readings.aws(self.a.region, service, operation, **parameters)

    def objects(self, path: str) -> Mapping[str, Any]:
        """An object or a list of A's cluster."""
        return self.world.readings.kubernetes(self.a, path)

    def present(self, service: str, operation: str, **parameters: Any) -> bool:
        """Whether the setting is there at all. Raises Refusal and Unclear where even that can't be told."""
        try:
            self.read(service, operation, **parameters)
        except Missing:
            return False
        return True

    def present_object(self, path: str) -> bool:
        """Whether an object of A's cluster is there. Raises Refusal and Unclear where even that can't be told."""
        try:
            self.objects(path)
        except Missing:
            return False
        return True
