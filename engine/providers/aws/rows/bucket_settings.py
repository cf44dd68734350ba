"""S3: what is set on a bucket, one row a setting. Each is put whole, so creating and updating are the same call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast

from engine.providers.aws import documents, shapes
from engine.providers.aws.faults import CloudRefused
from engine.providers.aws.finding import by_name
from engine.providers.aws.table import Handle, Kind, Object, Prop, Row, State
from engine.providers.port import CheckFailure, Props


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: its operations, the request made of inputs, and the properties made of an answer (None: not set)."""

    put: str
    get: str
    encode: Callable[[Props], Object]
    decode: Callable[[Object], Props | None]
    remove: Callable[[Handle], None]


def _row(type: str, setting: Setting, *props: Prop, faults: Callable[[Props], Any] = lambda inputs: ()) -> Row:
    def put(handle: Handle) -> None:
        handle.api.write("s3", setting.put, Bucket=handle.inputs["bucket"], **setting.encode(handle.inputs))

    def create(handle: Handle, _: Object) -> str:
        put(handle)
        return str(handle.inputs["bucket"])

    def change(handle: Handle, _: Any) -> None:
        put(handle)

    def look(handle: Handle) -> Object | None:
        answer = handle.api.seek("s3", setting.get, Bucket=handle.id)
        return None if answer is None else setting.decode(answer)

    return Row(
        type=type,
        service="s3",
        props=(
            Prop("bucket", send=None, live=lambda handle, _: handle.id, fixed=True, required=True),
            *(_settable(prop, change) for prop in props),
        ),
        create=create,
        look=look,
        state=lambda found: State.READY,
        delete=setting.remove,
        seek=by_name("bucket"),
        faults=faults,
        encode=setting.encode,
        # S3 answers reads of a removed setting with its default, not with "gone".
        awaits_gone=False,
        delete_before_replace=True,
    )


def _settable(prop: Prop, change: Callable[[Handle, Any], None]) -> Prop:
    return Prop(
        prop.name,
        send=None,
        live=prop.name if prop.live == "" else prop.live,
        default=prop.default,
        fixed=prop.fixed,
        computed=prop.computed,
        required=prop.required,
        kind=prop.kind,
        change=None if prop.fixed or prop.live is None else change,
        alike=prop.alike,
    )


def _deleting(operation: str) -> Callable[[Handle], None]:
    return lambda handle: handle.api.remove("s3", operation, Bucket=handle.id)


def _request(operation: str, member: str, value: Any) -> Object:
    return {member: shapes.to_api(value, shapes.input_shape("s3", operation).members[member])}


def _suspend(handle: Handle) -> None:
    """Versioning can't be unset, only suspended; with object lock not even that, then it stays as it is."""
    try:
        handle.api.remove(
            "s3", "PutBucketVersioning", Bucket=handle.id, VersioningConfiguration={"Status": "Suspended"}
        )
    except CloudRefused as refused:
        if refused.code != "InvalidBucketState":
            raise


_VERSIONING: Final = _row(
    "aws:s3/bucketVersioning:BucketVersioning",
    Setting(
        "PutBucketVersioning",
        "GetBucketVersioning",
        encode=lambda inputs: {"VersioningConfiguration": {"Status": inputs["versioningConfiguration"]["status"]}},
        decode=lambda answer: (
            {"versioningConfiguration": {"status": answer["Status"]}} if answer.get("Status") else None
        ),
        remove=_suspend,
    ),
    Prop("versioningConfiguration", required=True),
    faults=lambda inputs: _versioning_faults(inputs.get("versioningConfiguration")),
)


def _versioning_faults(given: Any) -> list[CheckFailure]:
    faults: list[CheckFailure] = []
    if isinstance(given, dict):
        block = cast("Props", given)
        if block.get("status") not in ("Enabled", "Suspended", None):
            faults.append(CheckFailure("versioningConfiguration.status", "Enabled or Suspended"))
        faults += [
            CheckFailure(f"versioningConfiguration.{name}", f"{name} is not supported by the embedded engine")
            for name in sorted(set(block) - {"status"})
        ]
    return faults


_BLOCKS: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

