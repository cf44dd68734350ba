"""A certificate for a public name, proven by a record in the domain's zone."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from stacks.inputs.fields import Isolation
from stacks.parts.scope import Component

_PROOF_SECONDS = 60


def proven(
    owner: Component, role: str, isolation: Isolation, host: str, zone_id: pulumi.Input[str]
) -> pulumi.Output[str]:
    """ARN of the certificate, once ACM has issued it."""
    certificate = aws.acm.Certificate(
        role,
        domain_name=host,
        validation_method="DNS",
        tags=owner.scope.labels(isolation, role),
        opts=owner.child(),
    )
    asked = certificate.domain_validation_options[0]
    proof = aws.route53.Record(
        f"{role}-proof",
        zone_id=zone_id,
        name=asked.resource_record_name,
        type=asked.resource_record_type,
        records=[asked.resource_record_value],
        ttl=_PROOF_SECONDS,
        opts=owner.child(),
    )
    issued = aws.acm.CertificateValidation(
        role, certificate_arn=certificate.arn, validation_record_fqdns=[proof.fqdn], opts=owner.child()
    )
    return issued.certificate_arn
