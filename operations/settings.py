"""What a person or a pipeline chose: the home, the environment, the folders, the engine. Read once, at the edge."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import platformdirs

import stacks

PACKAGED = Path(stacks.__file__).resolve().parent.parent / "tenant_templates"
"""The templates that come with the tool; used where the working directory has none."""


def default_home() -> Path:
    """The user's data folder for this tool."""
    return Path(platformdirs.user_data_dir("tenant", appauthor=False))


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the tool writes is under `home`. `engine` is empty where the environment's file decides."""

    home: Path
    environment: str
    profiles: Path
    engine: str = ""

    @property
    def registry_file(self) -> Path:
        """Records, runs and leases."""
        return self.home / "registry.sqlite"

    @property
    def state(self) -> Path:
        """Pulumi's states, where the environment keeps them in files."""
        return self.home / "state"

    @property
    def workspaces(self) -> Path:
        """Working folders of the Automation API."""
        return self.home / "workspaces"

    @property
    def local_cloud(self) -> Path:
        """The local cloud's own home."""
        return self.home / "local-cloud"

    @property
    def secrets(self) -> Path:
        """The environment's key and passphrase."""
        return self.home / "environments" / self.environment

    @property
    def environments(self) -> Path:
        """Environment files: beside the profiles, else those that come with the tool."""
        return self._templates("environments")

    @property
    def tiers(self) -> Path:
        """Tier files: beside the profiles, else those that come with the tool."""
        return self._templates("tiers")

    def _templates(self, folder: str) -> Path:
        own = self.profiles.resolve().parent / folder
        # a folder of this name without YAML is something else: the keys below a home, say
        found = own if any(own.glob("**/*.yaml")) else PACKAGED / folder
        # told as profiles are: from the working directory, where it is below that
        here = Path.cwd()
        return found.relative_to(here) if found.is_relative_to(here) else found
