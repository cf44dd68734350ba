"""What a provider could not do, as an error that is told."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from stacks.errors import CloudFailed


@contextmanager
def told(what: str, next: str = "") -> Generator[None]:
    """Calls of providers within: raises CloudFailed, with `what` was not done, for their errors."""
    from engine.providers.port import ProviderError

    try:
        yield
    except ProviderError as error:
        raise CloudFailed(what, why=str(error), next=next) from error
