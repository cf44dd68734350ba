"""A real PostgreSQL for each RDS instance: moto's RDS backend, hooked method by method.

A hook first lets moto do its part (checks, records), then makes the same true of the server, so that what moto refuses
never reaches one.
"""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from engine.local_cloud import hooks
from engine.local_cloud.moto_side.side import Side
from engine.local_cloud.servers.postgres import Postgres


class Databases:
    """The hooks, and what the rest of the process asks about instances."""

    def __init__(self, side: Side, rds: Any) -> None:
        self._side, self._rds = side, rds
        self._restoring = threading.local()

    def install(self) -> None:
        """Hook moto's backend. Raises hooks.MissingHook where a name is gone."""
        backend = self._rds.RDSBackend
        for name, hook in (
            ("create_db_instance", self._create),
            ("describe_db_instances", self._describe),
            ("modify_db_instance", self._modify),
            ("delete_db_instance", self._delete),
            ("restore_db_instance_from_db_snapshot", self._restore),
            ("restore_db_instance_to_point_in_time", self._restore_moment),
            ("create_db_snapshot", self._snapshot),
            ("copy_db_snapshot", self._copy_snapshot),
            ("delete_db_snapshot", self._delete_snapshot),
            ("stop_db_instance", self._stop),
            ("start_db_instance", self._start),
            ("reboot_db_instance", self._reboot),
            ("modify_db_parameter_group", self._modify_parameters),
            ("modify_db_subnet_group", _keep_subnet_group),
        ):
            hooks.around(backend, name, hook)
        hooks.instead(backend, "_validate_kms_key", self._validate_key)
        self._tell_real_endpoints()

    def _tell_real_endpoints(self) -> None:
        """An instance's endpoint is where its server answers, and there is none before it is available."""
        own_address = hooks.find(self._rds.DBInstance, "address").fget
        own_endpoint = hooks.find(self._rds.DBInstance, "endpoint").fget

        def address(database: Any) -> Any:
            return database.__dict__.get("real_address") or own_address(database)

        def endpoint(database: Any) -> Any:
            return None if database.status == "creating" else own_endpoint(database)

        self._rds.DBInstance.address = property(address)
        self._rds.DBInstance.endpoint = property(endpoint)

    def every(self) -> Iterator[Any]:
        """All instances that have a server."""
        for account in list(self._rds.rds_backends):
            for backend in list(self._rds.rds_backends[account].values()):
                yield from (database for database in list(backend.databases.values()) if _is_real(database))

    def logins(self) -> dict[str, tuple[str, int, str, str]]:
        """Host, port, master and password by identifier."""
        return {
            str(one.db_instance_identifier): (
                one.real_address,
                int(one.port),
                str(one.master_username),
                _password(one),
            )
            for one in self.every()
            if "real_address" in one.__dict__
        }

    def mend(self) -> None:
        """Make the wanted files say what moto's state says: a stopped instance is stopped, all others run."""
        for one in self.every():
            server = self._server(one)
            shall_run = one.status != "stopped"
            if server.folder.exists() and server.wanted_running() is not None:
                if shall_run and not server.wanted_running():
                    server.resume()
                elif not shall_run and server.wanted_running():
                    server.halt()

    def _server(self, database: Any) -> Postgres:
        return Postgres(self._side.home, database.real_name)

    def _snapshot_folder(self, backend: Any, identifier: str) -> Path:
        name = f"{backend.account_id}.{backend.region_name}.{identifier.split(':')[-1]}"
        return self._side.home.snapshots / "postgres" / name

    def _create(self, original: Callable[..., Any], backend: Any, db_kwargs: dict[str, Any]) -> Any:
        database = original(backend, db_kwargs)
        _keep_what_moto_drops(database, db_kwargs)
        if str(database.engine) != "postgres" or database.db_cluster_identifier:
            return database
        database.real_name = f"{database.account_id}.{database.region}.{database.db_instance_identifier}"
        try:
            self._bring_up(database)
        except BaseException:
            backend.databases.pop(database.db_instance_identifier)
            self._server(database).delete()
            raise
        if self._side.call.creating:
            database.status = "creating"
            database.creating_until = time.time() + self._side.call.creating
        return database

    def _bring_up(self, database: Any) -> None:
        server, source = self._server(database), getattr(self._restoring, "source", None)
        version, port = int(str(database.engine_version).split(".")[0]), int(database.port)
        if source:
            database.real_address = server.restore(source, version, port, _parameters(database)).address
            server.set_password(database.master_username, _password(database))
        else:
            database.real_address = server.create(version, port, _parameters(database)).address
            server.make_master(database.master_username, _password(database), database.db_name)

    def _describe(self, original: Callable[..., Any], backend: Any, *arguments: Any, **named: Any) -> Any:
        for database in list(backend.databases.values()):
            until = database.__dict__.get("creating_until")
            if until and time.time() >= until:
                del database.creating_until
                database.status = "available"
        return original(backend, *arguments, **named)

    def _modify(
        self, original: Callable[..., Any], backend: Any, db_instance_identifier: str, db_kwargs: dict[str, Any]
    ) -> Any:
        asked = dict(db_kwargs)  # moto takes out what it has used
        database = original(backend, db_instance_identifier, db_kwargs)
        if _is_real(database):
            if asked.get("master_user_password") or asked.get("rotate_master_user_password"):
                self._server(database).set_password(database.master_username, _password(database))
            if asked.get("db_parameter_group_name") or asked.get("db_port_number"):
                self._configure(database)
        return database

    def _modify_parameters(
        self, original: Callable[..., Any], backend: Any, db_parameter_group_name: str, *rest: Any, **named: Any
    ) -> Any:
        group = original(backend, db_parameter_group_name, *rest, **named)
        for database in list(backend.databases.values()):
            is_meant = database.db_parameter_group_name == db_parameter_group_name and database.status != "stopped"
            if _is_real(database) and is_meant:
                self._configure(database)
        return group

    def _configure(self, database: Any) -> None:
        self._server(database).configure(_parameters(database), int(database.port))

    def _delete(self, original: Callable[..., Any], backend: Any, *arguments: Any, **named: Any) -> Any:
        database = original(backend, *arguments, **named)
        if _is_real(database):
            self._server(database).delete()
        return database

    def _restore(
        self, original: Callable[..., Any], backend: Any, from_snapshot_id: str, overrides: dict[str, Any]
    ) -> Any:
        unprotected = overrides.get("deletion_protection") is False  # moto takes only overrides that are true
        source = self._snapshot_folder(backend, from_snapshot_id)
        database = self._with_source(source, lambda: original(backend, from_snapshot_id, overrides))
        if unprotected:
            database.deletion_protection = False
        return database

    def _restore_moment(
        self, original: Callable[..., Any], backend: Any, source_db_identifier: str, *rest: Any, **named: Any
    ) -> Any:
        """The latest moment only: no WAL is archived."""
        moment = self._side.home.snapshots / "postgres" / f".moment-{secrets.token_hex(4)}"
        database = backend.databases.get(source_db_identifier)
        if database is not None and _is_real(database):
            self._server(database).snapshot(moment)
        try:
            return self._with_source(moment, lambda: original(backend, source_db_identifier, *rest, **named))
        finally:
            shutil.rmtree(moment, ignore_errors=True)

    def _with_source(self, source: Path, call: Callable[[], Any]) -> Any:
        self._restoring.source = source if source.exists() else None
        try:
            return call()
        finally:
            self._restoring.source = None

    def _snapshot(
        self,
        original: Callable[..., Any],
        backend: Any,
        db_instance_identifier: str,
        db_snapshot_identifier: str,
        **named: Any,
    ) -> Any:
        snapshot = original(backend, db_instance_identifier, db_snapshot_identifier, **named)
        database = backend.databases[db_instance_identifier]
        if _is_real(database):
            try:
                self._server(database).snapshot(self._snapshot_folder(backend, db_snapshot_identifier))
            except BaseException:
                backend.database_snapshots.pop(db_snapshot_identifier, None)
                raise
        return snapshot

    def _copy_snapshot(
        self,
        original: Callable[..., Any],
        backend: Any,
        source_db_snapshot_identifier: str,
        target_db_snapshot_identifier: str,
        **named: Any,
    ) -> Any:
        snapshot = original(backend, source_db_snapshot_identifier, target_db_snapshot_identifier, **named)
        data = self._snapshot_folder(backend, source_db_snapshot_identifier)
        if data.exists():
            shutil.copytree(data, self._snapshot_folder(backend, target_db_snapshot_identifier))
        return snapshot

    def _delete_snapshot(self, original: Callable[..., Any], backend: Any, db_snapshot_identifier: str) -> Any:
        snapshot = original(backend, db_snapshot_identifier)
        shutil.rmtree(self._snapshot_folder(backend, db_snapshot_identifier), ignore_errors=True)
        return snapshot

    def _stop(self, original: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        database = original(*arguments, **named)
        if _is_real(database):
            self._server(database).halt()
        return database

    def _start(self, original: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        database = original(*arguments, **named)
        if _is_real(database):
            self._server(database).resume()
        return database

    def _reboot(self, original: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        database = original(*arguments, **named)
        if _is_real(database):
            self._configure(database)
        return database

    def _validate_key(self, backend: Any, key: str) -> str:
        found = self._side.other("kms", backend.region_name).describe_key(KeyId=key)
        return str(found["KeyMetadata"]["Arn"])


def _is_real(database: Any) -> bool:
    return "real_name" in database.__dict__


def _password(database: Any) -> str:
    if database.manage_master_user_password:
        return str(database.master_user_secret.password)
    return str(database._master_user_password)


def _parameters(database: Any) -> dict[str, str]:
    """What the instance's parameter groups set."""
    return {
        name: str(parameter["ParameterValue"])
        for group in database.db_parameter_groups()
        for name, parameter in group.parameters.items()
        if "ParameterValue" in parameter
    }


def _keep_what_moto_drops(database: Any, arguments: dict[str, Any]) -> None:
    """Two settings that moto forgets and a provisioner compares."""
    database.network_type = arguments.get("network_type") or "IPV4"
    database.performance_insights_enabled = bool(arguments.get("enable_performance_insights"))
    if database.performance_insights_enabled:
        database.performance_insights_kms_key_id = arguments.get("performance_insights_kms_key_id")
        database.performance_insights_retention_period = arguments.get("performance_insights_retention_period") or 7


def _keep_subnet_group(original: Callable[..., Any], backend: Any, subnet_name: str, *rest: Any, **named: Any) -> Any:
    """moto takes the group out to change it, and forgets to put it back."""
    group = original(backend, subnet_name, *rest, **named)
    backend.subnet_groups[subnet_name] = group
    return group
