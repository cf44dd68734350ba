"""botocore's own description of a service: its operations, protocol and errors."""

from __future__ import annotations

import functools
from typing import Any, cast

import botocore.session


@functools.cache
def service(name: str) -> Any:
    """The model of a service that botocore knows."""
    return cast("Any", botocore.session).get_session().get_service_model(name)
