"""What SNS and SQS keep as a map of attributes, each value a text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from engine.providers.aws import shapes
from engine.providers.aws.table import Object, Prop, Reader
from engine.providers.port import Props


@dataclass(frozen=True, slots=True)
class Attributes:
    """The map `Attributes` of a request that creates something."""

    service: str
    create: str

    def text(self, value: Any, where: str) -> str:
        """A value as an attribute's text. Raises shapes.Misfit."""
        attributes = shapes.input_shape(self.service, self.create).members["Attributes"]
        return str(shapes.to_api(value, attributes.value, where))

    def encode(self, props: Iterable[Prop], inputs: Props) -> Object:
        """What differs from silence: AWS refuses FIFO's attributes where there is no FIFO, even false ones."""
        given = {prop: inputs.get(prop.name) for prop in props}
        return {
            str(prop.member): self.text(value, prop.name)
            for prop, value in given.items()
            if value is not None and value != prop.default
        }


def flag(member: str) -> Reader:
    """A reader of an attribute that is yes or no."""
    return lambda _, found: found.get(member) == "true"


def number(member: str) -> Reader:
    """A reader of an attribute that is a whole number."""
    return lambda _, found: int(found[member]) if found.get(member) else None
