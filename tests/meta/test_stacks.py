"""The registry, the templates and the generated files hold together."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stacks import catalog
from stacks.inputs import environment, profile, reference, schema, tier
from stacks.inputs.tier import Isolations
from stacks.resources.kind import Kind
from tests.unit.stacks.given import TEMPLATES, TIERS, asked, blueprint

ROOT = Path(__file__).parents[2]
STACKS = ROOT / "stacks"
IMPURE = ("component.py", "logins.py", "slice.py", "programs/", "parts/", "shared/", "__main__.py")
SDKS = {
    "pulumi",
    "pulumi_aws",
    "pulumi_kubernetes",
    "pulumi_postgresql",
    "pulumi_random",
    "boto3",
    "botocore",
    "grpc",
    "psycopg",
    "typer",
}
KINDS = [pytest.param(kind, id=kind.name) for kind in catalog.kinds()]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def modules() -> list[Path]:
    return sorted(STACKS.rglob("*.py"))


@pytest.mark.parametrize("name", sorted(schema.ANSWERS))
def test_checked_in_schemas_of_answers_are_fresh_and_closed(name: str) -> None:
    checked_in = (ROOT / schema.ANSWERS_FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert checked_in == schema.render_answer(name), "run: python -m stacks.inputs.schema"
    assert json.loads(checked_in)["additionalProperties"] is False


@pytest.mark.parametrize("name", sorted(schema.MODELS))
def test_checked_in_schemas_are_fresh(name: str) -> None:
    checked_in = (TEMPLATES / "schema" / f"{name}.json").read_text(encoding="utf-8")
    assert checked_in == schema.render(schema.MODELS[name]), "run: python -m stacks.inputs.schema"


def test_generated_pages_are_fresh() -> None:
    hint = "run: python -m stacks.inputs.reference"
    assert (ROOT / "docs/reference/profile.md").read_text(encoding="utf-8") == reference.profile_page(), hint
    assert (ROOT / "docs/reference/quotas.md").read_text(encoding="utf-8") == reference.quotas_page(), hint
    page = reference.tiers_page(Path("tenant_templates/tiers") if Path.cwd() == ROOT else TIERS)
    assert (ROOT / "docs/reference/tiers.md").read_text(encoding="utf-8") == page, hint


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.yaml")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_template_names_its_schema_in_its_first_line(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    start = "# yaml-language-server: $schema="
    assert first.startswith(start)
    assert (path.parent / first.removeprefix(start)).resolve().is_file()


def test_every_template_can_be_used() -> None:
    for path in (TEMPLATES / "profiles").glob("*.yaml"):
        wanted = profile.load(path, tier.names(TIERS))
        assert tier.of(wanted, TIERS).tier == wanted.tier
        assert path.stem == wanted.tenant
    for path in (TEMPLATES / "environments").glob("*.yaml"):
        environment.load(path)
    for name in tier.names(TIERS):
        assert tier.versions(TIERS, name), name


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_complete(kind: Kind[object]) -> None:  # pyright: ignore[reportInvalidTypeArguments]  # any kind
    folder = STACKS / "resources" / kind.name
    assert (folder / "spec.py").is_file()
    assert (folder / "component.py").is_file()
    assert kind.name in Isolations.model_fields
    assert dataclasses.is_dataclass(kind.spec)
    assert kind.offers
    spec = blueprint(asked(members=[{"id": "ada"}])).specs[kind.name]
    claims = list(kind.claims(spec))
    assert claims
    assert all(claim.name and claim.control for claim in claims)
    assert len({claim.name for claim in claims}) == len(claims)


def test_tiers_and_catalog_know_the_same_kinds() -> None:
    assert {kind.name for kind in catalog.kinds()} == set(Isolations.model_fields)


def test_no_kind_imports_another() -> None:
    for path in (STACKS / "resources").rglob("*.py"):
        own = path.relative_to(STACKS / "resources").parts[0]
        for name in imports(path):
            parts = name.split(".")
            if parts[:2] == ["stacks", "resources"] and len(parts) > 2:
                assert parts[2] in {own, "kind", "quotas"}, f"{path} imports {name}"


def test_only_components_and_programs_know_pulumi() -> None:
    for path in modules():
        if not any(part in str(path.relative_to(STACKS)) for part in IMPURE):
            found = {name.split(".")[0] for name in imports(path)} & SDKS
            assert not found, f"{path} imports {found}"


def test_reading_and_resolving_load_no_sdk() -> None:
    code = (
        "import sys; from stacks.blueprint import diff, placement, resolve, shared; from stacks.inputs import schema;"
        "from stacks import catalog; catalog.kinds();"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'pulumi', 'grpc', 'boto3', 'typer', 'psycopg'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_no_package_of_ours_hides_one_of_python_s() -> None:
    # Pulumi's language host puts stacks/ first on sys.path.
    ours = {path.stem for path in STACKS.glob("*.py")} | {path.name for path in STACKS.iterdir() if path.is_dir()}
    assert not ours & set(sys.stdlib_module_names)


def test_every_program_can_be_imported() -> None:
    for name in ("tenant", "shared_services"):
        assert callable(importlib.import_module(f"stacks.programs.{name}").program)
