"""Inputs that tests start from: the templates, and profiles with some keys changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stacks.blueprint import placement, resolve
from stacks.blueprint.facts import Facts
from stacks.blueprint.model import Blueprint
from stacks.inputs import environment, profile, tier
from stacks.inputs.environment import Environment
from stacks.inputs.profile import Profile
from stacks.inputs.tier import Tier

TEMPLATES = Path(__file__).parents[3] / "tenant_templates"
TIERS = TEMPLATES / "tiers"
KEY = b"a key for tests"


def local() -> Environment:
    return environment.load(TEMPLATES / "environments" / "local.yaml")


def named(name: str) -> Profile:
    return profile.load(TEMPLATES / "profiles" / f"{name}.yaml", tier.names(TIERS))


def asked(**changes: Any) -> Profile:
    """A valid enterprise profile with these keys changed."""
    keys: dict[str, Any] = {
        "apiVersion": "tenant/v1",
        "tenant": "acme",
        "tier": "enterprise",
        "size": "small",
        "region": "us-east-1",
        "owner": "someone@example.com",
        "cost_center": "CC-1",
        "data_classification": "internal",
    }
    return Profile.model_validate({**keys, **changes})


def silo() -> Tier:
    return tier.load_version(TIERS, "enterprise", 1)


def facts_of(wanted: Profile, *taken: Facts, incarnation: int = 1) -> Facts:
    return placement.place(wanted, silo(), local(), placement.Claims(taken), KEY, incarnation)


def blueprint(wanted: Profile, facts: Facts | None = None) -> Blueprint:
    return resolve.tenant(wanted, silo(), local(), facts or facts_of(wanted))
