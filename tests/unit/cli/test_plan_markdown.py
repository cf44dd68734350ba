"""Plans as a comment: complete, harmless, the same for the same plans, and never too long."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from cli import plan_markdown
from engine.runs import Change, Op, Outcome, PathChange, Run
from operations.cost.change import CostChange
from operations.cost.estimate import Gap, Line
from operations.lifecycle.plan_saving import Saved
from operations.reports import Considered, Planned
from stacks.errors import BadInput, Fault, Span
from tests.unit.operations.plans.given import NOON, planned

UNKNOWN = Line("acme", "database", "rds.backup", "GB-month", None, None, None, Gap.USAGE)


def change(name: str, op: Op, *paths: PathChange) -> Change:
    return Change(f"urn:pulumi:s::tenants::aws:x/y:Z::{name}", "aws:x/y:Z", name, op, paths)


def plan_of(*changes: Change) -> Planned:
    cost = CostChange(Decimal("104.00"), Decimal("115.50"), (UNKNOWN,))
    return planned(run=Run("local.tacme00001", Outcome.SUCCEEDED, changes), cost=cost)


MIXED = plan_of(
    change("alarm", Op.CREATE),
    change(
        "database", Op.UPDATE, PathChange("allocatedStorage", 200, 300), PathChange("password", "[secret]", "[secret]")
    ),
    change("policy", Op.DELETE),
    change("cache", Op.REPLACE, PathChange("tags", {"a": "b|c"}, None)),
    change("bucket", Op.SAME),
)
SAVED = Saved(Path("acme.plan"), "p20260301-120000-0001", NOON + timedelta(days=1))


def told(*answers: Considered) -> str:
    return plan_markdown.document("local", answers, {})


def one(plan: Planned) -> Considered:
    return Considered(tenant=plan.subject, file="profiles/acme.yaml", planned=plan)


def test_one_tenant() -> None:
    assert plan_markdown.document("local", [one(MIXED)], {"acme": SAVED}) == snapshot("""\
<!-- tenant plan local -->
### Plan of environment `local`: changes

#### `acme`: 1 to create, 1 to update, 1 to replace, 1 to delete; 1 stays the same

| | resource | type | changed |
|---|---|---|---|
| **delete** | `policy` | `aws:x/y:Z` |  |
| **replace** | `cache` | `aws:x/y:Z` | `tags` |
| update | `database` | `aws:x/y:Z` | `allocatedStorage`, `password` |

cost: \\$104.00 -> \\$115.50 a month (+\\$11.50); not counted: 1 billed by use

<details><summary>Before and after</summary>

| resource | property | before | after |
|---|---|---|---|
| `cache` | `tags` | <code>a=b&#124;c</code> | `nothing` |
| `database` | `allocatedStorage` | `200` | `300` |
| `database` | `password` | `[secret]` | `[secret]` |

</details>

<details><summary>1 to create</summary>

| resource | type |
|---|---|
| `alarm` | `aws:x/y:Z` |

</details>

<details><summary>Not counted in the cost</summary>

| for | dimension | why |
|---|---|---|
| database | `rds.backup` | billed by use |

</details>

Blueprint `dddddddddddd`, against version 3 of stack `local.tacme00001`.
Saved as `p20260301-120000-0001`, good until 2026-03-02 12:00 UTC.
""")


def test_several_tenants_with_what_cannot_be_planned_and_what_is_gone() -> None:
    faults = (Fault(Span("profiles/hooli.yaml", 5, 7), "size", "`gigantic` is no size", "small, medium"),)
    assert told(
        replace(one(planned(subject="acme")), why=("profile edited",)),
        Considered(
            tenant="hooli",
            file="profiles/hooli.yaml",
            error=BadInput("hooli can't be used: 1 fault.", faults=faults),
        ),
        Considered(tenant="initech", file="profiles/initech.yaml", why=("profile deleted",), gone=True),
        replace(one(planned(subject="umbrella", run=Run("s", Outcome.SUCCEEDED))), tenant="umbrella"),
    ) == snapshot("""\
<!-- tenant plan local -->
### Plan of environment `local`: 2 of 4 to change, 1 cannot be planned

