"""The KMS key that a write to S3 names, as a condition key; MiniStack knows only the kind of encryption.

Without it a bucket policy that asks for one key would refuse that key, and would not refuse another.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any, cast

from engine.local_cloud import hooks

_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"


def install() -> None:
    """Hook what MiniStack's IAM knows of a write to S3."""
    actions = importlib.import_module("ministack.core.iam_actions")
    uploads = hooks.find(importlib.import_module("ministack.services.s3"), "_multipart_uploads")

    def with_key(original: Callable[..., Any], action: str, query: Any, path: str, headers: Any) -> Any:
        known = original(action, query, path, headers)
        return {**known, **key(_request(query, headers, uploads))} if action == "s3:PutObject" else known

    hooks.around(actions, "_s3_object_context", with_key)


def key(headers: Mapping[str, str]) -> dict[str, str]:
    """The condition key of a write with these headers; none where it names no key."""
    named = headers.get(_HEADER)
    return {f"s3:{_HEADER}": named} if named else {}


def _request(query: Mapping[str, Any], headers: Mapping[str, str], uploads: Any) -> Mapping[str, str]:
    """Headers that decide about a write: those of the upload for a part of one, which carries none of its own."""
    given: Any = query.get("uploadId")
    several = cast("list[Any]", given) if isinstance(given, list) else [given]
    upload_id = several[0] if several else None
    if not upload_id:
        return headers
    upload = uploads.get(upload_id)
    return upload["preserved_headers"] if upload and upload["requested_sse"] else {}
