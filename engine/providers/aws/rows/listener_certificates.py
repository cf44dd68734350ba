"""Elastic Load Balancing: certificates that a listener shows beside its own, each for the names that it holds."""

from __future__ import annotations

from typing import Final

from engine.providers.aws.rows.balancers import ELB
from engine.providers.aws.table import Handle, Object, Prop, Row
from engine.providers.port import Props


def _id(inputs: Props) -> str:
    return f"{inputs['listenerArn']}_{inputs['certificateArn']}"


def _parts(handle: Handle) -> tuple[str, str]:
    listener, _, certificate = handle.id.partition("_")
    return listener, certificate


def _pair(handle: Handle) -> Object:
    listener, certificate = _parts(handle)
    return {"ListenerArn": listener, "Certificates": [{"CertificateArn": certificate}]}


def _add(handle: Handle, _: Object) -> str:
    inputs = handle.inputs
    added = [{"CertificateArn": inputs["certificateArn"]}]
    handle.api.write(ELB, "AddListenerCertificates", ListenerArn=inputs["listenerArn"], Certificates=added)
    return _id(inputs)


def _look(handle: Handle) -> Object | None:
    """The listener's own certificate is told among them, and is none of these."""
    listener, certificate = _parts(handle)
    if handle.api.seek(ELB, "DescribeListeners", ListenerArns=[listener]) is None:
        return None
    shown = handle.api.pages(ELB, "DescribeListenerCertificates", "Certificates", ListenerArn=listener)
    if any(one["CertificateArn"] == certificate and not one.get("IsDefault") for one in shown):
        return {"listenerArn": listener, "certificateArn": certificate}
    return None


def _remove(handle: Handle) -> None:
    handle.api.remove(ELB, "RemoveListenerCertificates", **_pair(handle))


ROWS: Final = (
    Row(
        type="aws:lb/listenerCertificate:ListenerCertificate",
        service=ELB,
        props=(
            Prop("listenerArn", live="listenerArn", fixed=True, required=True),
            Prop("certificateArn", live="certificateArn", fixed=True, required=True),
        ),
        create=_add,
        look=_look,
        delete=_remove,
        seek=lambda handle: [_id(handle.inputs)],
        delete_before_replace=True,
    ),
)
