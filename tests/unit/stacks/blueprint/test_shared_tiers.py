"""What tenants have that share data services, and what they can't ask for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stacks.blueprint import diff, placement, resolve
from stacks.blueprint.facts import Facts
from stacks.blueprint.model import Blueprint
from stacks.errors import BadInput, Refused
from stacks.inputs import tier
from stacks.inputs.environment import Cell, Environment
from stacks.inputs.fields import Isolation
from stacks.inputs.shared_services import SharedServices
from stacks.inputs.tier import OwnSlice, Tier
from stacks.resources.cache.spec import CacheSpec
from stacks.resources.database.spec import DatabaseSpec
from stacks.resources.encryption.spec import EncryptionSpec
from stacks.resources.identity.spec import IdentitySpec
from stacks.resources.network.spec import NetworkSpec
from stacks.resources.object_store.spec import ObjectStoreSpec
from tests.unit.stacks.given import KEY, TIERS, asked, local


def standard() -> Tier:
    return tier.load_version(TIERS, "standard", 1)


def starter() -> Tier:
    return tier.load_version(TIERS, "starter", 1)


def placed(wanted: Tier, *taken: Facts, environment: Environment | None = None, **changes: Any) -> Facts:
    profile = asked(tier=wanted.tier, **changes)
    return placement.place(profile, wanted, environment or local(), taken, KEY, 1)


def made(wanted: Tier, **changes: Any) -> Blueprint:
    return resolve.tenant(asked(tier=wanted.tier, **changes), wanted, local(), placed(wanted, **changes))


def refused(wanted: Tier, environment: Environment | None = None, **changes: Any) -> list[str]:
    with pytest.raises(BadInput) as caught:
        placed(wanted, environment=environment, **changes)
    return [fault.field for fault in caught.value.faults]


def test_models_are_read_by_name_where_the_environment_has_them() -> None:
    for wanted in (standard(), starter()):
        objects = made(wanted, shared={"models": ["whisper", "llama-3"]}).of(ObjectStoreSpec)
        assert objects.shared_models == ("llama-3", "whisper")
        assert objects.shared_bucket.endswith("-models")
    environment = local()
    assert environment.shared.data is not None
    data = environment.shared.data.model_copy(update={"models": None})
    shared = environment.shared.model_copy(update={"data": data})
    without = environment.model_copy(update={"shared": shared})
    assert refused(standard(), without, shared={"models": ["llama-3"]}) == ["shared.models"]


def test_reference_tables_are_read_by_name_by_who_has_its_data_in_their_database() -> None:
    schemas = standard().model_copy(update={"bridge_database": OwnSlice.SCHEMA})
    names: dict[str, Any] = {"shared": {"reference": ["reference"]}}
    for wanted in (schemas, starter()):
        database = made(wanted, **names).of(DatabaseSpec)
        assert (database.reference, database.reads) == (("reference",), ("reference_readers",))
        assert {"REFERENCE_TABLES_READ_ONLY", "OTHER_REFERENCE_TABLES_CLOSED"} <= claimed(made(wanted, **names))
        assert "REFERENCE_TABLES_READ_ONLY" not in claimed(made(wanted))
    for wanted in (standard(), tier.load_version(TIERS, "enterprise", 1)):
        assert refused(wanted, **names) == ["shared.reference"]
        assert "OTHER_REFERENCE_TABLES_CLOSED" not in claimed(made(wanted))


def test_reference_tables_that_the_environment_has_not_are_refused_with_those_that_it_has() -> None:
    with pytest.raises(BadInput) as caught:
        placed(starter(), shared={"reference": ["reference", "refrence"]})
    (fault,) = caught.value.faults
    assert (fault.field, fault.allowed, fault.nearest) == ("shared.reference[1]", "reference", "reference")


def claimed(one: Blueprint) -> set[str]:
    return {claim.name for kind, claim in one.claims() if kind == "database"}


def test_queues_are_sent_to_by_name_where_the_environment_has_them() -> None:
    for wanted in (standard(), starter()):
        (queue,) = made(wanted, shared={"queues": ["jobs"]}).of(IdentitySpec).queues
        assert (queue.name, queue.arn.endswith("-queue-jobs")) == ("jobs", True)
    assert refused(standard(), shared={"queues": ["jobs", "jbos"]}) == ["shared.queues[1]"]


def test_a_bridge_tenant_has_a_database_a_user_and_a_folder_under_its_own_key() -> None:
    one = made(standard())
    database, cache, objects = one.of(DatabaseSpec), one.of(CacheSpec), one.of(ObjectStoreSpec)
    assert (database.database, database.schema, database.login) == (one.slug, one.slug, one.slug)
    assert (database.owner, database.reader) == (f"{one.slug}_owner", f"{one.slug}_reader")
    assert (database.shard, database.plan, database.connection_limit) == (1, None, 10)
    assert (cache.database, cache.prefix, cache.channels) == (1, "", f"{one.slug}:")
    assert (cache.shard, cache.plan) == (1, None)
    assert (objects.container, objects.backup_container) == (one.slug, one.slug)
    assert one.of(EncryptionSpec).context == ""
    assert one.facts.cidrs == ()
    assert (one.facts.connections, one.facts.tables, one.facts.cache_users) == (10, 100, 1)
    assert one.facts.other_connections == 20


def test_a_pool_tenant_has_rows_in_the_application_s_schema_and_a_context_of_the_cell_s_key() -> None:
    one = made(starter())
    database = one.of(DatabaseSpec)
    assert (database.database, database.schema, database.login) == ("pool", "app", one.slug)
    assert (database.owner, database.reader, database.own_database) == ("", "", False)
    assert one.of(EncryptionSpec).context == one.slug
    assert (one.facts.tables, one.facts.connections, one.facts.other_connections) == (0, 5, 0)
    cache = one.of(CacheSpec)
    assert (cache.database, cache.prefix, one.facts.cache_database) == (0, f"{one.slug}:", None)


def test_who_shares_a_cache_is_given_its_database_and_who_has_one_chooses() -> None:
    for wanted in (standard(), starter()):
        assert refused(wanted, data_locations={"redis_db": 2}) == ["data_locations.redis_db"]
    own = made(tier.load_version(TIERS, "enterprise", 1), data_locations={"redis_db": 2}).of(CacheSpec)
    assert (own.database, own.prefix) == (2, "")


def test_a_tier_may_give_schemas_instead_of_databases() -> None:
    schemas = standard().model_copy(update={"bridge_database": OwnSlice.SCHEMA})
    database = made(schemas).of(DatabaseSpec)
    assert (database.database, database.schema) == ("bridge", database.login)
    assert refused(schemas, data_locations={"database_schema": "research"}) == ["data_locations.database_schema"]


def test_kinds_are_chosen_one_by_one() -> None:
    mixed = standard()
    silo = mixed.isolation.model_copy(update={"cache": Isolation.SILO, "network": Isolation.SILO})
    sizes = {size: row.model_copy(update={"cache": _cache()}) for size, row in mixed.sizes.items()}
    one = made(mixed.model_copy(update={"isolation": silo, "sizes": sizes}))
    network = one.of(NetworkSpec)
    assert one.of(CacheSpec).plan is not None
    assert one.of(DatabaseSpec).plan is None
    assert (network.data_ports, network.shares_data, len(network.data_cidrs)) == ((6379,), True, 3)
    assert one.facts.cache_users == 0


def _cache() -> Any:
    return tier.CacheSize(node_type="cache.t4g.small")


def test_nothing_of_a_tenant_s_id_stands_in_what_it_shares() -> None:
    for wanted in (standard(), starter()):
        assert "hooli" not in json.dumps(made(wanted, tenant="hooli-corp").to_json()["resources"])


def test_no_two_tenants_names_are_one_the_beginning_of_the_other() -> None:
    many = [made(starter(), tenant=f"tenant-{number}") for number in range(50)]
    prefixes = [one.of(CacheSpec).prefix for one in many] + [f"{one.of(ObjectStoreSpec).container}/" for one in many]
    assert not [(a, b) for a in prefixes for b in prefixes if a != b and b.startswith(a)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"database": {"storage_gb": 100}}, "database"),
        ({"cache": {"replicas": 1}}, "cache"),
        ({"backups": {"days": 30}}, "backups"),
        ({"models": {"days": 30}}, "models"),
        ({"network": {"dedicated": True}, "cluster": {"dedicated": True}}, "network.dedicated"),
        ({"gpu": {"instance_types": ["g5.2xlarge"]}}, "gpu"),
    ],
)
def test_what_only_an_own_resource_has_is_refused_where_it_is_shared(changes: dict[str, Any], field: str) -> None:
    for wanted in (standard(), starter()):
        assert field in refused(wanted, **changes)


def test_a_pool_tenant_can_not_name_a_schema() -> None:
    assert refused(starter(), data_locations={"database_schema": "research"}) == ["data_locations.database_schema"]
    assert made(standard(), data_locations={"database_schema": "research"}).of(DatabaseSpec).schema == "research"


def test_an_environment_that_shares_nothing_has_no_such_tenants() -> None:
    alone = local().model_copy(update={"shared": SharedServices()})
    assert refused(standard(), alone) == ["tier"]


def few(connections: int, cells: int = 1) -> Environment:
    environment = local()
    assert environment.shared.data is not None
    data = environment.shared.data
    small = data.model_copy(update={"databases": data.databases.model_copy(update={"connections": connections})})
    region = environment.regions[0]
    numbered = [Cell(number=number, cidr=f"10.{number - 1}.0.0/16") for number in range(1, cells + 1)]
    return environment.model_copy(
        update={
            "shared": environment.shared.model_copy(update={"data": small}),
            "regions": [region.model_copy(update={"cells": numbered})],
        }
    )


def test_a_cell_without_room_opens_the_next_one_and_a_full_region_says_what_to_do() -> None:
    first = placed(standard(), environment=few(45, cells=2))
    second = placed(standard(), first, environment=few(45, cells=2), tenant="second")
    assert (first.cell, second.cell) == (1, 2)
    with pytest.raises(Refused) as caught:
        placed(standard(), first, second, environment=few(45, cells=2), tenant="third")
    assert "Cell 1: no shared database has room for 30 connections and 100 tables." in caught.value.why
    assert "--cell 3" in caught.value.next


def advice(room: int, *, count: int = 1, instances: int = 40) -> str:
    environment = few(room)
    data = environment.shared.data
    assert data is not None
    databases = data.databases.model_copy(update={"count": count})
    shared = environment.shared.model_copy(update={"data": data.model_copy(update={"databases": databases})})
    quotas = environment.quotas.model_copy(update={"rds_instances": instances})
    changed = environment.model_copy(update={"shared": shared, "quotas": quotas})
    first = () if room < 30 or not count else (placed(standard(), environment=changed),)
    with pytest.raises(Refused) as caught:
        placed(standard(), *first, environment=changed, tenant="next")
    return caught.value.next


def test_another_cell_is_advised_where_it_would_have_room_and_with_its_region() -> None:
    told = advice(45)
    assert told.startswith("Raise shared.data.databases in the environment's file, then: tenant shared apply --region ")
    assert "Or add cell 2, with a range of its own, to us-east-1" in told
    assert told.endswith("then: tenant shared apply --region us-east-1 --cell 2.")


def test_another_cell_is_not_advised_where_an_empty_one_has_no_room_either() -> None:
    told = advice(29)
    assert "Raise shared.data.databases.connections in" in told
    assert "choose a smaller size or fewer members" in told
    assert "--cell" not in told
    none = advice(45, count=0)
    assert none.startswith("Raise shared.data.databases.count in")
    assert "--cell" not in none
    assert "smaller" not in none


def test_another_cell_is_not_advised_where_the_account_has_no_instance_left_for_it() -> None:
    told = advice(45, instances=1)
    assert "quotas.rds_instances" in told
    assert "--cell" not in told


def test_tenants_that_share_take_no_block_and_no_place_among_the_account_s_databases() -> None:
    taken: list[Facts] = []
    for number in range(39):
        taken.append(placed(starter(), *taken, tenant=f"tenant-{number}"))
    silo = tier.load_version(TIERS, "enterprise", 1)
    assert placed(silo, *taken, tenant="last").cidrs[0] == "10.0.128.0/27"


def test_a_tenant_does_not_change_between_forms_of_slices_in_place() -> None:
    old = made(standard())
    schemas = standard().model_copy(update={"bridge_database": OwnSlice.SCHEMA})
    new = resolve.tenant(asked(tier="standard"), schemas, local(), old.facts)
    assert "tier_version" in [fault.field for fault in diff.refusals(old, new)]
    silo = tier.load_version(TIERS, "enterprise", 1)
    climbed = resolve.tenant(asked(), silo, local(), old.facts)
    assert "tier" in [fault.field for fault in diff.refusals(old, climbed)]
