"""A stack's configuration file, `Pulumi.<stack>.yaml`: values, encrypted values, and the salt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML

from engine.providers.port import Secret


class ConfigFile:
    """Reads and writes one stack's configuration."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def _load(self) -> dict[str, Any]:
        yaml: Any = YAML(typ="safe")
        return cast("dict[str, Any]", yaml.load(self._path) or {}) if self._path.exists() else {}

    def _store(self, data: Mapping[str, Any]) -> None:
        yaml: Any = YAML()
        with self._path.open("w") as file:
            yaml.dump(dict(data), file)

    @property
    def salt(self) -> str | None:
        """The salt that the secrets were encrypted with."""
        return self._load().get("encryptionsalt")

    def keep_salt(self, salt: str) -> None:
        """Remember the salt, so that the CLI opens the same secrets."""
        data = self._load()
        if data.get("encryptionsalt") != salt:
            self._store({"encryptionsalt": salt, **{k: v for k, v in data.items() if k != "encryptionsalt"}})

    def read(self, decrypt: Callable[[str], str]) -> dict[str, Any]:
        """Configuration values, secrets marked."""
        return {
            key: Secret(decrypt(sealed)) if (sealed := _sealed(value)) else value
            for key, value in _section(self._load()).items()
        }

    def write(self, pairs: Mapping[str, tuple[str, bool]], encrypt: Callable[[str], str]) -> None:
        """Set values; secret ones are encrypted."""
        data = self._load()
        config = _section(data)
        for key, (value, secret) in pairs.items():
            config[key] = {"secure": encrypt(value)} if secret else value
        self._store({**data, "config": config})

    def remove(self, keys: Sequence[str]) -> None:
        """Forget values."""
        data = self._load()
        config = {key: value for key, value in _section(data).items() if key not in keys}
        self._store({**data, "config": config})


def _section(data: Mapping[str, Any]) -> dict[str, Any]:
    return dict(data.get("config") or {})


def _sealed(value: Any) -> str:
    return str(cast("dict[str, Any]", value).get("secure", "")) if isinstance(value, dict) else ""
