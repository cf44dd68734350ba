"""Reads inputs and outputs of the supported types out of pulumi_aws and writes `declared.json`.

Run after an upgrade of pulumi-aws: `python -m engine.providers.aws.introspection`.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
from typing import Any, Final, cast

from engine.providers.aws import declared
from engine.providers.aws.rows import ROWS

_NOT_PROPERTIES: Final = frozenset({"urn", "id", "pulumi_resource_name", "pulumi_resource_type"})


def read() -> dict[str, dict[str, list[str]]]:
    """What the installed SDK declares of every type that has a row."""
    return {type: _type(type) for type in sorted(ROWS)}


def text() -> str:
    """The file's contents."""
    return json.dumps(read(), indent=1, sort_keys=True) + "\n"


def _type(type: str) -> dict[str, list[str]]:
    _, path, class_name = type.split(":")
    package = importlib.import_module("pulumi_aws." + path.split("/")[0])
    resource = getattr(package, class_name)
    module = importlib.import_module(resource.__module__)
    if not re.search(rf"^\s+'{re.escape(type)}',$", inspect.getsource(module), re.MULTILINE):
        raise LookupError(f"pulumi_aws.{path}: the class {class_name} does not register as {type}")
    types = cast("Any", importlib.import_module("pulumi._types"))
    # Where a nested type took the name `<Class>Args`, the resource's own are `<Class>InitArgs`.
    arguments = getattr(module, class_name + "InitArgs", None) or getattr(module, class_name + "Args")
    inputs = cast("dict[str, str]", types.input_type_py_to_pulumi_names(arguments))
    members = inspect.getmembers(resource, lambda member: isinstance(member, property))
    outputs = {str(getattr(member.fget, types._PULUMI_NAME, name)) for name, member in members}
    return {"inputs": sorted(inputs.values()), "outputs": sorted(outputs - _NOT_PROPERTIES)}


if __name__ == "__main__":
    declared.FILE.write_text(text())
