"""Random values for the embedded engine. Nothing lives outside of the state: there is nothing to read, find, delete."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from engine.providers.port import (
    UNKNOWN,
    Call,
    ChangeKind,
    Checked,
    CheckFailure,
    Created,
    Diff,
    Found,
    PropertyChange,
    Props,
    ProviderError,
    Resource,
    Secret,
)
from engine.providers.random import draw
from engine.providers.random import inputs as tables

_OF_THE_ENGINE = frozenset({"version", "pluginDownloadURL", "pluginChecksums", "__internal"})
_RESULTS = {
    tables.PASSWORD: ("result",),
    tables.STRING: ("result",),
    tables.ID: ("b64Std", "b64Url", "dec", "hex"),
}
_PASSWORD_ID = "none"  # noqa: S105 - the official provider's id of every password: ids are not secret


class RandomProvider:
    """RandomPassword, RandomString, RandomId. A password's `bcryptHash` is not made, and absent from the outputs."""

    package = "random"
    version = version("pulumi-random")

    def check_config(self, config: Props) -> Sequence[CheckFailure]:
        """The provider has no configuration."""
        return tuple(
            CheckFailure(key, "no such setting; there are none") for key in sorted(config.keys() - _OF_THE_ENGINE)
        )

    def diff_config(self, olds: Props, news: Props) -> Diff:
        """The provider has no configuration."""
        return Diff()

    def configure(self, config: Props) -> ConfiguredRandom:
        """The one provider there is."""
        return ConfiguredRandom()

    def holds_data(self, type: str) -> bool:
        """None does: a new password is what `keepers` are for."""
        return False


class ConfiguredRandom:
    """Draws once at create; every change of an input draws anew, as a replacement."""

    def check(self, resource: Resource, olds: Props | None, news: Props, seed: bytes) -> Checked:
        """Refuse unknown properties and lengths that can't hold what has to be in them."""
        if resource.type not in tables.TABLES:
            return Checked(
                news, (CheckFailure("", f"{resource.type} is not built; there are {', '.join(tables.TABLES)}"),)
            )
        given = {key: value for key, value in news.items() if value is not None and key != "__defaults"}
        return Checked(given, tuple(tables.faults(resource.type, given)))

    def diff(self, resource: Resource, id: str, old_inputs: Props, old_outputs: Props, news: Props) -> Diff:
        """Any change replaces."""
        olds, goal = tables.complete(resource.type, old_inputs), tables.complete(resource.type, news)
        return Diff(
            tuple(
                PropertyChange(key, _kind(olds[key], goal[key]), replace=True)
                for key in goal
                if goal[key] is UNKNOWN or olds[key] != goal[key]
            )
        )

    def preview(self, resource: Resource, news: Props, old_outputs: Props | None) -> Props:
        """The inputs, and what was drawn, once it is."""
        drawn = {key: (old_outputs or {}).get(key, UNKNOWN) for key in _RESULTS[resource.type]}
        return tables.complete(resource.type, news) | _marked(resource, drawn)

    def create(self, resource: Resource, inputs: Props, call: Call) -> Created:
        """Draw."""
        wanted = tables.complete(resource.type, inputs)
        if resource.type == tables.ID:
            id, drawn = draw.id(wanted["byteLength"], wanted["prefix"] or "")
        else:
            result = draw.characters(wanted)
            id, drawn = (_PASSWORD_ID if resource.type == tables.PASSWORD else result), {"result": result}
        return Created(id, wanted | _marked(resource, drawn))

    def read(self, resource: Resource, id: str, inputs: Props, outputs: Props) -> Found | None:
        """What the state says."""
        return Found(
            id,
            inputs,
            outputs | _marked(resource, {key: outputs[key] for key in _RESULTS[resource.type] if key in outputs}),
        )

    def update(
        self, resource: Resource, id: str, old_inputs: Props, old_outputs: Props, news: Props, call: Call
    ) -> Props:
        """Never needed, as every change replaces. Raises ProviderError."""
        raise ProviderError(f"A {resource.name} that was drawn can't be changed, only drawn anew.")

    def delete(self, resource: Resource, id: str, inputs: Props, outputs: Props, call: Call) -> None:
        """Nothing is there."""

    def find(self, resource: Resource, inputs: Props, known: frozenset[str] = frozenset()) -> Found | None:
        """Nothing outlives an interrupted create."""
        return None

    def invoke(self, token: str, args: Props) -> Props:
        """There are no data sources. Raises ProviderError."""
        raise ProviderError(f"The data source {token} is not built.")


def _kind(old: object, new: object) -> ChangeKind:
    return ChangeKind.ADD if old is None else ChangeKind.DELETE if new is None else ChangeKind.UPDATE


def _marked(resource: Resource, drawn: Props) -> Props:
    """A password's result is secret by nature."""
    if resource.type != tables.PASSWORD:
        return drawn
    return {key: value if value is UNKNOWN else Secret(value) for key, value in drawn.items()}
