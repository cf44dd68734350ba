"""Tiers of a desk's own, beside those that come with the tool."""

from __future__ import annotations

import shutil
from typing import Final

from operations.settings import PACKAGED
from tests.local.conftest import Desk

SCHEMAS: Final = "schemas"
"""The tier `standard`, whose bridge tenants have schemas of their own in one database; in version 2 with less time."""


def write(desk: Desk) -> None:
    """Beside the profiles: all that come with the tool, and one more."""
    tiers = desk.profiles.parent / "tiers"
    shutil.copytree(PACKAGED / "tiers", tiers)
    text = (tiers / "standard" / "1.yaml").read_text().replace("tier: standard", f"tier: {SCHEMAS}")
    text += "bridge_database: schema\n"
    (tiers / SCHEMAS).mkdir()
    (tiers / SCHEMAS / "1.yaml").write_text(text)
    second = text.replace("version: 1\n", "version: 2\n").replace("statement_seconds: 60", "statement_seconds: 30")
    (tiers / SCHEMAS / "2.yaml").write_text(second)
