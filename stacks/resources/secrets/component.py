"""Declares a SecretsSpec."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from stacks.parts import secret
from stacks.parts.scope import Component, Scope
from stacks.parts.secret import SecretPlan
from stacks.policies import document, workload
from stacks.resources.secrets.spec import SecretsSpec


class Secrets(Component):
    """Secrets, to be filled with `fill` once there is something to log in to."""

    def __init__(self, spec: SecretsSpec, scope: Scope, key: pulumi.Output[str]) -> None:
        super().__init__("Secrets", scope)
        self.spec, self.key = spec, key
        others = workload.secret(spec.account, scope.workloads, scope.names.of("workload"))
        self.database = self._secret("database-login", spec.database, others)
        self.cache = self._secret("cache-login", spec.cache, others)
        none = workload.people(spec.account, scope.workloads)
        self.people = self._secret("database-people", spec.people, none) if spec.people else None
        self.api = self._secret("api-key", spec.api, others) if spec.api else None
        self.register_outputs({"databaseSecretArn": self.database.arn, "cacheSecretArn": self.cache.arn})

    def fill(self, made: aws.secretsmanager.Secret, role: str, login: dict[str, Any]) -> None:
        """Put what a client logs in with into a secret."""
        secret.fill(self, role, made, login)

    def _secret(self, role: str, name: str, rules: document.Document) -> aws.secretsmanager.Secret:
        scope, spec = self.scope, self.spec
        plan = SecretPlan(
            name=name,
            description=f"How workloads of tenant stack {scope.names.slug} log in",
            rules=rules,
            tags=scope.labels(spec.isolation, role),
            recovery_days=spec.recovery_days,
            protect=scope.phase.protects_services,
        )
        return secret.secret(self, role, plan, self.key)
