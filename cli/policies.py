"""A deployer's policy as it is printed, and as files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stacks.errors import BadInput
from stacks.policies import deployer

if TYPE_CHECKING:
    from operations.deployer_policy import DeployerPolicy
    from stacks.inputs.environment import Environment
    from stacks.policies.document import Document


def text(made: DeployerPolicy) -> str:
    """The whole policy, as JSON."""
    return _json(made.whole)


def shape(environment: Environment, made: DeployerPolicy) -> dict[str, Any]:
    """The object of `tenant env policy --output json`."""
    return {
        "environment": environment.name,
        "role": environment.deployer_role,
        "policy": made.whole,
        "parts": [
            {"name": name, "characters": deployer.size(part), "policy": part} for name, part in made.parts.items()
        ],
        "dependent": [{"action": action, "for": list(behalf)} for action, behalf in made.dependent.items()],
    }


def write(made: DeployerPolicy, folder: Path) -> tuple[Path, ...]:
    """A file for each part; which they are. Raises BadInput where they can't be written."""
    files = {folder / f"{name}.json": _json(part) for name, part in made.parts.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, said in files.items():
            file.write_text(said, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"The policy can't be written into {folder}.", why=error.strerror or str(error)) from error
    return tuple(files)


def notes(made: DeployerPolicy) -> None:
    """What to know of it, on stderr: a pipe takes the policy alone."""
    sys.stderr.write(
        f"{deployer.size(made.whole)} characters: {len(made.parts)} managed policies of at most {made.limit} each, "
        "which `--into DIR` writes.\n"
        f"{len(made.dependent)} of its actions are asked by AWS on behalf of others, and by no emulator: "
        "docs/reference/permissions.md.\n"
    )


def _json(policy: Document) -> str:
    return json.dumps(policy, indent=2) + "\n"
