"""Whether a service said no, or something failed: each service's own words, as Refusal or Unclear."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from operations.isolation.model import Halted, Missing, Refusal, Unasked, Unclear

if TYPE_CHECKING:
    import psycopg

_DENIED: Final = frozenset(
    {
        "403",
        "AccessDenied",
        "AccessDeniedException",
        "AccessDeniedFault",
        "Client.UnauthorizedOperation",
        "Forbidden",
        "KMSAccessDeniedException",
        "NotAuthorized",
        "UnauthorizedException",
        "UnauthorizedOperation",
    }
)
_MISSING: Final = frozenset({"OwnershipControlsNotFoundError", "ServerSideEncryptionConfigurationNotFoundError"})
_SQL_DENIED: Final = re.compile(
    r"password authentication failed|no encryption|no pg_hba\.conf entry|pg_hba\.conf rejects|permission denied"
    r"|must be superuser|is not permitted to log in|does not have CONNECT privilege"
)
_GUARDS: Final = ("denied request", "violates PodSecurity", "exceeded quota")
"""What an admission policy, Pod Security and a quota say: another 422 is a request that nobody understood."""


@contextmanager
def of_aws() -> Generator[None]:
    """Calls of the AWS provider within."""
    from engine.providers.aws.faults import CloudRefused
    from engine.providers.port import ProviderError

    try:
        yield
    except CloudRefused as refused:
        if refused.code in _DENIED:
            raise Refusal(refused.code) from refused
        missing = refused.not_found or refused.code in _MISSING
        raise (Missing if missing else Unclear)(str(refused)) from refused
    except ProviderError as error:
        raise Unclear(str(error)) from error


@contextmanager
def of_sql() -> Generator[None]:
    """Connections and statements of psycopg within. SQLSTATE 42501 and class 28 are refusals, 23 rules on the data."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        text = " ".join(str(error).split())
        state = error.sqlstate or ""
        if state == "42501" or state.startswith("28") or (not state and _SQL_DENIED.search(text)):
            raise Refusal(_without_place(text)) from error
        if state.startswith("23"):
            raise (Halted if _of_the_table(error) else Unasked)(text) from error
        raise Unclear(text) from error


def _of_the_table(error: psycopg.Error) -> bool:
    """Whether it is a constraint of the table, which PostgreSQL tests after row security.

    It names the column or the constraint, and no domain: those are tested as the row is made, and a partition is looked
    for before policies too, as triggers run (executor/nodeModifyTable.c, ExecInsert; measured in the contract tests).
    """
    told = error.diag
    return bool(told.column_name or told.constraint_name) and not told.datatype_name


@contextmanager
def of_cache(*, clear: bool) -> Generator[None]:
    """Commands of redis within. A server that only speaks TLS hangs up on whoever speaks in clear."""
    from redis import exceptions as redis

    try:
        yield
    except (redis.AuthenticationError, redis.NoPermissionError) as error:
        raise Refusal(str(error)) from error
    except redis.ResponseError as error:
        text = str(error)
        denied = text.startswith(("NOPERM", "NOAUTH", "WRONGPASS")) or "insufficient ACL permissions" in text
        raise (Refusal if denied else Unclear)(text) from error
    except redis.RedisError as error:
        text = str(error) or type(error).__name__
        if clear and re.search(r"closed by server|reset by peer", text, re.IGNORECASE):
            raise Refusal("the server hangs up on who speaks without TLS") from error
        raise Unclear(text) from error


@contextmanager
def of_kubernetes() -> Generator[None]:
    """Requests to a cluster within."""
    from engine.providers.kubernetes.refusals import Refusal as ServerRefusal
    from engine.providers.port import ProviderError

    try:
        yield
    except ServerRefusal as refused:
        guarded = refused.status == 422 and any(words in refused.detail for words in _GUARDS)
        if refused.status in (401, 403) or guarded:
            raise Refusal(f"{refused.status}: {refused.detail.rpartition('denied request: ')[2]}") from refused
        raise (Missing if refused.status == 404 else Unclear)(str(refused)) from refused
    except ProviderError as error:
        raise Unclear(str(error)) from error


def _without_place(text: str) -> str:
    """The server's own words, without libpq's preamble of addresses: the same in each run."""
    return text.rpartition("FATAL: ")[2].strip() if "FATAL: " in text else text
