"""Plans to save: one whole, and strategies for any."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from engine.runs import Change, Op, Outcome, PathChange, Run
from operations.cost.change import CostChange
from operations.cost.estimate import Gap, Line
from operations.plans.model import SavedPlan
from operations.registry.model import Kind, Record, RunKind, RunRecord, Status
from operations.reports import Planned

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SEED, OTHER = b"s" * 32, b"o" * 32

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_MONEY = st.decimals(0, 10_000, places=2)
_LINES = st.builds(
    Line,
    st.just("acme"),
    st.just("database"),
    st.text(max_size=8),
    st.just("GB-month"),
    st.none() | _MONEY,
    st.none(),
    st.none(),
    st.sampled_from(Gap),
)
_PATHS = st.builds(PathChange, st.text(max_size=8), JSON, JSON)
_CHANGES = st.builds(
    Change, st.text(), st.text(), st.text(), st.sampled_from(Op), st.lists(_PATHS, max_size=2).map(tuple)
)
_TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


def planned(**changes: Any) -> Planned:
    """A plan of acme that makes its disk larger."""
    stack = changes.get("stack", "local.tacme00001")
    urn = f"urn:pulumi:{stack}::tenants::aws:rds/instance:Instance::database"
    change = Change(urn, "aws:rds/instance:Instance", "database", Op.UPDATE, (PathChange("storage", 200, 300),))
    plain: dict[str, Any] = {
        "subject": "acme",
        "stack": stack,
        "digest": "d" * 64,
        "base_serial": 3,
        "base_fingerprint": "f" * 64,
        "new": False,
        "run": Run(stack, Outcome.SUCCEEDED, (change,)),
        "cost": CostChange(Decimal("104.00"), Decimal("115.50"), ()),
        "facts": {"slug": "tacme00001"},
        "blueprint": {"tenant": "acme"},
        "incarnation": 1,
    }
    return Planned(**(plain | changes))


def saved(**changes: Any) -> SavedPlan:
    """That plan, saved at noon for a day."""
    times: dict[str, Any] = {key: changes.pop(key) for key in ("created", "expires", "account") if key in changes}
    plain: dict[str, Any] = {"created": NOON, "expires": NOON + timedelta(days=1), "account": "123456789012"}
    return SavedPlan(id="p1", environment="local", planned=planned(**changes), **(plain | times))


def record(**changes: Any) -> Record:
    """What the registry knows of acme."""
    plain: dict[str, Any] = {
        "environment": "local",
        "kind": Kind.TENANT,
        "subject": "acme",
        "incarnation": 1,
        "stack": "local.tacme00001",
        "region": "us-east-1",
        "cell": 1,
        "status": Status.ACTIVE,
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Record(**(plain | changes))


def run(**changes: Any) -> RunRecord:
    """A run of acme that began an hour after noon and went well."""
    started = changes.pop("started", NOON + timedelta(hours=1))
    plain: dict[str, Any] = {
        "id": "r1",
        "environment": "local",
        "subject": "acme",
        "incarnation": 1,
        "kind": RunKind.APPLY,
        "started": started,
        "ended": started + timedelta(minutes=1),
        "outcome": "succeeded",
    }
    return RunRecord(**(plain | changes))


@st.composite
def any_saved(draw: st.DrawFn) -> SavedPlan:
    """Any plan that could be saved, in its plain form."""
    costs = st.builds(CostChange, st.none() | _MONEY, st.none() | _MONEY, st.lists(_LINES, max_size=2).map(tuple))
    changes = tuple(draw(st.lists(_CHANGES, max_size=3)))
    return saved(
        run=Run("local.tacme00001", Outcome.SUCCEEDED, changes),
        cost=draw(costs),
        facts=draw(st.dictionaries(st.text(max_size=5), JSON, max_size=3)),
        blueprint=draw(st.dictionaries(st.text(max_size=5), JSON, max_size=3)),
        base_serial=draw(st.integers(0, 10_000)),
        new=draw(st.booleans()),
        refresh=draw(st.booleans()),
        created=draw(_TIMES),
        expires=draw(_TIMES),
    )
