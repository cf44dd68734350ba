"""What `pulumi up` at the root of the project runs: the stack's configuration -> blueprint -> program."""

from __future__ import annotations

import json
from pathlib import Path

import pulumi

from stacks.blueprint import model, shared
from stacks.blueprint.phase import parse
from stacks.programs import shared_services, tenant

config = pulumi.Config("tenants")
data = json.loads(Path(config.require("blueprint")).read_text(encoding="utf-8"))
phase = parse(config.get("phase") or "live")

if "tenant" in data:
    tenant.program(model.from_json(data), phase)()
else:
    shared_services.program(shared.from_json(data), phase)()
