"""URNs: `urn:pulumi:<stack>::<project>::<parent types$type>::<name>`."""

from __future__ import annotations

from typing import Final

STACK_TYPE: Final = "pulumi:pulumi:Stack"
PROVIDER_PREFIX: Final = "pulumi:providers:"


def make(stack: str, project: str, parent: str, type: str, name: str) -> str:
    """The URN of a resource; the root stack resource is no part of its children's type path."""
    path = type
    if parent and type_of(parent) != STACK_TYPE:
        path = f"{parent.split('::')[2]}${type}"
    return f"urn:pulumi:{stack}::{project}::{path}::{name}"


def name_of(urn: str) -> str:
    """The resource's name: everything after the third separator (names may hold `::`)."""
    return urn.split("::", 3)[3]


def type_of(urn: str) -> str:
    """The resource's own type."""
    return urn.split("::", 3)[2].rsplit("$", 1)[-1]


def stack_of(urn: str) -> str:
    """The stack that the URN belongs to."""
    return urn.split("::", 1)[0].removeprefix("urn:pulumi:")


def package_of(type: str) -> str:
    """The package whose provider serves a type; a provider resource is served by the package it names."""
    if type.startswith(PROVIDER_PREFIX):
        return type.removeprefix(PROVIDER_PREFIX)
    return type.split(":", 1)[0]


def is_provider(type: str) -> bool:
    """Whether the type is a provider itself."""
    return type.startswith(PROVIDER_PREFIX)


def reference(urn: str, id: str) -> str:
    """A provider reference: `urn::id`."""
    return f"{urn}::{id}"


def split_reference(ref: str) -> tuple[str, str]:
    """The URN and id of a provider reference."""
    urn, _, id = ref.rpartition("::")
    return urn, id
