"""ACM: certificates that are proven by DNS, and the wait until one is issued."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

from engine.providers.aws import shapes, tags
from engine.providers.aws.finding import carries, identity
from engine.providers.aws.table import Handle, Kind, Object, Prop, Row, State, Tagset
from engine.providers.aws.values import same_lower
from engine.providers.port import CheckFailure, Props, ProviderError

_FAILED: Final = frozenset({"FAILED", "VALIDATION_TIMED_OUT"})
_ISSUE_SECONDS: Final = 4500.0
_ALGORITHMS: Final = (
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
)
_LOGGING: Final = "certificateTransparencyLoggingPreference"


@dataclass(frozen=True, slots=True)
class CertificateTags:
    """Lists of tags both to set and to take away."""

    def on_create(self, tags: Tagset) -> Object:
        """A list."""
        return {"Tags": _pairs(tags)} if tags else {}

    def read(self, handle: Handle, found: Object) -> Tagset:
        """Asked for."""
        return _carried(handle, handle.id)

    def write(self, handle: Handle, old: Tagset, new: Tagset) -> None:
        """Set first, then take away."""
        if fresh := tags.changed(old, new):
            handle.api.write("acm", "AddTagsToCertificate", CertificateArn=handle.id, Tags=_pairs(fresh))
        if stale := tags.removed(old, new):
            keys = [{"Key": key} for key in stale]
            handle.api.write("acm", "RemoveTagsFromCertificate", CertificateArn=handle.id, Tags=keys)


def _pairs(carried: Tagset) -> list[dict[str, str]]:
    return tags.pairs(carried)


def _carried(handle: Handle, arn: str) -> Tagset:
    answer = handle.api.seek("acm", "ListTagsForCertificate", CertificateArn=arn)
    return tags.from_pairs((answer or {}).get("Tags"))


def _look(handle: Handle) -> Object | None:
    answer = handle.api.seek("acm", "DescribeCertificate", CertificateArn=handle.id)
    if answer is None:
        return None
    found = answer["Certificate"]
    return {**found, "FailureMessage": found.get("FailureReason")}


def _state(found: Object) -> State:
    """Made once it says by which records it is to be proven, some seconds after the create."""
    if found.get("Status") in _FAILED:
        return State.FAILED
    options = shapes.listed(found, "DomainValidationOptions")
    told = bool(options) and all(one.get("ResourceRecord") for one in options)
    return State.READY if told or found.get("Status") != "PENDING_VALIDATION" else State.BUSY


def _other_names(handle: Handle, found: Object) -> list[str]:
    """AWS counts the certificate's own name among them."""
    given = [str(name).lower() for name in cast("list[Any]", handle.inputs.get("subjectAlternativeNames") or [])]
    names = [str(name) for name in shapes.listed(found, "SubjectAlternativeNames")]
    own = str(found["DomainName"])
    return sorted(name for name in names if name != own or own in given)


def _records(_: Handle, found: Object) -> list[dict[str, Any]]:
    options = shapes.listed(found, "DomainValidationOptions")
    return [
        {
            "domainName": one["DomainName"],
            "resourceRecordName": one["ResourceRecord"]["Name"],
            "resourceRecordType": one["ResourceRecord"]["Type"],
            "resourceRecordValue": one["ResourceRecord"]["Value"],
        }
        for one in sorted(options, key=lambda one: str(one["DomainName"]))
        if one.get("ResourceRecord")
    ]


def _options(handle: Handle, found: Object) -> Any:
    """What the inputs speak of: AWS shows both options always."""
    given = cast("Props", handle.inputs.get("options") or {})
    shown = cast("Props", shapes.from_api(shapes.group(found, "Options")))
    return {name: value for name, value in shown.items() if name in given}


