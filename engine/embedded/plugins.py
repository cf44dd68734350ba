"""Provider instances of a run: explicit ones, default ones, and the engine's own (`pulumi:pulumi:StackReference`)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

from engine.embedded import urns, values
from engine.embedded.snapshot import Row
from engine.providers import wire
from engine.providers.port import Configured, Diff, Found, Props, Provider, ProviderError, Providers, Secret

BUILTIN: Final = "pulumi"
STACK_REFERENCE: Final = "pulumi:pulumi:StackReference"
StackOutputs = Callable[[str], Mapping[str, Any]]


class NoProviderError(ProviderError):
    """No provider for a package in this engine; the message says which there are."""


def configuration(inputs: Props) -> Props:
    """What a provider is configured with, secrets in clear."""
    return wire.configuration(values.plain(inputs))


class Plugins:
    """Knows the providers and keeps each configured instance, by provider reference."""

    def __init__(self, providers: Providers, stack_outputs: StackOutputs) -> None:
        self._providers = providers
        self._stack_outputs = stack_outputs
        self._lock = threading.Lock()
        self._configured: dict[str, Configured] = {}

    def provider(self, package: str) -> Provider:
        """The provider of a package. Raises NoProviderError."""
        try:
            return self._providers[package]
        except KeyError:
            known = ", ".join(sorted(self._providers))
            raise NoProviderError(
                f"package {package} has no provider in the embedded engine (there are: {known})"
            ) from None

    def default_version(self, package: str) -> str:
        """The version that a default provider of the package is named after."""
        return "" if package == BUILTIN else self.provider(package).version

    def configure(self, row: Row) -> None:
        """(Re)configure the instance of a provider row."""
        package = urns.package_of(row.type)
        if package == BUILTIN:
            return
        instance = self.provider(package).configure(configuration(row.inputs))
        with self._lock:
            self._configured[urns.reference(row.urn, row.id)] = instance

    def instance(self, row: Row) -> Configured:
        """The configured instance of a provider row, configured on first use."""
        reference = urns.reference(row.urn, row.id)
        with self._lock:
            known = self._configured.get(reference)
        if known is None:
            self.configure(row)
            with self._lock:
                known = self._configured[reference]
        return known

    def holds_data(self, type: str) -> bool:
        """Whether resources of this type hold data."""
        package = urns.package_of(type)
        return package in self._providers and self._providers[package].holds_data(type)

    def check_config(self, package: str, inputs: Props) -> tuple[str, ...]:
        """Refused configuration members, as sentences."""
        failures = self.provider(package).check_config(configuration(inputs))
        return tuple(f"{failure.property}: {failure.reason}" for failure in failures)

    def diff_config(self, package: str, olds: Props, news: Props) -> Diff:
        """What a change of configuration means."""
        return self.provider(package).diff_config(configuration(olds), configuration(news))

    def read_builtin(self, type: str, id: str) -> Found:
        """Read a resource of the engine's own: a reference to another stack's outputs."""
        if type != STACK_REFERENCE:
            raise ProviderError(f"{type} is not supported by the embedded engine")
        outputs = dict(self._stack_outputs(id))
        secret = sorted(name for name, value in outputs.items() if values.has_secret(value))
        props: Props = {"name": id, "outputs": outputs, "secretOutputNames": secret}
        return Found(id=id, inputs={"name": id}, outputs=props)


def masked(value: Any) -> Any:
    """A value for output to people: secrets as `[secret]`."""
    return values.transform(value, lambda leaf: "[secret]" if isinstance(leaf, Secret) else leaf)
