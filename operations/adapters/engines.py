"""Workspaces of an environment: which engine answers, where states are, what encrypts their secrets."""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from operations import home, keys
from operations.bundle import Rights
from operations.settings import Settings
from stacks.errors import BadInput, CloudUnreachable, NotBuiltYet
from stacks.inputs.environment import BackendKind, Engine, Environment, SecretsKind, Target

if TYPE_CHECKING:
    from pulumi.automation import PulumiCommand

    from engine.local_cloud import LocalCloud
    from engine.providers.aws import AwsAccess
    from engine.providers.port import Providers
    from engine.providers.reach import Reach
    from engine.workspaces import Workspaces
    from operations.isolation.ports import World
    from operations.usage.port import Meter


@dataclass(frozen=True, slots=True)
class Engines:
    """Opens workspaces with the engine of the environment, or the one chosen on the command line."""

    settings: Settings
    environment: Environment
    engine: Engine
    stopping: Callable[[], bool]

    def open(self, rights: Rights) -> Workspaces:
        """Stacks to run. Raises CloudFailed where the local cloud can't be used, BadInput without the CLI."""
        self._check_cloud()
        return self._workspaces(self._pulumi() if self.engine is Engine.PULUMI else self._embedded(rights))

    def records(self) -> Workspaces:
        """Stacks whose states are read only: needs no cloud and no CLI."""
        from engine.embedded.command import EmbeddedCommand

        return self._workspaces(EmbeddedCommand({}))

    def access(self) -> AwsAccess:
        """How AWS is reached: the local cloud as its deployer, or boto3's own chain. Raises CloudFailed."""
        from engine.providers.aws import AwsAccess

        if self._on_aws():
            return AwsAccess()
        return self._cloud().access(self.environment.deployer_role)

    def reach(self) -> Reach:
        """The way to databases: straight, with the authority of the local cloud there."""
        from engine.providers.reach import Direct

        return Direct(self._cloud().ca_file) if self.environment.target is Target.LOCAL else Direct()

    def isolation(self) -> World:
        """What verifying asks: as the local cloud's administrator, or as boto3's own chain. Raises CloudFailed.

        Clusters let in who made them: there it is the deployer who asks.
        """
        from engine.providers.aws import AwsAccess
        from operations.adapters import readings

        local = self.environment.target is Target.LOCAL
        access = self._cloud().access() if local else AwsAccess()
        return readings.world(access, self.access(), self.records, self.environment.target)

    def meter(self) -> Meter:
        """What tenants use, as the deployer, who administers clusters. Raises CloudFailed."""
        from engine.providers.reach import Direct
        from operations.adapters.clusters import Clusters
        from operations.adapters.meter import CloudMeter

        access = self.access()
        return CloudMeter(Clusters(access, Direct()), access)

    def _workspaces(self, command: PulumiCommand) -> Workspaces:
        from engine.workspaces import Workspaces

        passphrase = keys.passphrase(self.settings.secrets)
        home.prepare(self.settings.workspaces)
        return Workspaces(command, self._backend(), passphrase, self.settings.workspaces)

    def _backend(self) -> str:
        if self.environment.secrets.kind is not SecretsKind.PASSPHRASE:
            raise NotBuiltYet(
                f"Secrets of kind {self.environment.secrets.kind} are not built yet.",
                next="Use `secrets: {kind: passphrase}` in the environment's file.",
            )
        if self.environment.backend.kind is BackendKind.FILE:
            self.settings.state.mkdir(parents=True, exist_ok=True, mode=0o700)
            return self.environment.backend.url or f"file://{self.settings.state}"
        raise NotBuiltYet(
            f"A backend of kind {self.environment.backend.kind} is not built yet.",
            next="Use `backend: {kind: file}` in the environment's file.",
        )

    def _embedded(self, rights: Rights) -> PulumiCommand:
        from engine.embedded.command import EmbeddedCommand

        return EmbeddedCommand(self._providers(), fence=rights.fence, stopping=self.stopping)

    def _providers(self) -> Providers:
        """What the embedded engine makes resources with, by package. Raises CloudFailed."""
        from engine.providers.aws import AwsProvider, eks_tokens
        from engine.providers.kubernetes import KubernetesProvider
        from engine.providers.postgresql import PostgresqlProvider, RowSecurityProvider
        from engine.providers.random import RandomProvider
        from engine.providers.reach import Direct

        access, databases = self.access(), self.reach()
        return {
            "aws": AwsProvider(access),
            "kubernetes": KubernetesProvider(Direct(), eks_tokens.of(access)),
            "postgresql": PostgresqlProvider(databases),
            "random": RandomProvider(),
            "rowsecurity": RowSecurityProvider(databases),
        }

    def _pulumi(self) -> PulumiCommand:
        if shutil.which("pulumi") is None:
            raise BadInput(
                "The Pulumi CLI is not installed: there is no `pulumi` on PATH.",
                why=f"Environment {self.environment.name} is to run with the engine `pulumi`.",
                next="Install it (https://www.pulumi.com/docs/install/), or choose `--engine embedded`.",
            )
        from pulumi.automation import PulumiCommand

        from engine.embedded import backend
        from engine.workspaces import PROJECT

        backend.at(self._backend(), self.settings.workspaces).fold(PROJECT)
        os.environ["PULUMI_DEBUG_PROVIDERS"] = _row_security(
            None if self._on_aws() else self._cloud().ca_file, self.stopping
        )
        if not self._on_aws():
            # The CLI's plugins read endpoints and credentials from their environment and nowhere else.
            os.environ.update(self._cloud().environment().variables() | self._deployer())
        return PulumiCommand()

    def _deployer(self) -> dict[str, str]:
        """Credentials of the local cloud's deployer, where it has a role."""
        role = self.environment.deployer_role
        keys = self._cloud().access(role).credentials if role else None
        if keys is None or keys.token is None:
            return {}
        return {
            "AWS_ACCESS_KEY_ID": keys.key,
            "AWS_SECRET_ACCESS_KEY": keys.secret,
            "AWS_SESSION_TOKEN": keys.token,
        }

    def _check_cloud(self) -> None:
        if self.environment.target is Target.LOCAL and not self._cloud().running():
            raise CloudUnreachable(
                f"The local cloud of {self.settings.home} is not running.", next="Start it: `tenant local start`."
            )

    def _on_aws(self) -> bool:
        return self.environment.target is Target.AWS

    def _cloud(self) -> LocalCloud:
        from engine.local_cloud import LocalCloud

        return LocalCloud(self.settings.local_cloud)


@functools.cache
def _row_security(ca_file: Path | None, stopping: Callable[[], bool]) -> str:
    """The one provider of ours that has no plugin for the CLI, served by this process: once for all its stacks."""
    from engine.providers import servicer
    from engine.providers.port import Call
    from engine.providers.postgresql import RowSecurityProvider
    from engine.providers.reach import Direct

    return servicer.attached(RowSecurityProvider(Direct(ca_file)), Call(stopping=stopping))
