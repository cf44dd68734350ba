"""The AWS SDK of this process: one session, so that models and endpoints are read from their files once.

A session of its own for each client costs a third of a second of CPU each, most of it for the list of endpoints.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Any, cast

_LOCK = threading.Lock()


@cache
def model(service: str) -> Any:
    """botocore's model of a service: its operations and their shapes."""
    return _models().get_service_model(service)


def client(service: str, **how: Any) -> Any:
    """A boto3 client. Clients may be used by several threads at once, and made by one only (boto3, Session)."""
    with _LOCK:
        return _session().client(service, **how)


@cache
def _session() -> Any:
    import boto3

    return cast("Any", boto3).Session(botocore_session=_models())


@cache
def _models() -> Any:
    # Imported here: botocore costs 0.2 s and 20 MB, and importing the provider must stay cheap.
    import botocore.session

    return cast("Any", botocore.session).get_session()