_PUBLIC_ACCESS: Final = _row(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    Setting(
        "PutPublicAccessBlock",
        "GetPublicAccessBlock",
        encode=lambda inputs: _request(
            "PutPublicAccessBlock",
            "PublicAccessBlockConfiguration",
            {name: inputs.get(name, False) for name in _BLOCKS},
        ),
        decode=lambda answer: {
            name: bool(answer["PublicAccessBlockConfiguration"].get(name[0].upper() + name[1:])) for name in _BLOCKS
        },
        remove=lambda handle: None if handle.inputs.get("skipDestroy") else _unblock(handle),
    ),
    *(Prop(name, default=False) for name in _BLOCKS),
    Prop("skipDestroy", live=None, default=False),
)


def _unblock(handle: Handle) -> None:
    handle.api.remove("s3", "DeletePublicAccessBlock", Bucket=handle.id)


def _ownership_shape() -> Any:
    controls = shapes.input_shape("s3", "PutBucketOwnershipControls").members["OwnershipControls"]
    return controls.members["Rules"].member


_OWNERSHIP: Final = _row(
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    Setting(
        "PutBucketOwnershipControls",
        "GetBucketOwnershipControls",
        encode=lambda inputs: {
            "OwnershipControls": {"Rules": [shapes.to_api(inputs["rule"], _ownership_shape(), "rule")]}
        },
        decode=lambda answer: {"rule": {"objectOwnership": answer["OwnershipControls"]["Rules"][0]["ObjectOwnership"]}},
        remove=_deleting("DeleteBucketOwnershipControls"),
    ),
    Prop("rule", required=True),
)


def encryption_rules(answer: Object) -> Props:
    """An answer as inputs: the bucket key said either way, blocked types as a list."""
    rules = cast("list[Props]", shapes.from_api(answer["ServerSideEncryptionConfiguration"]["Rules"]))
    for rule in rules:
        rule.setdefault("bucketKeyEnabled", False)
        if _BLOCKED in rule:
            rule[_BLOCKED] = shapes.listed(rule[_BLOCKED], "encryptionType")
    return {"rules": rules}


_BLOCKED: Final = "blockedEncryptionTypes"
"""Pulumi has the list itself, S3 a group around it."""


def _encryption_request(inputs: Props) -> Object:
    rules = [
        {**rule, _BLOCKED: {"encryptionType": rule[_BLOCKED]}} if rule.get(_BLOCKED) is not None else rule
        for rule in cast("list[Props]", inputs["rules"])
    ]
    return _request("PutBucketEncryption", "ServerSideEncryptionConfiguration", {"rules": rules})


def _same_encryption(given: Any, live: Any) -> bool:
    """AWS blocks encryption types that nobody spoke of, and says `false` where nothing was said."""
    if not isinstance(given, list) or not isinstance(live, list):
        return False
    pairs = list(zip(cast("list[Props]", given), cast("list[Props]", live), strict=False))
    default = "applyServerSideEncryptionByDefault"
    return len(pairs) == len(cast("list[Props]", given)) == len(cast("list[Props]", live)) and all(
        bool(mine.get("bucketKeyEnabled")) == bool(theirs.get("bucketKeyEnabled"))
        and _shown(mine.get(default)) == _shown(theirs.get(default))
        and (mine.get(_BLOCKED) is None or _blocked(mine) == _blocked(theirs))
        for mine, theirs in pairs
    )


def _blocked(rule: Props) -> set[str]:
    """`NONE` is how S3 is told to block nothing."""
    return {str(kind) for kind in shapes.listed(rule, _BLOCKED)} - {"NONE"}


def _shown(default: Any) -> Props:
    return {k: v for k, v in cast("Props", default or {}).items() if v}


_ENCRYPTION: Final = _row(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    Setting(
        "PutBucketEncryption",
        "GetBucketEncryption",
        encode=_encryption_request,
        decode=encryption_rules,
        remove=_deleting("DeleteBucketEncryption"),
    ),
    Prop("rules", required=True, alike=_same_encryption),
)


def _lifecycle_request(inputs: Props) -> Object:
    rules = [_lifecycle_rule(dict(rule)) for rule in inputs["rules"]]
    request = _request("PutBucketLifecycleConfiguration", "LifecycleConfiguration", {"rules": rules})
    if inputs.get("transitionDefaultMinimumObjectSize"):
        request["TransitionDefaultMinimumObjectSize"] = inputs["transitionDefaultMinimumObjectSize"]
    return request


def _lifecycle_rule(rule: Props) -> Props:
    """Pulumi's filter carries tags as a map, S3's as a list; a rule without a filter is about everything."""
    if rule.get("prefix") is None:
        rule["filter"] = _filter(rule.get("filter") or {"prefix": ""})
    return rule


