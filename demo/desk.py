"""Where the demo works: its home, and profiles of its own, so that editing one leaves the checkout clean."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
_PROFILES = CHECKOUT / "tenant_templates" / "profiles"
_GROWTH_GB = 100
_NODE_TYPES = {"cache.t4g.small": "cache.t4g.medium", "cache.t4g.medium": "cache.t4g.small"}


@dataclass(frozen=True, slots=True)
class Desk:
    """`home` is TENANT_HOME; `borrowed` says that the user chose it, so that it is theirs to remove."""

    home: Path
    borrowed: bool

    @classmethod
    def at(cls, variables: Mapping[str, str]) -> Desk:
        """The user's home where one is named, else `.demo/`."""
        chosen = variables.get("TENANT_HOME")
        return cls(Path(chosen).resolve(), borrowed=True) if chosen else cls(CHECKOUT / ".demo", borrowed=False)

    @property
    def profiles(self) -> Path:
        """The demo's copies. Not directly in the home, which has a folder `environments` of another kind."""
        return self.home / "tenants" / "profiles"

    @property
    def log(self) -> Path:
        """What commands said of their progress, where no terminal shows it."""
        return self.home / "tenants" / "demo.log"

    def profile(self, tenant: str) -> Path:
        """The file to edit."""
        return self.profiles / f"{tenant}.yaml"

    @property
    def environment(self) -> Path:
        """The demo's copy of the environment, found beside the profiles."""
        return self.profiles.parent / "environments" / "local.yaml"

    @property
    def policies(self) -> Path:
        """Where the deployer's policies are written."""
        return self.profiles.parent / "policies"

    def bind(self, role: str) -> None:
        """Lay out the environment as it comes with the checkout, with this role as its deployer."""
        text = (_PROFILES.parent / "environments" / "local.yaml").read_text(encoding="utf-8")
        self.environment.parent.mkdir(parents=True, exist_ok=True)
        self.environment.write_text(f"{text}deployer_role: {role}\n", encoding="utf-8")

    def put(self, tenant: str) -> None:
        """Lay out the example profile as it comes with the checkout."""
        self.profiles.mkdir(parents=True, exist_ok=True)
        shutil.copy(_PROFILES / f"{tenant}.yaml", self.profile(tenant))
        # profiles name it relative to themselves
        shutil.copytree(_PROFILES.parent / "schema", self.profiles.parent / "schema", dirs_exist_ok=True)

    def grow(self, tenant: str) -> list[tuple[str, str]]:
        """Edit the profile: a bigger disk, another cache node. The changed lines, before and after."""
        file = self.profile(tenant)
        before = file.read_text(encoding="utf-8")
        after = re.sub(
            r"(?ms)^(database:.*?storage_gb: )(\d+)", lambda found: f"{found[1]}{int(found[2]) + _GROWTH_GB}", before
        )
        after = re.sub(r"(?m)^(\s+node_type: )(\S+)", lambda found: found[1] + _NODE_TYPES[found[2]], after)
        file.write_text(after, encoding="utf-8")
        pairs = zip(before.splitlines(), after.splitlines(), strict=True)
        return [(old.strip(), new.strip()) for old, new in pairs if old != new]

    def clear(self) -> None:
        """Remove everything, unless the home is the user's own."""
        if not self.borrowed:
            shutil.rmtree(self.home, ignore_errors=True)
