from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import external_file

from stacks import catalog
from stacks.blueprint import checks, model, resolve
from stacks.conventions import tags
from stacks.errors import BadInput, NotBuiltYet, Refused
from stacks.inputs import classes, tier
from stacks.inputs.environment import Domain
from stacks.inputs.fields import Isolation
from stacks.resources.cache.spec import CacheSpec
from stacks.resources.database.spec import DatabaseSpec
from stacks.resources.object_store.spec import ObjectStoreSpec
from tests.unit.stacks.given import TIERS, asked, blueprint, facts_of, local, named, silo

profiles: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"size": st.sampled_from(["small", "medium", "large", "enterprise"])},
    optional={
        "database": st.fixed_dictionaries(
            {},
            optional={
                "instance_class": st.sampled_from(classes.DATABASE),
                "storage_gb": st.integers(20, 65536),
                "backup_days": st.integers(7, 35),
                "multi_az": st.booleans(),
            },
        ),
        "cache": st.fixed_dictionaries(
            {}, optional={"node_type": st.sampled_from(classes.CACHE), "replicas": st.integers(0, 5)}
        ),
        "network": st.fixed_dictionaries({"dedicated": st.booleans()}),
        "compliance": st.lists(st.sampled_from(["soc2", "gdpr", "hipaa"]), unique=True),
    },
)


@pytest.mark.parametrize("name", ["acme", "globex"])
def test_the_example_tenants_have_the_blueprints_that_are_checked_in(name: str) -> None:
    told = json.dumps(blueprint(named(name)).to_json(), indent=2) + "\n"
    assert told == external_file(f"golden/{name}.json", format=".txt")


@given(profiles)
@settings(max_examples=40, deadline=None)
def test_a_blueprint_is_the_same_each_time_and_survives_json(changes: dict[str, Any]) -> None:
    made = blueprint(asked(**changes))
    again = model.from_json(json.loads(json.dumps(made.to_json())))
    assert made.to_json() == blueprint(asked(**changes)).to_json()
    assert again == made
    assert again.digest == made.digest


@given(profiles)
@settings(max_examples=20, deadline=None)
def test_every_blueprint_is_complete(changes: dict[str, Any]) -> None:
    made = blueprint(asked(**changes))
    kinds = {kind.name for kind in catalog.kinds()}
    assert set(made.specs) == kinds
    assert {kind for kind, _ in made.claims()} == kinds - {"members"}  # there are none
    assert tags.faults(made.tags) == ()
    assert all(dimension.quantity != 0 for _, dimension in made.prices())


def test_the_profile_s_own_figures_win_over_the_size_s() -> None:
    made = blueprint(asked(database={"storage_gb": 200, "multi_az": True}, cache={"replicas": 2, "size": "medium"}))
    database, cache = made.of(DatabaseSpec), made.of(CacheSpec)
    assert database.plan is not None
    assert (database.plan.instance_class, database.plan.storage_gb, database.plan.multi_az) == (
        "db.t4g.medium",
        200,
        True,
    )
    assert cache.plan is not None
    assert (cache.plan.node_type, cache.plan.nodes) == ("cache.t4g.medium", 3)
    assert {key: quantity for _, key, quantity in _priced(made)}["rds.storage.gp3.multi_az"] == 200


def test_data_locations_name_things_inside_the_tenant_s_own() -> None:
    made = blueprint(asked(data_locations={"database_schema": "research", "blob_container": "documents"}))
    assert made.of(DatabaseSpec).schema == "research"
    assert made.of(ObjectStoreSpec).container == "documents"
    assert blueprint(asked()).of(DatabaseSpec).schema == made.slug


def test_what_has_to_be_told_apart_is_named_by_the_slug_and_never_by_the_id() -> None:
    text = json.dumps(blueprint(asked(tenant="hooli-corp")).to_json()["resources"])
    assert "hooli" not in text


