"""Which AWS types the programs and components declare: read from their source, since importing them loads the SDKs."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parent


@functools.cache
def aws() -> frozenset[str]:
    """Classes of pulumi_aws that are named anywhere in the stacks, as `module.Class`: `iam.Role`, `s3.BucketArgs`."""
    return frozenset(name for file in sorted(_ROOT.rglob("*.py")) for name in _named(file.read_text(encoding="utf-8")))


def _named(source: str) -> Iterator[str]:
    """What stands as `aws.module.Class`; only files that import the SDK have it."""
    if "pulumi_aws as aws" not in source:
        return
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id="aws"), attr=module), attr=name):
                yield f"{module}.{name}"
            case _:
                pass
