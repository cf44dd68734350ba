"""One resource's whole life, run by whoever may or may not do all of it."""

from __future__ import annotations

from typing import Any

from engine.providers.aws.provider import ConfiguredAws
from engine.providers.aws.rows import ROWS
from engine.providers.port import Call, Props, ProviderError, Secret
from tests.contract.providers.aws.case import Case, Live
from tests.contract.providers.aws.world import World, resource


class Life:
    """A case's resource, made, looked at, changed, tagged anew and deleted by `actor`; `world` is what it needs."""

    def __init__(self, world: World, case: Case, actor: ConfiguredAws) -> None:
        self._world, self._case, self._actor = world, case, actor
        module, name = case.type.split(":")[1].split("/")
        stem = f"{module}-{name}{case.label}".lower().replace("replicationgroup", "rg")
        self._thing = resource(case.type, world.unique(stem)[-40:].lstrip("-0123456789"))
        self.inputs = world.checked(case.type, self._thing.name, case.inputs(world, self._thing.name))
        self.id, self.outputs = "", Props()

    def run(self) -> None:
        """All of it. Raises ProviderError where the actor is refused."""
        made = self._actor.create(self._thing, self.inputs, Call(timeout=60))
        self.id, self.outputs = made.id, opened(made.outputs)
        self._look()
        for meddle in self._case.drift.values():
            meddle(self._world, Live(self.id, self.inputs, self.outputs))
            self._mend()
        if self._case.update:
            self._change(self._case.update(self._world, self.inputs))
        if ROWS[self._case.type].tags:
            tags: dict[str, Any] = self.inputs["tags"]
            self._change({"tags": {**tags, "extra": "yes"}})
            self._change({"tags": tags})
        self._actor.find(self._thing, self.inputs)
        self._look()
        self._actor.delete(self._thing, self.id, self.inputs, self.outputs, Call(timeout=60))

    def end(self, root: ConfiguredAws) -> None:
        """Remove what an unfinished life left, as root."""
        if not self.id:
            try:
                found = root.find(self._thing, self.inputs)
            except ProviderError:
                return
            if found is None:
                return
            self.id, self.outputs = found.id, opened(found.outputs)
        root.delete(self._thing, self.id, self.inputs, self.outputs, Call(timeout=60))

    def _look(self) -> None:
        found = self._actor.read(self._thing, self.id, self.inputs, self.outputs)
        assert found is not None

    def _mend(self) -> None:
        """Make it as it was wanted, after somebody changed it by hand."""
        found = self._actor.read(self._thing, self.id, self.inputs, self.outputs)
        assert found is not None
        outputs = opened(found.outputs)
        mended = self._actor.update(self._thing, self.id, found.inputs, outputs, self.inputs, Call(timeout=60))
        self.outputs = opened(mended)

    def _change(self, change: Props) -> None:
        wanted = {key: value for key, value in {**self.inputs, **change}.items() if value is not None}
        checked = self._actor.check(self._thing, self.inputs, wanted, b"seed")
        assert not checked.failures, checked.failures
        outputs = self._actor.update(self._thing, self.id, self.inputs, self.outputs, checked.inputs, Call(timeout=60))
        self.inputs, self.outputs = checked.inputs, opened(outputs)


def opened(outputs: Props) -> Props:
    """As the engine hands them back: secrets unwrapped."""
    return {key: value.value if isinstance(value, Secret) else value for key, value in outputs.items()}
