"""Rows of provider resources: explicit ones as programs declare them, default ones as resources need them."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.embedded import stamps, steps, urns
from engine.embedded.context import Context
from engine.embedded.goals import Goal, row_of
from engine.embedded.plugins import BUILTIN
from engine.embedded.snapshot import Row
from engine.providers.port import Diff, Props, ProviderError


class ProviderRows:
    """Provider rows of one run. `config` is the stack's configuration, `package:key` -> value."""

    def __init__(self, context: Context, config: Mapping[str, Any]) -> None:
        self._context, self._config = context, config
        self._lock = threading.Lock()
        self._defaults: dict[str, Row] = {}

    def explicit(self, urn: str, goal: Goal) -> Row:
        """Register a provider that the program declares. Raises ProviderError, NoProviderError."""
        package = urns.package_of(goal.type)
        inputs = {**goal.inputs, "version": goal.version} if goal.version else goal.inputs
        self._refuse_bad_config(package, inputs)
        old = self._context.journal.old(urn)
        asked = steps.with_ignored(inputs, old.inputs if old else None, goal.ignore_changes)
        row = replace(row_of(urn, goal, asked, provider=""), outputs=asked)
        return self._settled(row, old)

    def serving(self, reference: str, type: str, version: str) -> Row:
        """The provider row that serves a resource: the one it names, or its package's default."""
        if reference:
            row = self._context.provider_row(reference)
            if row is None:
                raise ProviderError(f"provider {reference} has not been declared")
            return row
        return self._default(urns.package_of(type), version)

    def _default(self, package: str, version: str) -> Row:
        name = "default" if package == BUILTIN else self._default_name(package, version)
        with self._lock:
            if name in self._defaults:
                return self._defaults[name]
            stack = self._context.name
            type = urns.PROVIDER_PREFIX + package
            urn = urns.make(stack.stack, stack.project, "", type, name.removeprefix(f"{package}/"))
            prefix = f"{package}:"
            inputs: Props = {
                key.removeprefix(prefix): value for key, value in self._config.items() if key.startswith(prefix)
            }
            if version and package != BUILTIN:
                inputs["version"] = version
                self._refuse_bad_config(package, inputs)
            row = Row(urn=urn, type=type, custom=True, inputs=inputs, outputs=inputs)
            self._defaults[name] = self._settled(row, self._context.journal.old(urn))
            return self._defaults[name]

    def _default_name(self, package: str, version: str) -> str:
        named = version or self._context.plugins.default_version(package)
        suffix = "_" + named.replace(".", "_") if named else ""
        return f"{package}/default{suffix}"

    def _refuse_bad_config(self, package: str, inputs: Props) -> None:
        if failures := self._context.plugins.check_config(package, inputs):
            raise ProviderError(f"provider {package}: {'; '.join(failures)}")

    def _settled(self, row: Row, old: Row | None) -> Row:
        package = urns.package_of(row.type)
        diff = Diff()
        if old is not None and package != BUILTIN:
            diff = self._context.plugins.diff_config(package, old.inputs, row.inputs)
        if old is None or diff.replaces:
            op, row = "create", _new(row)
        else:
            op = "same" if old.inputs == row.inputs else "update"
            row = replace(row, id=old.id, created=old.created, modified=old.modified, extra=old.extra)
            row = old if row == old else replace(row, modified=stamps.now())
        self._context.started(op, row, old, row, diff)
        if old is not None and diff.replaces:
            self._context.journal.supersede(old, row, None)
        else:
            self._context.journal.settle(row, was=old)
        self._context.plugins.configure(row)
        self._context.ended(op, row, old, row, diff)
        return row


def _new(row: Row) -> Row:
    stamp = stamps.now()
    return replace(row, id=str(uuid.uuid4()), created=stamp, modified=stamp)
