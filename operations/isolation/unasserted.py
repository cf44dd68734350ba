"""Numbers of the list of assertions that `tenant verify` has none for: what each asks, and what stands for it. Pure.

A line says what is so today. Where nothing stands for a number, it says that too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

LAST: Final = 95
"""The list's last number."""


@dataclass(frozen=True, slots=True)
class Unasserted:
    """What the list asks under a number, and why no assertion looks at it."""

    asks: str
    why: str


UNASSERTED: Final[Mapping[int, Unasserted]] = MappingProxyType(
    {
        17: Unasserted(
            "Requests to another region are refused.",
            "The boundary allows in the environment's region only. Tests prove that over the rendered policies; what "
            "stands in the account is not asked for it.",
        ),
        24: Unasserted(
            "Access points of one tenant's buckets refuse another tenant.",
            "The tool makes none. One that somebody else makes opens nothing: the bucket's policy still denies other "
            "tenants' roles, which `proof-s3-read` and its like prove.",
        ),
        25: Unasserted(
            "A tenant does not read audit records, and nobody deletes a locked version.",
            "The boundary denies tenants' roles both buckets of records, and tests hold its document and the "
            "bucket's policy. A delete is not tried: where it worked, a record would be gone.",
        ),
        42: Unasserted(
            "Behind a real pooler each tenant sees its own rows only.",
            "No pooler runs here: `tenant data pooler` writes the settings of one, with a pool for each login. "
            "Policies ask for the login, which a pool does not change; `pg-rows-forge` sets what a session can.",
        ),
        64: Unasserted(
            "A DaemonSet of a tenant runs on its own nodes only.",
            "Its pods are admitted as all pods are, whoever makes them: `k8s-foreign-nodes`.",
        ),
        71: Unasserted(
            "Nobody takes another one's host name, an external address or a port of nodes.",
            "A quota of none holds load balancers and node ports (`k8s-quota`), and tenants' people may make no "
            "Ingress. Listener rules of the cell's balancer and `externalIPs` of Services are looked at by nothing.",
        ),
        75: Unasserted(
            "Images of registries that are not listed are refused.",
            "It is optional in the list, and the tool keeps no list of registries.",
        ),
        81: Unasserted(
            "Nodes have a container toolkit without known holes.",
            "Which version is in an image of EKS, no API tells. Nodes are of EKS's own images; nothing stands for it.",
        ),
        86: Unasserted(
            "Policies of the organisation keep an account from leaving it or turning its trail off.",
            "The tool makes no accounts and no policies of organisations; tenants' boundary denies them `account` "
            "and `organizations`.",
        ),
        91: Unasserted(
            "After a tenant's end nothing of it is left, and none of its logins works.",
            "There is no tenant to be verified then: `tenant destroy` lists what it keeps, and a test on the local "
            "cloud counts by service what is left after a purge.",
        ),
        92: Unasserted(
            "A tenant with a former one's id gets none of its data.",
            "It gets another slug, which all names, tags and keys are made of: the same test makes the tenant again.",
        ),
        93: Unasserted(
            "The chain of audit records holds from its beginning to its signed head.",
            "The tool keeps no such chain yet. Evidence is signed, each file by itself.",
        ),
        94: Unasserted(
            "A changed, dropped or moved audit record is noticed.",
            "As 93. A changed file of evidence is noticed, and tests change them; a file that is missing is not.",
        ),
        95: Unasserted(
            "Every ordered pair of tenants is held, by classes, and the newest tenant always.",
            "It says which pairs all other assertions are tried on: tests hold the choice for any mix of tenants.",
        ),
    }
)
