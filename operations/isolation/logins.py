"""Secrets that a tenant's workloads, its people and those who work on its servers log in with. Pure."""

from __future__ import annotations

from typing import Final

from operations.isolation.model import Party
from stacks.blueprint.data import application_secret, deployer_secret
from stacks.resources.api_access.spec import ApiAccessSpec
from stacks.resources.cache.spec import CacheSpec
from stacks.resources.database.spec import DatabaseSpec

_ALWAYS: Final = ("databaseSecretArn", "cacheSecretArn")
_KEY: Final = "apiKeySecretArn"
_PEOPLE: Final = "databasePeopleSecretArn"


def names(party: Party) -> tuple[str, ...]:
    """Of its workloads: database, cache, and the key of the application's API where it has one."""
    return (*_ALWAYS, *([_KEY] if has_key(party) else []))


def names_of_people(party: Party) -> tuple[str, ...]:
    """Of its people, whom only some tenants' databases know."""
    return (_PEOPLE,) if _PEOPLE in party.outputs else ()


def of(party: Party) -> tuple[str, ...]:
    """ARNs of what its workloads log in with. Raises Unclear where the stack does not tell one."""
    return tuple(party.said(name) for name in names(party))


def of_deployers(party: Party) -> tuple[str, ...]:
    """Names of what whoever works on servers that it shares logs in with: the tenant's stack tells no ARNs of these."""
    database, cache = party.blueprint.of(DatabaseSpec), party.blueprint.of(CacheSpec)
    on_server = () if database.plan else (deployer_secret(database.identifier), application_secret(database.identifier))
    return (*on_server, *(() if cache.plan else (deployer_secret(cache.group),)))


def has_key(party: Party) -> bool:
    """Whether the tenant has a key of the application's API."""
    spec = api(party)
    return spec is not None and spec.open


def api(party: Party) -> ApiAccessSpec | None:
    """The application's API where the tenant is; it has no key of it where it may not call at all."""
    spec = party.blueprint.specs.get("api_access")  # blueprints from before there were usage plans have none
    return spec if isinstance(spec, ApiAccessSpec) and spec.api else None
