"""Holes in the cluster."""

from __future__ import annotations

from collections.abc import Generator

from engine.providers.port import Props
from tests.local.holes import hole
from tests.local.holes.site import Site

RBAC = "rbac.authorization.k8s.io"


def _binding(role: str, subject: Props) -> Props:
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "hole"},
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
        "subjects": [subject],
    }


@hole("k8s-read-others A>B", "k8s-review-others A>B")
def account_is_bound_elsewhere(site: Site) -> Generator[None]:
    path = f"/apis/{RBAC}/v1/namespaces/{site.b.slug}/rolebindings"
    site.ask(path, "POST", _binding("view", {"kind": "ServiceAccount", "name": "workload", "namespace": site.a.slug}))
    yield
    site.ask(f"{path}/hole", "DELETE")


@hole("k8s-read-others A>B", "k8s-review-others A>B", "k8s-escalate A>B", "gpu-queue-others A>B")
def people_administer_elsewhere(site: Site) -> Generator[None]:
    path = f"/apis/{RBAC}/v1/namespaces/{site.b.slug}/rolebindings"
    site.ask(path, "POST", _binding("cluster-admin", {"kind": "Group", "name": site.a.slug, "apiGroup": RBAC}))
    yield
    site.ask(f"{path}/hole", "DELETE")


def _associated(site: Site, namespace: str, account: str, role: str) -> Generator[None]:
    """An association more in B's cluster."""
    eks, cluster = site.aws("eks"), site.b.outputs["cluster"]
    made = eks.create_pod_identity_association(
        clusterName=cluster, namespace=namespace, serviceAccount=account, roleArn=role
    )
    yield
    eks.delete_pod_identity_association(clusterName=cluster, associationId=made["association"]["associationId"])


@hole("pods-identity-own B")
def account_is_given_another_tenant_s_role(site: Site) -> Generator[None]:
    """An association gives another account of a tenant's namespace another tenant's role."""
    return _associated(site, site.b.slug, "other", site.a.role)


@hole("pods-identity-own B")
def role_is_given_outside_of_its_namespace(site: Site) -> Generator[None]:
    """An association gives an account of the namespace `default` a tenant's role."""
    return _associated(site, "default", "default", site.b.role)


@hole("pods-identity-own B")
def role_is_given_without_tags(site: Site) -> Generator[None]:
    """The association of a tenant sends no tags, by which policies tell whose pods they are."""
    eks, cluster = site.aws("eks"), site.b.outputs["cluster"]
    own = eks.list_pod_identity_associations(clusterName=cluster, namespace=site.b.slug)["associations"][0]

    def without(tags: bool) -> None:
        which = {"clusterName": cluster, "associationId": own["associationId"]}
        eks.update_pod_identity_association(**which, roleArn=site.b.role, disableSessionTags=tags)

    without(True)
    yield
    without(False)


@hole("k8s-quota B", unproven=("k8s-keep-holds B",))
def quota_removed(site: Site) -> Generator[None]:
    path = f"/api/v1/namespaces/{site.b.slug}/resourcequotas"
    before = site.ask(f"{path}/quota")
    site.ask(f"{path}/quota", "DELETE")
    yield
    _again(site, path, before)


@hole("k8s-default-deny B")
def network_policy_removed(site: Site) -> Generator[None]:
    path = f"/apis/networking.k8s.io/v1/namespaces/{site.b.slug}/networkpolicies"
    before = site.ask(f"{path}/deny-all")
    site.ask(f"{path}/deny-all", "DELETE")
    yield
    _again(site, path, before)


@hole("k8s-default-deny B")
def network_policy_opens_more(site: Site) -> Generator[None]:
    path = f"/apis/networking.k8s.io/v1/namespaces/{site.b.slug}/networkpolicies"
    everybody: Props = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{}]}
    body: Props = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "hole"},
        "spec": everybody,
    }
    site.ask(path, "POST", body)
    yield
    site.ask(f"{path}/hole", "DELETE")


@hole("k8s-restricted B", "k8s-privileged-pods B")
def namespace_takes_privileged_pods(site: Site) -> Generator[None]:
    path = f"/api/v1/namespaces/{site.b.slug}"

    def enforce(level: str) -> None:
        found = site.ask(path)
        found["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] = level
        site.ask(path, "PUT", found)

    enforce("privileged")
    yield
    enforce("restricted")


def _again(site: Site, path: str, before: Props) -> None:
    kept = {key: before["metadata"][key] for key in ("name", "labels", "annotations") if key in before["metadata"]}
    site.ask(
        path,
        "POST",
        {"apiVersion": before["apiVersion"], "kind": before["kind"], "metadata": kept, "spec": before["spec"]},
    )


@hole(
    *(f"{what} {each}" for what in ("k8s-restricted", "gpu-share-only") for each in "AB"),
    *(f"k8s-{what} {way}" for what in ("foreign-nodes", "priority") for way in ("A>B", "B>A")),
)
def admission_of_pods_only_warns(site: Site) -> Generator[None]:
    """Admission policies of pods only warn: they are the cell's, so both tenants lose them."""
    path = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings"
    names = [each["metadata"]["name"] for each in site.ask(path)["items"] if "pods" in each["spec"]["policyName"]]

    def answer(action: str) -> None:
        for name in names:
            found = site.ask(f"{path}/{name}")
            found["spec"]["validationActions"] = [action]
            site.ask(f"{path}/{name}", "PUT", found)

    answer("Warn")
    yield
    answer("Deny")
