"""What a command knows of the options before its name: and the bundle, built when it is first asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import typer

if TYPE_CHECKING:
    from operations.bundle import Bundle
    from operations.settings import Settings

MakeBundle: TypeAlias = Callable[["Settings", Callable[[], bool]], "Bundle"]


class Form(StrEnum):
    """How results are written."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `tenant` itself; `home` None is the user's data folder."""

    home: Path | None
    env: str
    profiles: Path
    output: Form
    engine: str
    yes: bool
    debug: bool


def _compose(settings: Settings, stopping: Callable[[], bool]) -> Bundle:
    from operations import compose

    return compose.bundle(settings, stopping)


@dataclass(frozen=True, slots=True)
class Wiring:
    """What tests replace: how the bundle is made, and whether a person sits at a terminal."""

    bundle: MakeBundle = _compose
    terminal: Callable[[], bool] = field(default=lambda: sys.stdin.isatty() and sys.stderr.isatty())


@dataclass(frozen=True, slots=True)
class Session:
    """One run of the command line."""

    options: Options
    wiring: Wiring

    @property
    def json(self) -> bool:
        """Whether the result is to be JSON."""
        return self.options.output is Form.JSON

    @property
    def settings(self) -> Settings:
        """The options as the operations want them."""
        from operations.settings import Settings, default_home

        chosen = self.options
        home = (chosen.home or default_home()).expanduser().resolve()
        return Settings(home, chosen.env, chosen.profiles, chosen.engine)

    def bundle(self, stopping: Callable[[], bool] = lambda: False) -> Bundle:
        """The environment with its adapters. Raises BadInput where its file cannot be used."""
        from operations import home

        home.prepare(self.settings.home)
        return self.wiring.bundle(self.settings, stopping)


def of(ctx: typer.Context) -> Session:
    """The session that a command runs in."""
    session = ctx.find_object(Session)
    assert session is not None
    return session


def home(ctx: typer.Context) -> Path:
    """The folder that everything is kept in. Raises BadInput where it cannot be one."""
    from operations import home as homes

    return homes.prepare(of(ctx).settings.home)
