"""JSON Schemas of the files people edit, made from the models: `python -m stacks.inputs.schema [FOLDER]`.

Editors complete and check against them as one types; a test keeps the checked-in files fresh.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from stacks.inputs.document import Sourced
from stacks.inputs.environment import Environment
from stacks.inputs.profile import Profile
from stacks.inputs.tier import Tier

ANSWERS_FOLDER: Final = Path("docs/reference/json")
ANSWERS: Final[dict[str, type[Sourced]]] = {"env-show": Environment, "tier-show": Tier}
"""Commands whose JSON is a file with its defaults."""

FOLDER: Final = Path("tenant_templates/schema")
MODELS: Final[dict[str, type[Sourced]]] = {"environment": Environment, "profile": Profile, "tier": Tier}


def render(model: type[Sourced]) -> str:
    """A model's JSON Schema as text, the same each time."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema(by_alias=True)}
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def render_answer(name: str) -> str:
    """The JSON Schema of what a command answers that shows a file: no key is left out, and none added."""
    model = ANSWERS[name].model_json_schema(by_alias=True, mode="serialization")
    title = f"tenant {name.replace('-', ' ')}: the {name.partition('-')[0]}'s file with its defaults"
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model, "title": title}
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def write_answers(folder: Path) -> None:
    """Write the schemas of the answers."""
    for name in ANSWERS:
        (folder / f"{name}.json").write_text(render_answer(name), encoding="utf-8")


def write(folder: Path) -> tuple[Path, ...]:
    """Write all schemas; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, model in MODELS.items():
        path = folder / f"{name}.json"
        path.write_text(render(model), encoding="utf-8")
        written.append(path)
    return tuple(written)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
    if len(sys.argv) == 1:
        write_answers(ANSWERS_FOLDER)
