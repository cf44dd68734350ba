"""Passwords of logins: drawn once, and kept in the state, encrypted."""

from __future__ import annotations

from typing import Final

import pulumi
import pulumi_random as random

from stacks.parts.scope import Component

_LENGTH: Final = 32


def drawn(owner: Component, name: str) -> pulumi.Output[str]:
    """A password of letters and digits."""
    password = random.RandomPassword(name, length=_LENGTH, special=False, opts=owner.child())
    return pulumi.Output.secret(password.result)
