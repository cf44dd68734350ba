"""A tenant's secrets: what its workloads need to log in, in Secrets Manager under its own key or the cell's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.inputs.fields import Isolation
from stacks.resources.kind import SILO_OR_BRIDGE, Ask, Claim, Kind, PriceDimension

RECOVERY_DAYS = 30
"""The longest that Secrets Manager keeps a deleted secret."""


@dataclass(frozen=True, slots=True)
class SecretsSpec:
    """Names of the secrets; each is JSON that a client can connect with.

    `people` holds logins of the database's owner and reader, for migrations and reports; workloads never read it. Empty
    where there are no such roles. `api` holds the key of the application's API, empty where there is none.
    """

    isolation: Isolation
    database: str
    cache: str
    people: str
    account: str
    recovery_days: int
    api: str = ""


def resolve(ask: Ask) -> SecretsSpec:
    """One for the database's login, one for the cache's user; for people in a bridge's database, for the API's key."""
    bridge = ask.tier.of("database") is Isolation.BRIDGE
    return SecretsSpec(
        isolation=ask.tier.of("secrets"),
        database=ask.names.of("database-login"),
        cache=ask.names.of("cache-login"),
        people=ask.names.of("database-people") if bridge else "",
        api=ask.names.of("api-key") if ask.api and ask.quota("api_calls_daily") else "",
        account=ask.environment.account,
        recovery_days=RECOVERY_DAYS,
    )


def prices(spec: SecretsSpec) -> Iterator[PriceDimension]:
    """Two, a third (people's, or the one that RDS manages for the master of an own database), and the API's key."""
    yield PriceDimension("secretsmanager.secret", "secret-month", 4 if spec.api else 3)
    yield PriceDimension("secretsmanager.requests", "10k requests", None)


def claims(spec: SecretsSpec) -> Iterator[Claim]:
    """Nobody else reads them."""
    yield Claim("NEIGHBOURS_CANNOT_READ_SECRETS", "OWN_ROLE_READS_SECRETS")


KIND = Kind("secrets", "Secrets", SecretsSpec, SILO_OR_BRIDGE, resolve, prices, claims)
