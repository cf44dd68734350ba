"""What a tenant can do, and what its neighbour can't: each refusal counts only beside the success of the same call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import psycopg
from botocore.exceptions import ClientError
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

from demo.clients import Workload

_DENIED = ("AccessDenied", "AccessDeniedException")
_BODY = b"hello from the demo"


@dataclass(frozen=True, slots=True)
class Proof:
    """Who tried what, and what came of it."""

    who: str
    tries: str
    answer: str
    held: bool


def own(tenant: Workload) -> Iterator[Proof]:
    """The tenant works with what is its own."""
    yield _works(tenant, "a row in its own database", lambda: _row(tenant))
    yield _works(tenant, "SET and GET in its own cache", lambda: _entry(tenant))
    yield _works(tenant, "an object in its own bucket", lambda: _object(tenant))
    yield _works(tenant, "a word encrypted with its own key", lambda: _word(tenant))


def refused(neighbour: Workload, tenant: Workload) -> Iterator[Proof]:
    """The neighbour's credentials, on everything of the tenant."""
    yield _is_refused(neighbour, f"{tenant.tenant}'s database", lambda: neighbour.session(tenant))
    key = f"{tenant.prefix}demo"
    yield _is_refused(neighbour, f"{tenant.tenant}'s cache", lambda: neighbour.cache(tenant).get(key))
    yield _is_refused(neighbour, f"{tenant.tenant}'s object", lambda: _read(neighbour, tenant))
    yield _is_refused(
        neighbour,
        f"{tenant.tenant}'s key",
        lambda: neighbour.client("kms").encrypt(
            KeyId=tenant.outputs["keyArn"], Plaintext=_BODY, EncryptionContext=_context(tenant)
        ),
    )
    yield _is_refused(
        neighbour,
        f"{tenant.tenant}'s secret",
        lambda: neighbour.client("secretsmanager").get_secret_value(SecretId=tenant.outputs["databaseSecretArn"]),
    )


def locked(tenant: Workload) -> Iterator[Proof]:
    """A model that the tenant stores is not deleted before its time, by the tenant either."""
    client, place = tenant.client("s3"), {"Bucket": tenant.outputs["modelBucket"], "Key": "demo/weights"}
    version = client.put_object(**place, Body=_BODY)["VersionId"]
    yield _works(tenant, "a model in its locked bucket", lambda: _until(client.get_object(**place)))
    yield _is_refused(tenant, "to delete that model", lambda: client.delete_object(**place, VersionId=version))


def untouched(tenant: Workload) -> Proof:
    """What the tenant wrote before its neighbour was destroyed is there."""
    return _works(tenant, "the row that it wrote before", lambda: _kept(tenant))


def _row(tenant: Workload) -> str:
    with tenant.session() as session:
        session.execute("INSERT INTO demo (said) VALUES (%s)", (_BODY.decode(),))
        row = session.execute(
            "SELECT current_user, split_part(version(), ' ', 2), count(*) FROM demo GROUP BY 1"
        ).fetchone()
        assert row is not None, "an aggregate has a row"
        assert session.pgconn.ssl_in_use, "the session is encrypted"
        return f"PostgreSQL {row[1]} as {row[0]}, over TLS"


def _kept(tenant: Workload) -> str:
    with tenant.session() as session:
        row = session.execute("SELECT count(*) FROM demo").fetchone()
        assert row is not None, "a count has a row"
        assert row[0] > 0, "the row is gone"
        return f"{row[0]} there"


def _entry(tenant: Workload) -> str:
    with tenant.cache() as cache:
        key = f"{tenant.prefix}demo"
        cache.set(key, _BODY, ex=3600)
        assert cache.get(key) == _BODY, "what was set is got"
        return f"as {tenant.slug}, over TLS"


def _object(tenant: Workload) -> str:
    place = {"Bucket": tenant.outputs["dataBucket"], "Key": tenant.object_key()}
    client = tenant.client("s3")
    named = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": tenant.outputs["keyArn"]}
    client.put_object(**place, **named, Body=_BODY)
    found = client.get_object(**place)
    assert found["Body"].read() == _BODY, "what was put is got"
    key = found.get("SSEKMSKeyId")
    assert key == tenant.outputs["keyArn"], f"the object lies under {key}"
    return f"written and read, under key …{key[-8:]}"


def _until(found: Mapping[str, Any]) -> str:
    return f"{found['ObjectLockMode']} until {found['ObjectLockRetainUntilDate']:%Y-%m-%d}"


def _read(neighbour: Workload, tenant: Workload) -> Any:
    return neighbour.client("s3").get_object(Bucket=tenant.outputs["dataBucket"], Key=tenant.object_key())


def _word(tenant: Workload) -> str:
    client = tenant.client("kms")
    key, context = tenant.outputs["keyArn"], _context(tenant)
    sealed = client.encrypt(KeyId=key, Plaintext=_BODY, EncryptionContext=context)["CiphertextBlob"]
    opened = client.decrypt(CiphertextBlob=sealed, EncryptionContext=context)["Plaintext"]
    assert opened == _BODY, "what was encrypted is decrypted"
    return f"and back, under key …{key[-8:]}"


def _context(tenant: Workload) -> dict[str, str]:
    """What a tenant names where it shares its key; with its own it may."""
    return {"tenant": tenant.slug}


def _works(tenant: Workload, tries: str, attempt: Callable[[], str]) -> Proof:
    try:
        return Proof(tenant.tenant, tries, attempt(), held=True)
    except (AssertionError, ClientError, psycopg.Error, RedisError) as error:
        return Proof(tenant.tenant, tries, _short(error), held=False)


def _is_refused(neighbour: Workload, tries: str, attempt: Callable[[], Any]) -> Proof:
    """Only an answer that says no is a refusal: a timeout or a missing thing proves nothing."""
    try:
        attempt()
    except ClientError as error:
        code = str(cast("Any", error).response["Error"]["Code"])
        return Proof(neighbour.tenant, tries, f"refused: {code}", held=code in _DENIED)
    except (AuthenticationError, NoPermissionError) as error:
        return Proof(neighbour.tenant, tries, f"refused: {_short(error)}", held=True)
    except psycopg.OperationalError as error:
        said = next((each for each in _NOT_LET_IN if each in str(error)), "")
        return Proof(neighbour.tenant, tries, f"refused: {said or _short(error)}", held=bool(said))
    except RedisError as error:
        return Proof(neighbour.tenant, tries, _short(error), held=False)
    return Proof(neighbour.tenant, tries, "was let in", held=False)


_NOT_LET_IN = ("password authentication failed", "permission denied for database")


def _short(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 60 else f"{text[:59]}…"
