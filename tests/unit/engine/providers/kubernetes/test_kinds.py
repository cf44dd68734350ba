from __future__ import annotations

import pytest

from engine.providers.kubernetes import kinds
from engine.providers.kubernetes.kinds import Kind
from engine.providers.port import ProviderError


@pytest.mark.parametrize(
    ("token", "kind", "root", "namespaced"),
    [
        ("kubernetes:core/v1:Namespace", Kind("v1", "Namespace"), "/api/v1", False),
        ("kubernetes:core/v1:Secret", Kind("v1", "Secret"), "/api/v1", True),
        ("kubernetes:apps/v1:Deployment", Kind("apps/v1", "Deployment"), "/apis/apps/v1", True),
        (
            "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy",
            Kind("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"),
            "/apis/admissionregistration.k8s.io/v1",
            False,
        ),
        ("kubernetes:karpenter.sh/v1:NodePool", Kind("karpenter.sh/v1", "NodePool"), "/apis/karpenter.sh/v1", None),
    ],
)
def test_a_type_tells_its_kind(token: str, kind: Kind, root: str, namespaced: bool | None) -> None:
    found = kinds.of(token, {})
    assert (found, found.root, found.namespaced) == (kind, root, namespaced)


def test_a_custom_resource_says_itself_what_it_is() -> None:
    inputs = {"apiVersion": "demo.invalid/v2", "kind": "QueueList"}
    assert kinds.of("kubernetes:demo.invalid/v1:Queue", inputs) == Kind("demo.invalid/v2", "QueueList")


@pytest.mark.parametrize(
    "token",
    [
        "kubernetes:helm.sh/v3:Release",
        "kubernetes:yaml/v2:ConfigGroup",
        "kubernetes:kustomize/v2:Directory",
        "kubernetes:core/v1:ConfigMapPatch",
        "kubernetes:core/v1:ConfigMapList",
        "aws:s3/bucket:Bucket",
    ],
)
def test_what_is_no_single_object_is_refused_by_name(token: str) -> None:
    with pytest.raises(ProviderError, match=token):
        kinds.of(token, {})


def test_only_the_core_secret_is_a_secret() -> None:
    assert Kind("v1", "Secret").secret
    assert not Kind("demo.invalid/v1", "Secret").secret


def test_what_holds_others_is_never_replaced() -> None:
    assert kinds.holds_data("kubernetes:core/v1:Namespace")
    assert kinds.holds_data("kubernetes:core/v1:PersistentVolumeClaim")
    assert not kinds.holds_data("kubernetes:core/v1:ConfigMap")
