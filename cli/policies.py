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


def write(made: DeployerPolicy, folder: Path) -> None:
    """A file for each part. Raises BadInput where they can't be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, part in made.parts.items():
            (folder / f"{name}.json").write_text(_json(part), encoding="utf-8")
    except OSError as error:
        raise BadInput(f"The policy can't be written into {folder}.", why=error.strerror or str(error)) from error


def notes(made: DeployerPolicy, folder: Path | None) -> None:
    """What to know of it, on stderr: a pipe takes the policy alone."""
    number, characters = len(made.parts), deployer.size(made.whole)
    where = f"They are in {folder}." if folder else "`--into DIR` writes them."
    sys.stderr.write(
        f"{characters} characters: {number} managed policies of at most {made.limit} each. {where}\n"
        f"{len(made.dependent)} actions are asked by AWS on behalf of others, and by no emulator: "
        "docs/reference/permissions.md.\n"
    )


def _json(policy: Document) -> str:
    return json.dumps(policy, indent=2) + "\n"