def test_what_the_model_knows_and_can_not_make_is_said_and_not_passed_over() -> None:
    halfway = silo().isolation.model_copy(update={"network": Isolation.BRIDGE})
    with pytest.raises(NotBuiltYet) as caught:
        checks.check(asked(), silo().model_copy(update={"isolation": halfway}), local())
    assert [fault.field for fault in caught.value.faults] == ["isolation.network"]


@pytest.mark.parametrize(
    ("changes", "field", "nearest"),
    [
        ({"quotas": {"storage_gb": 200_000}}, "quotas.storage_gb", "100000"),
        ({"enabled_tools": ["gihub"]}, "enabled_tools[0]", "github"),
        ({"region": "eu-west-1"}, "region", "eu-central-1"),
    ],
)
def test_what_tier_or_environment_do_not_offer_is_refused(changes: dict[str, Any], field: str, nearest: str) -> None:
    with pytest.raises(BadInput) as caught:
        blueprint(asked(**changes), facts_of(asked()))
    assert [(fault.field, fault.nearest) for fault in caught.value.faults] == [(field, nearest)]


@pytest.mark.parametrize(
    ("region", "residency", "allowed", "said"),
    [
        ("ap-south-1", [], "eu-central-1, us-east-1", "is not in `ap-south-1`"),
        ("us-west-2", ["us"], "us-east-1", "is not in `us-west-2`"),
        ("sa-east-1", ["br"], "", "nor in any region of the residency `br`"),
    ],
)
def test_a_region_is_offered_only_inside_the_residency(
    region: str, residency: list[str], allowed: str, said: str
) -> None:
    with pytest.raises(BadInput) as caught:
        blueprint(asked(region=region, residency=residency), facts_of(asked()))
    (fault,) = caught.value.faults
    assert fault.allowed == allowed
    assert fault.nearest in allowed.split(", ")
    assert said in fault.why


@pytest.mark.parametrize(
    ("domain", "tenant", "field", "said"),
    [
        (None, "acme", "ingress", "has no `domain`"),
        (Domain(name="apps.example.com", waf=False), "acme", "ingress.waf", "has no web ACL"),
        (Domain(name="apps.of-the-company.example-group.com"), "a" * 30, "ingress", "too long for a certificate"),
    ],
)
def test_a_public_name_is_refused_where_it_can_not_be_had(
    domain: Domain | None, tenant: str, field: str, said: str
) -> None:
    chosen = local().model_copy(update={"domain": domain})
    with pytest.raises(BadInput) as caught:
        resolve.tenant(asked(tenant=tenant, ingress={"waf": True}), silo(), chosen, facts_of(asked()))
    (fault,) = caught.value.faults
    assert (fault.field, said in fault.why) == (field, True)


def test_a_size_that_the_tier_has_not_is_refused_with_those_it_has() -> None:
    starter = tier.load_version(TIERS, "starter", 1)
    with pytest.raises(BadInput) as caught:
        resolve.tenant(asked(tier="starter", size="large"), starter, local(), facts_of(asked()))
    assert caught.value.faults[0].allowed == "small, medium"


def test_a_tenant_that_is_there_keeps_its_region_and_its_kind_of_network() -> None:
    facts = facts_of(asked())
    with pytest.raises(BadInput) as caught:
        blueprint(asked(region="eu-central-1", network={"dedicated": True}), facts)
    assert [fault.field for fault in caught.value.faults] == ["region", "network.dedicated"]


def test_blueprints_of_another_format_are_not_misread() -> None:
    with pytest.raises(Refused, match="format 99"):
        model.from_json({**blueprint(asked()).to_json(), "format": 99})


def test_quotas_come_from_the_size_unless_the_profile_says_otherwise() -> None:
    given_by = silo().sizes[asked().size].quotas
    entitled = blueprint(asked(quotas={"gpu_hours_monthly": 7})).entitlements
    assert (entitled.gpu_hours_monthly, entitled.api_calls_daily) == (7, given_by.api_calls_daily)


def _priced(made: model.Blueprint) -> list[tuple[str, str, float | None]]:
    return [(kind, dimension.key, dimension.quantity) for kind, dimension in made.prices()]