def _filter(given: Props) -> Props:
    chosen = {k: v for k, v in given.items() if v is not None}
    if "and" in chosen:
        inner = dict(chosen["and"])
        if inner.get("tags") is not None:
            inner["tags"] = [{"key": k, "value": v} for k, v in sorted(inner["tags"].items())]
        return {"and": inner}
    return chosen


def _lifecycle_rules(answer: Object) -> Props:
    rules = cast("list[Props]", shapes.from_api(answer["Rules"]))
    for rule in rules:
        chosen = cast("Props", rule.get("filter") or {})
        if isinstance(chosen.get("and"), dict) and isinstance(chosen["and"].get("tags"), list):
            chosen["and"]["tags"] = {tag["key"]: tag["value"] for tag in chosen["and"]["tags"]}
    return {"rules": rules, "transitionDefaultMinimumObjectSize": answer.get("TransitionDefaultMinimumObjectSize")}


def _same_rules(given: Any, live: Any) -> bool:
    return _bag_of_rules(given) == _bag_of_rules(live)


def _bag_of_rules(rules: Any) -> list[str]:
    """Rules without what means nothing: empty members, an empty prefix, false, order."""
    return sorted(documents.canonical(_meaning(rule)) for rule in cast("list[Any]", rules or []))


def _meaning(value: Any) -> Any:
    if isinstance(value, dict):
        parts = {k: _meaning(v) for k, v in cast("Props", value).items()}
        return {k: v for k, v in parts.items() if v not in (None, "", [], {}, False)}
    if isinstance(value, list):
        return [_meaning(part) for part in cast("list[Any]", value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value


_LIFECYCLE: Final = _row(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    Setting(
        "PutBucketLifecycleConfiguration",
        "GetBucketLifecycleConfiguration",
        encode=_lifecycle_request,
        decode=_lifecycle_rules,
        remove=_deleting("DeleteBucketLifecycle"),
    ),
    Prop("rules", required=True, alike=_same_rules),
    Prop("transitionDefaultMinimumObjectSize", computed=True),
)

_LOGGING: Final = _row(
    "aws:s3/bucketLogging:BucketLogging",
    Setting(
        "PutBucketLogging",
        "GetBucketLogging",
        encode=lambda inputs: {
            "BucketLoggingStatus": {
                "LoggingEnabled": {
                    "TargetBucket": inputs["targetBucket"],
                    "TargetPrefix": inputs.get("targetPrefix") or "",
                }
            }
        },
        decode=lambda answer: (
            cast("Props", shapes.from_api(answer["LoggingEnabled"])) if answer.get("LoggingEnabled") else None
        ),
        remove=lambda handle: handle.api.remove("s3", "PutBucketLogging", Bucket=handle.id, BucketLoggingStatus={}),
    ),
    Prop("targetBucket", required=True),
    Prop("targetPrefix", required=True),
)

_POLICY: Final = _row(
    "aws:s3/bucketPolicy:BucketPolicy",
    Setting(
        "PutBucketPolicy",
        "GetBucketPolicy",
        encode=lambda inputs: {"Policy": inputs["policy"]},
        decode=lambda answer: {"policy": answer["Policy"]},
        remove=_deleting("DeleteBucketPolicy"),
    ),
    Prop("policy", required=True, kind=Kind.DOCUMENT),
)


def _lock(inputs: Props) -> Object:
    configuration: Props = {"objectLockEnabled": inputs["objectLockEnabled"]}
    if inputs.get("rule"):
        configuration["rule"] = inputs["rule"]
    return _request("PutObjectLockConfiguration", "ObjectLockConfiguration", configuration)


def _unlock(handle: Handle) -> None:
    """Object lock can't be switched off; its default retention can."""
    configuration = {"ObjectLockEnabled": "Enabled"}
    handle.api.remove("s3", "PutObjectLockConfiguration", Bucket=handle.id, ObjectLockConfiguration=configuration)


_OBJECT_LOCK: Final = _row(
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    Setting(
        "PutObjectLockConfiguration",
        "GetObjectLockConfiguration",
        encode=_lock,
        decode=lambda answer: cast("Props", shapes.from_api(answer["ObjectLockConfiguration"])),
        remove=_unlock,
    ),
    Prop("objectLockEnabled", default="Enabled"),
    Prop("rule"),
)

ROWS: Final = (
    _VERSIONING,
    _PUBLIC_ACCESS,
    _OWNERSHIP,
    _ENCRYPTION,
    _LIFECYCLE,
    _LOGGING,
    _POLICY,
    _OBJECT_LOCK,
)
