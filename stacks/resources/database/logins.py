"""Who logs in to a tenant's database, and with what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi

from stacks.resources.database.spec import DatabaseSpec


@dataclass(frozen=True, slots=True)
class Connection:
    """Where a tenant's database answers, and the passwords of its login and of the roles that people use."""

    address: pulumi.Output[str]
    port: pulumi.Output[int]
    spec: DatabaseSpec
    password: pulumi.Output[str] = field(repr=False)
    people: Mapping[str, pulumi.Output[str]] = field(default_factory=dict[str, pulumi.Output[str]], repr=False)

    def login(self) -> dict[str, Any]:
        """What the tenant's workloads log in with."""
        return self._as(self.spec.login, self.password)

    def logins_of_people(self) -> dict[str, Any]:
        """What migrations and reports log in with, by what each does."""
        roles = {"owner": self.spec.owner, "reader": self.spec.reader}
        return {what: self._as(roles[what], password) for what, password in sorted(self.people.items())}

    def _as(self, role: str, password: pulumi.Output[str]) -> dict[str, Any]:
        where = {"host": self.address, "port": self.port, "dbname": self.spec.database}
        return {**where, "username": role, "password": password}
