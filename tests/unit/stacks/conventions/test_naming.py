from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stacks.conventions import naming
from stacks.conventions.naming import LIMITS, Names

orgs = st.from_regex(naming.ORG_PATTERN, fullmatch=True)
environments = st.from_regex(naming.ENVIRONMENT_PATTERN, fullmatch=True)
ids = st.from_regex(naming.ID_PATTERN, fullmatch=True).filter(lambda one: "--" not in one)

FIXED = {
    "bucket": ("data", "backups", "audit", "access-logs"),
    "database_instance": ("database",),
    "cache_group": ("cache",),
    "cache_user": ("user", "users"),
    "role": ("workload",),
    "policy": ("boundary",),
    "secret": ("database-login", "cache-login"),
}


@given(orgs, environments, ids, st.integers(1, 10**6), st.binary(min_size=1))
def test_every_fixed_name_is_one_that_its_service_takes(
    org: str, environment: str, tenant: str, incarnation: int, key: bytes
) -> None:
    names = Names(org, environment, naming.slug(key, tenant, incarnation))
    for service, roles in FIXED.items():
        for role in roles:
            assert LIMITS[service].allows(names.of(role)), (service, names.of(role))
    assert LIMITS["alias"].allows(names.alias("key"))
    assert LIMITS["log_group"].allows(names.log_group("workload"))
    assert LIMITS["sql"].allows(names.slug)


@given(orgs, environments, ids, ids)
def test_a_member_s_names_are_ones_that_every_service_takes(
    org: str, environment: str, tenant: str, member: str
) -> None:
    slug = naming.slug(b"key", tenant, 1)
    names, code = Names(org, environment, slug), naming.member(slug, member)
    assert LIMITS["cache_user"].allows(names.of(code))
    assert LIMITS["secret"].allows(names.of(f"{code}-login"))
    assert LIMITS["sql"].allows(f"{slug}_{code}")
    assert LIMITS["role"].allows(names.of("member-workload"))
    assert len(naming.member_namespace(slug, member)) <= 63
    assert re.fullmatch(r"m[a-z2-7]{8}", code)
    assert code != naming.member(naming.slug(b"key", tenant, 2), member)


@given(orgs, environments, st.text(min_size=1, max_size=60))
def test_a_final_snapshot_has_a_name_that_rds_takes_whatever_the_run_is_called(
    org: str, environment: str, run: str
) -> None:
    name = Names(org, environment, "t" + "a" * 9).final_snapshot(run + "7")
    assert LIMITS["database_snapshot"].allows(name)


def test_ten_thousand_tenants_have_ten_thousand_slugs() -> None:
    slugs = {naming.slug(b"key", f"tenant-{number}", 1) for number in range(10_000)}
    assert len(slugs) == 10_000
    assert all(re.fullmatch(r"t[a-z2-7]{9}", slug) for slug in slugs)


@given(ids, st.integers(1, 1000), st.binary(min_size=1))
@settings(max_examples=50)
def test_a_slug_is_the_same_each_time_and_another_for_the_next_incarnation(
    tenant: str, incarnation: int, key: bytes
) -> None:
    slug = naming.slug(key, tenant, incarnation)
    assert slug == naming.slug(key, tenant, incarnation)
    assert slug != naming.slug(key, tenant, incarnation + 1)
    assert slug != naming.slug(key, tenant, incarnation, salt=1)


def test_a_slug_does_not_tell_the_id() -> None:
    assert "acme" not in naming.slug(b"key", "acme", 1)


def test_two_accounts_have_different_shared_names() -> None:
    one = naming.shared_slug("111111111111", "demo", "local", "us-east-1", 1)
    assert one != naming.shared_slug("222222222222", "demo", "local", "us-east-1", 1)


@given(ids.filter(lambda one: one not in naming.RESERVED))
def test_what_the_pattern_allows_has_no_complaint(tenant: str) -> None:
    assert not list(naming.complaints(tenant))


@pytest.mark.parametrize(
    ("tenant", "why", "nearest"),
    [
        ("Acme", "upper case is not allowed", "acme"),
        ("acme--eu", "two hyphens in a row are not allowed", "acme-eu"),
        ("acme-", "it starts or ends with the wrong character", "acme"),
        ("1acme", "it starts or ends with the wrong character", "acme"),
        ("acme_eu", "it has other characters than letters, digits and hyphens", "acme-eu"),
        ("ab", "2 characters are too few", ""),
        ("a" * 31, "31 characters are too many", "a" * 30),
        ("shared", "`shared` is a reserved word", "shared-1"),
    ],
)
def test_each_fault_of_an_id_is_said_with_the_nearest_that_would_do(tenant: str, why: str, nearest: str) -> None:
    assert [(one.why, one.nearest) for one in naming.complaints(tenant)] == [(why, nearest)]


@given(st.text(max_size=40))
def test_the_nearest_id_is_always_a_valid_one(wrong: str) -> None:
    nearest = naming.nearest_id(wrong)
    assert not nearest or not list(naming.complaints(nearest))


def test_a_secret_must_not_end_like_the_suffix_that_aws_adds() -> None:
    assert not LIMITS["secret"].allows("demo-local-database-secret")
