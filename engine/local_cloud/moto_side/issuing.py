"""A certificate is issued once the records that prove it stand in a zone here; moto issues it after a minute.

Beside that, UpdateCertificateOptions, which moto does not have.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

from engine.local_cloud import hooks


def install() -> None:
    """Hook moto's ACM. Raises hooks.MissingHook where a name is gone."""
    models: Any = importlib.import_module("moto.acm.models")
    zones: Any = importlib.import_module("moto.route53.models")
    answers: Any = importlib.import_module("moto.acm.responses").AWSCertificateManagerResponse
    nothing: Any = importlib.import_module("moto.core.responses").EmptyResult
    hooks.find(zones, "route53_backends")
    hooks.find(answers, "acm_backend")

    def update(request: Any) -> Any:
        bundle = request.acm_backend.get_certificate(request._get_param("CertificateArn"))
        bundle.cert_options.update(request._get_param("Options"))
        return nothing()

    answers.update_certificate_options = update

    def check(original: Callable[..., Any], bundle: Any) -> None:
        if bundle.type != "AMAZON_ISSUED" or bundle.status != "PENDING_VALIDATION":
            original(bundle)
            return
        options: list[dict[str, Any]] = bundle.describe()["Certificate"]["DomainValidationOptions"]
        asked = {(one["ResourceRecord"]["Name"], one["ResourceRecord"]["Value"]) for one in options}
        if asked <= set(_aliases(zones, bundle.arn.split(":")[4])):
            bundle.status = "ISSUED"

    hooks.around(models.CertBundle, "check", check)


def _aliases(zones: Any, account: str) -> Iterator[tuple[str, str]]:
    for backend in list(zones.route53_backends[account].values()):
        for zone in list(backend.zones.values()):
            for record in list(zone.rrsets):
                if record.type == "CNAME":
                    yield from ((_dotted(record.name), _dotted(value)) for value in record.records)


def _dotted(name: str) -> str:
    return name.removesuffix(".") + "."