| tenant | why | changes | cost a month |
|---|---|---|---|
| `acme` | profile edited | 1 to update; 0 stay the same | \\$104.00 -> \\$115.50 (+\\$11.50) |
| `hooli` |  | **cannot be planned** |  |
| `initech` | profile deleted | **profile gone; tenant still stands** |  |
| `umbrella` |  | no changes | \\$104.00 -> \\$115.50 (+\\$11.50) |

#### `acme`: 1 to update; 0 stay the same

| | resource | type | changed |
|---|---|---|---|
| update | `database` | `aws:rds/instance:Instance` | `storage` |

cost: \\$104.00 -> \\$115.50 a month (+\\$11.50)

<details><summary>Before and after</summary>

| resource | property | before | after |
|---|---|---|---|
| `database` | `storage` | `200` | `300` |

</details>

Blueprint `dddddddddddd`, against version 3 of stack `local.tacme00001`.

#### `hooli`: **cannot be planned**

```text
error: hooli can't be used: 1 fault.
  profiles/hooli.yaml:5:7: size: `gigantic` is no size. Allowed: small, medium.
```

#### `initech`: **profile gone; tenant still stands**

`initech: profile gone (profiles/initech.yaml); tenant still stands: tenant destroy initech`

#### `umbrella`: no changes

Blueprint `dddddddddddd`, against version 3 of stack `local.tacme00001`.
""")


def test_nothing_to_tell_is_told() -> None:
    assert told() == snapshot("""\
<!-- tenant plan local -->
### Plan of environment `local`: no changes

Nothing that concerns a tenant has changed.
""")


def test_a_plan_without_changes_is_short() -> None:
    text = told(one(plan_of(change("bucket", Op.SAME))))
    assert "no changes" in text
    assert "|" not in text
    assert "details" not in text


def test_changes_stand_in_the_same_order_however_they_came() -> None:
    backwards = replace(MIXED, run=replace(MIXED.run, changes=MIXED.run.changes[::-1]))
    assert told(one(MIXED)) == told(one(backwards))


@given(st.text(), st.text(), st.text())
@settings(deadline=None)
def test_nothing_of_a_profile_can_break_out_of_its_cell(path: str, before: str, after: str) -> None:
    text = told(one(plan_of(change("database", Op.UPDATE, PathChange(path, before, after)))))
    plain = told(one(plan_of(change("database", Op.UPDATE, PathChange("x", "y", "z")))))
    assert len(text.split("\n")) == len(plain.split("\n"))
    for line, usual in zip(text.split("\n"), plain.split("\n"), strict=True):
        bare = re.compile(r"(?<!\\)\|")
        assert len(bare.findall(line)) == len(bare.findall(usual))


@given(st.text(alphabet="`|\\\\ ab\n<>@&*_[", max_size=20))
@settings(deadline=None)
def test_code_holds_whatever_stands_in_it(value: str) -> None:
    span = plan_markdown.code(value)
    flat = " ".join(value.split())
    if span.startswith("`"):
        assert span == f"`{flat}`"
        assert not {"`", "|"} & set(flat)
    elif span:
        inside = span.removeprefix("<code>").removesuffix("</code>")
        assert html.unescape(inside) == flat
        assert re.fullmatch(r"([\w ]|&#\d+;)*", inside)
        assert "_" not in inside


def test_a_fault_cannot_end_its_fence() -> None:
    text = told(Considered(tenant="acme", file="f", error=BadInput("````\n</details> @all")))
    assert "`````text\n" in text


def test_what_would_not_fit_into_a_comment_leaves_details_out_and_says_so() -> None:
    many = plan_of(*(change(f"thing-{n:04}", Op.CREATE) for n in range(3000)))
    text = told(one(many))
    assert len(text) <= plan_markdown.LONGEST
    assert "Details are left out" in text
    assert "3000 to create" in text
    wide = plan_of(*(change(f"thing-{n:04}", Op.DELETE) for n in range(3000)))
    assert len(told(one(wide))) <= plan_markdown.LONGEST


def test_a_long_value_is_cut() -> None:
    text = told(one(plan_of(change("policy", Op.UPDATE, PathChange("document", "a" * 5000, "b" * 5000)))))
    assert "a" * 201 not in text
    assert "a" * 200 + "…" in text