def _log(handle: Handle, wanted: Any) -> None:
    chosen = cast("Props", wanted or {}).get(_LOGGING) or "ENABLED"
    options = {"CertificateTransparencyLoggingPreference": chosen}
    handle.api.write("acm", "UpdateCertificateOptions", CertificateArn=handle.id, Options=options)


def _seek(handle: Handle) -> Iterator[str]:
    """ACM lists RSA keys of up to 2048 bits only, unless it is asked for more."""
    wanted = identity(handle)
    kinds = {"keyTypes": list(_ALGORITHMS)}
    for one in handle.api.pages("acm", "ListCertificates", "CertificateSummaryList", Includes=kinds):
        if same_lower(one["DomainName"], handle.inputs["domainName"]):
            arn = str(one["CertificateArn"])
            if carries(_carried(handle, arn), wanted):
                yield arn


def _faults(inputs: Props) -> list[CheckFailure]:
    if inputs.get("validationMethod", "DNS") != "DNS":
        return [CheckFailure("validationMethod", "a certificate is proven by DNS here; mail can't be answered")]
    return []


_CERTIFICATE: Final = Row(
    type="aws:acm/certificate:Certificate",
    service="acm",
    key="CertificateArn",
    props=(
        Prop("domainName", fixed=True, required=True, alike=same_lower),
        Prop("subjectAlternativeNames", live=_other_names, fixed=True, kind=Kind.SET),
        Prop("validationMethod", live=None, fixed=True, required=True),
        Prop("keyAlgorithm", fixed=True, computed=True, alike=lambda given, live: _same_algorithm(given, live)),
        Prop("options", live=_options, change=_log, fixed_parts=("export",)),
    ),
    create=("RequestCertificate", "CertificateArn"),
    look=_look,
    state=_state,
    delete="DeleteCertificate",
    busy_codes=frozenset({"ResourceInUseException"}),
    seek=_seek,
    tags=CertificateTags(),
    faults=_faults,
    outputs={
        "arn": "CertificateArn",
        "domainValidationOptions": _records,
        "status": "Status",
        "type": "Type",
        "renewalEligibility": "RenewalEligibility",
        "notBefore": "NotBefore",
        "notAfter": "NotAfter",
    },
)


def _same_algorithm(given: Any, live: Any) -> bool:
    """ACM takes RSA_2048 and answers RSA-2048."""
    return str(given).replace("-", "_") == str(live).replace("-", "_")


def _await_issue(handle: Handle, _: Object) -> str:
    arn = str(handle.inputs["certificateArn"])

    def issued() -> Object | None:
        found = handle.api.read("acm", "DescribeCertificate", CertificateArn=arn)["Certificate"]
        if found["Status"] in ("ISSUED", "PENDING_VALIDATION"):
            return found if found["Status"] == "ISSUED" else None
        why = found.get("FailureReason") or "no reason given"
        raise ProviderError(f"Certificate {arn} ended as {found['Status']}: {why}.")

    handle.api.until(issued, limit=_ISSUE_SECONDS, awaited=f"certificate {arn} is issued: are its records in DNS?")
    return arn


def _look_issued(handle: Handle) -> Object | None:
    answer = handle.api.seek("acm", "DescribeCertificate", CertificateArn=handle.id)
    found: Object | None = answer and answer["Certificate"]
    return found if found and found["Status"] == "ISSUED" else None


def _nothing(handle: Handle) -> None:
    """A wait is over once it is."""


_VALIDATION: Final = Row(
    type="aws:acm/certificateValidation:CertificateValidation",
    service="acm",
    props=(
        Prop("certificateArn", live="CertificateArn", fixed=True, required=True),
        Prop("validationRecordFqdns", live=None, fixed=True, kind=Kind.SET),
    ),
    create=_await_issue,
    look=_look_issued,
    delete=_nothing,
    awaits_gone=False,
    seek=lambda handle: [str(handle.inputs["certificateArn"])],
    create_seconds=4500,
)

ROWS: Final = (_CERTIFICATE, _VALIDATION)
