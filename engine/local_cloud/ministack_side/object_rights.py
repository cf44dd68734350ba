"""Objects under a KMS key: to write or read them takes the right on the key, for which MiniStack's S3 never asks.

To write takes kms:GenerateDataKey, to read kms:Decrypt; parts of an upload and its end are read as well (S3 API
Reference, CreateMultipartUpload). S3 encrypts in the context of the object, and of the bucket where a bucket key is in
use (S3 UserGuide, UsingKMSEncryption and bucket-key). AWS keeps with the object whether one is; MiniStack does not.
"""

from __future__ import annotations

import contextvars
import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from engine.local_cloud import hooks
from engine.local_cloud.ministack_side.key_rights import READ, WRITE, Keys, Use

Response = tuple[int, dict[str, str], bytes]
_KIND: Final = "x-amz-server-side-encryption"
_KEY: Final = f"{_KIND}-aws-kms-key-id"
_BUCKET_KEY: Final = f"{_KIND}-bucket-key-enabled"
_ENABLED: Final = re.compile(r"BucketKeyEnabled>\s*true\s*<", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """The request that S3 is serving."""

    caller: str  # access key
    method: str
    bucket: str
    key: str  # of the object that it names


_ASKED: contextvars.ContextVar[Asked | None] = contextvars.ContextVar("asked_of_s3", default=None)


def bucket_key(headers: Mapping[str, str], configuration: str) -> bool:
    """Whether a write uses a bucket key: as it says itself, else as the bucket's encryption configuration says."""
    said = headers.get(_BUCKET_KEY)
    return said.lower() == "true" if said else bool(_ENABLED.search(configuration))


def context(bucket: str, key: str, encryption: Mapping[str, str]) -> dict[str, str]:
    """What S3 binds an object to, by the headers that tell of its encryption."""
    whole = encryption.get(_BUCKET_KEY) == "true"
    return {"aws:s3:arn": f"arn:aws:s3:::{bucket}" if whole else f"arn:aws:s3:::{bucket}/{key}"}


def source(headers: Mapping[str, str]) -> tuple[str, str]:
    """Bucket and key of what is copied. Its version is behind a bare `?`; one of the key is encoded."""
    bucket, _, key = unquote(headers.get("x-amz-copy-source", "").lstrip("/").partition("?")[0]).partition("/")
    return bucket, key


class ObjectRights:
    """S3's own gates, at which it asks for keys that customers bring along, ask for rights on KMS keys too."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._s3: Any = importlib.import_module("ministack.services.s3")
        for name in ("_request_access_key", "_bucket_encryption", "_error"):
            hooks.find(self._s3, name)

    def install(self) -> None:
        """Hook them. Raises hooks.MissingHook where one is gone."""
        hooks.instead(self._s3, "_SSE_STORED_HEADERS", (*hooks.find(self._s3, "_SSE_STORED_HEADERS"), _BUCKET_KEY))
        for name, hook in (
            ("_dispatch", self._serve),
            ("_resolve_sse_write_headers", self._write),
            ("_check_sse_read_headers", self._read),
            ("_check_sse_c_copy_source", self._copy),
            ("_check_sse_c_part", self._part),
        ):
            hooks.around(self._s3, name, hook)

    def _serve(  # noqa: PLR0913 - MiniStack's call
        self,
        original: Callable[..., Response],
        method: str,
        bucket: str,
        key: str,
        headers: dict[str, str],
        body: bytes,
        query: dict[str, Any],
    ) -> Response:
        caller = self._s3._request_access_key(method, key, headers, query, body)
        # no key: another service writes for itself. Requests without a signature don't come this far
        asked = Asked(caller, method, bucket, key) if caller else None
        token = _ASKED.set(asked)
        try:
            return original(method, bucket, key, headers, body, query)
        finally:
            _ASKED.reset(token)

    def _write(
        self, original: Callable[..., tuple[Any, Response | None]], headers: dict[str, str], bucket: str
    ) -> tuple[Any, Response | None]:
        encryption, refused = original(headers, bucket)
        if refused is not None or not encryption.get(_KEY):
            return encryption, refused
        # AWS keeps the key, not the alias that it was found by
        encryption[_KEY] = self._keys.arn(encryption[_KEY]) or encryption[_KEY]
        if bucket_key(headers, self._s3._bucket_encryption.get(bucket) or ""):
            encryption[_BUCKET_KEY] = "true"
        asked = _ASKED.get()
        return encryption, self._refused(WRITE, bucket, asked.key, encryption) if asked else None

    def _read(
        self, original: Callable[..., Response | None], headers: dict[str, str], stored: dict[str, Any]
    ) -> Response | None:
        refused = original(headers, stored)
        asked = _ASKED.get()
        if refused is not None or asked is None:
            return refused
        # of a HEAD only the checksums are encrypted
        if asked.method == "HEAD" and headers.get("x-amz-checksum-mode", "").upper() != "ENABLED":
            return None
        return self._refused(READ, asked.bucket, asked.key, stored.get("preserved_headers", {}))

    def _copy(
        self, original: Callable[..., Response | None], headers: dict[str, str], stored: dict[str, Any]
    ) -> Response | None:
        refused = original(headers, stored)
        return refused or self._refused(READ, *source(headers), stored.get("preserved_headers", {}))

    def _part(
        self, original: Callable[..., Response | None], headers: dict[str, str], upload: dict[str, Any]
    ) -> Response | None:
        refused = original(headers, upload)
        return refused or self._refused(READ, upload["bucket"], upload["key"], upload["preserved_headers"])

    def _refused(self, action: str, bucket: str, key: str, encryption: Mapping[str, str]) -> Response | None:
        """S3's answer to whoever may not use the key. None where there is nothing to ask, or nobody."""
        asked = _ASKED.get()
        arn = self._keys.arn(encryption.get(_KEY)) if asked else None
        if asked is None or arn is None:
            return None
        why = self._keys.refusal(asked.caller, Use("s3", action, arn, context(bucket, key, encryption)))
        return self._s3._error("AccessDenied", why, 403, f"/{bucket}/{key}") if why else None
