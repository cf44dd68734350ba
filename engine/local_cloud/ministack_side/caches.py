"""A real Valkey for each shard of a replication group: MiniStack's ElastiCache, hooked function by function."""

from __future__ import annotations

import contextvars
import importlib
import logging
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from engine.local_cloud import hooks, link
from engine.local_cloud.home import Home, Settings
from engine.local_cloud.network.gateway import Tls
from engine.local_cloud.servers import resp, valkey_access
from engine.local_cloud.servers.valkey import Valkey
from engine.local_cloud.servers.valkey_access import User

CREATING: contextvars.ContextVar[float] = contextvars.ContextVar("creating", default=0.0)
_PARAMETERS: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar("parameters", default=None)
_DATABASES = 16
"""Numbered databases of a server whose parameter group says nothing of them (Valkey)."""
_PASSWORD = re.compile(r"(AuthenticationMode\.)?Passwords\.member\.\d+")
_USES = (
    *("_replication_groups", "_users", "_user_groups", "_param_group_params"),
    *("_p", "_xml", "_error", "_extract_configs", "get_region"),
)
_log = logging.getLogger("caches")


class Caches:
    """The hooks, and the loop that makes servers and their users what the state says."""

    def __init__(self, home: Home, settings: Settings) -> None:
        self._home, self._settings = home, settings
        self._ec: Any = importlib.import_module("ministack.services.elasticache")
        self._responses: Any = importlib.import_module("ministack.core.responses")
        self._converging = threading.Lock()

    def install(self) -> None:
        """Hook MiniStack. Raises hooks.MissingHook where a name is gone."""
        for name in _USES:
            hooks.find(self._ec, name)
        hooks.instead(self._ec, "_spawn_redis_container", self._spawn)
        hooks.instead(self._ec, "_ensure_live_containers", _leave_to_the_supervisor)
        hooks.instead(self._ec, "_resolve_subnets", self._subnets)
        for name, hook in (
            ("_create_user", self._keep_passwords),
            ("_modify_user", self._keep_passwords),
            ("_delete_user", self._refuse_used_user),
            ("_delete_user_group", self._refuse_used_group),
            ("_user_xml", _escape_access),
            ("_rg_xml", _add_key),
            ("_create_replication_group", self._create),
            ("_describe_replication_groups", self._release),
            ("_delete_replication_group", self._delete),
            ("_create_snapshot", self._snapshot),
            ("_delete_snapshot", self._delete_snapshot),
        ):
            hooks.around(self._ec, name, hook)

    def servers(self) -> dict[str, tuple[str, int, list[str]]]:
        """Host, port and users' names by replication group."""
        found: dict[str, tuple[str, int, list[str]]] = {}
        for account, region, group in self._groups():
            endpoint = group["NodeGroups"][0]["PrimaryEndpoint"]
            names = [user.name for user in self._users_of(account, region, group)]
            found[group["ReplicationGroupId"]] = (endpoint["Address"], int(endpoint["Port"]), sorted(names))
        return found

    def converge(self) -> None:
        """Let exactly the users in that the state says now, into every server. What fails is logged and tried again."""
        with self._converging:
            for account, region, group in self._groups():
                users = self._users_of(account, region, group)
                for shard in self._shards(group):
                    try:
                        if shard.folder.exists():
                            shard.let_in(users)
                    except (OSError, resp.Refused) as fault:
                        _log.warning("users of %s are not in force yet: %s", shard.name, fault)

    def _groups(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for (account, region, _), group in list(self._ec._replication_groups.all_items()):
            yield account, region, group

    def _shards(self, group: dict[str, Any]) -> Iterator[Valkey]:
        for node_group in group["NodeGroups"]:
            yield self._shard(group, node_group["NodeGroupId"])

    def _shard(self, group: dict[str, Any], number: str) -> Valkey:
        return Valkey(self._home, f"{group['_scope']}.{group['ReplicationGroupId']}.{number}")

    def _users_of(self, account: str, region: str, group: dict[str, Any]) -> list[User]:
        if not group.get("UserGroupIds"):
            tokens = tuple(valkey_access.hashed(token) for token in group.get("_auth_tokens", []))
            return [User("default", "on ~* &* +@all", tokens, without_password=not tokens)]
        in_groups: list[str] = [
            name for identifier in group["UserGroupIds"] for name in self._members(account, region, identifier)
        ]
        users = [self._ec._users.get_scoped(account, region, name) for name in dict.fromkeys(in_groups)]
        return [_user(user) for user in users if user]

    def _members(self, account: str, region: str, user_group: str) -> list[str]:
        found: dict[str, Any] | None = self._ec._user_groups.get_scoped(account, region, user_group)
        return found["UserIds"] if found else []

    def _spawn(
        self, name: str, engine: str, engine_version: str, labels: dict[str, str], transit: bool = False, **_: Any
    ) -> tuple[str, int, None]:
        """In place of starting a container: where the shard answers."""
        if "rg_id" not in labels:
            return "127.0.0.1", 6379, None  # a single cache cluster has no server of its own
        parameters = _PARAMETERS.get() or {}
        scope = f"{labels['account_id']}.{labels['region']}"
        shard = Valkey(self._home, f"{scope}.{labels['rg_id']}.{labels['node_group']}")
        source = self._snapshot_folder(scope, self._ec._p(parameters, "SnapshotName"), labels["node_group"])
        port = int(self._ec._p(parameters, "Port") or 6379)
        tls = Tls.PLAIN_TLS if transit else Tls.NONE
        made = shard.create(port, tls, self._databases(parameters), source if source.exists() else None)
        return made.address, made.port, None

    def _databases(self, parameters: dict[str, Any]) -> int:
        """How many the parameter group says there are: it is set when a group is made, and never after."""
        name = self._ec._p(parameters, "CacheParameterGroupName")
        said: dict[str, Any] = self._ec._param_group_params.get(name) or {}
        return int(said["databases"]["Value"]) if "databases" in said else _DATABASES

    def _snapshot_folder(self, scope: str, name: str, number: str) -> Path:
        return self._home.snapshots / "valkey" / f"{scope}.{name or '-'}.{number}"

    def _create(self, original: Callable[..., Any], parameters: dict[str, Any]) -> Any:
        _PARAMETERS.set(parameters)
        name = self._ec._p(parameters, "ReplicationGroupId")
        answer = original(parameters)
        group = self._ec._replication_groups.get(name)
        if answer[0] != 200:
            return answer
        group.update(
            _scope=f"{self._responses.get_account_id()}.{self._ec.get_region()}",
            KmsKeyId=self._ec._p(parameters, "KmsKeyId"),
        )
        if CREATING.get():
            group.update(Status="creating", _creating_until=time.time() + CREATING.get())
        self.converge()
        inner = f"<ReplicationGroup>{self._ec._rg_xml(group)}</ReplicationGroup>"
        return self._ec._xml(
            200,
            "CreateReplicationGroupResponse",
            f"<CreateReplicationGroupResult>{inner}</CreateReplicationGroupResult>",
        )

    def _release(self, original: Callable[..., Any], parameters: dict[str, Any]) -> Any:
        for _, _, group in self._groups():
            until = group.get("_creating_until")
            if until and time.time() >= until:
                del group["_creating_until"]
                group["Status"] = "available"
        return original(parameters)

    def _delete(self, original: Callable[..., Any], parameters: dict[str, Any]) -> Any:
        group = self._ec._replication_groups.get(self._ec._p(parameters, "ReplicationGroupId"))
        final = self._ec._p(parameters, "FinalSnapshotIdentifier")
        if group and final:
            refused = self._ec._create_snapshot(
                {"SnapshotName": [final], "ReplicationGroupId": [group["ReplicationGroupId"]]}
            )
            if refused[0] != 200:
                return refused
        answer = original(parameters)
        if answer[0] == 200:
            for shard in self._shards(group):
                shard.delete()
        return answer

    def _snapshot(self, original: Callable[..., Any], parameters: dict[str, Any]) -> Any:
        answer = original(parameters)
        group = self._ec._replication_groups.get(self._ec._p(parameters, "ReplicationGroupId"))
        if answer[0] == 200 and group:
            name = self._ec._p(parameters, "SnapshotName")
            for node_group in group["NodeGroups"]:
                number = node_group["NodeGroupId"]
                self._shard(group, number).snapshot(self._snapshot_folder(group["_scope"], name, number))
        return answer

    def _delete_snapshot(self, original: Callable[..., Any], parameters: dict[str, Any]) -> Any:
        answer = original(parameters)
        scope = f"{self._responses.get_account_id()}.{self._ec.get_region()}"
        if answer[0] == 200:
            for folder in (self._home.snapshots / "valkey").glob(
                f"{scope}.{self._ec._p(parameters, 'SnapshotName')}.*"
            ):
                shutil.rmtree(folder)
        return answer

    def _keep_passwords(self, original: Callable[..., Any], parameters: dict[str, Any]) -> Any:
        """Passwords as hashes. MiniStack keeps none, and does not read AuthenticationMode."""
        answer = original(parameters)
        user = self._ec._users.get(self._ec._p(parameters, "UserId"))
        kind, hashes = _authentication(self._ec._p, parameters)
        if answer[0] == 200 and kind:
            user["_hashes"] = hashes
            user["Authentication"] = {"Type": kind, "PasswordCount": len(hashes)}
            name = "CreateUser" if "CreateUser" in answer[2].decode() else "ModifyUser"
            inner = f"<{name}Result>{self._ec._user_xml(user)}</{name}Result>"
            return self._ec._xml(200, f"{name}Response", inner)
        return answer

    def _refuse_used_group(self, original: Callable[..., Any], parameters: dict[str, Any]) -> Any:
        name = self._ec._p(parameters, "UserGroupId")
        if any(name in group.get("UserGroupIds", []) for group in self._ec._replication_groups.values()):
            return self._ec._error("InvalidUserGroupState", f"User group {name} is in use.", 400)
        return original(parameters)

    def _refuse_used_user(self, original: Callable[..., Any], parameters: dict[str, Any]) -> Any:
        name = self._ec._p(parameters, "UserId")
        if name == "default":
            return self._ec._error("DefaultUserRequired", "The default user cannot be deleted.", 400)
        answer = original(parameters)
        if answer[0] == 200:  # a deleted user leaves its groups, as on AWS
            for group in self._ec._user_groups.values():
                group["UserIds"] = [one for one in group["UserIds"] if one != name]
        return answer

    def _subnets(self, parameters: dict[str, Any]) -> tuple[list[dict[str, Any]], str] | None:
        """The subnets asked for, which live in moto; None where one is unknown or they lie in several VPCs."""
        asked = self._ec._extract_configs(parameters, "SubnetIds", ("SubnetIdentifier", "member"))
        where = (self._responses.get_account_id(), self._ec.get_region())
        found = link.ask(self._settings.moto, self._settings, "subnets", *where, *asked)
        vpcs = {vpc for _, _, vpc in found}
        if len(found) != len(asked) or len(vpcs) != 1:
            return None
        subnets = [{"SubnetIdentifier": name, "SubnetAvailabilityZone": {"Name": zone}} for name, zone, _ in found]
        return subnets, str(vpcs.pop())


def _leave_to_the_supervisor() -> None:
    """In place of spawning every group anew at the first call after a restart: that empties servers that live."""


def _user(user: dict[str, Any]) -> User:
    without = user["Authentication"]["Type"] == "no-password"
    return User(user["UserName"], user["AccessString"], tuple(user.get("_hashes", ())), without_password=without)


def _authentication(value: Callable[..., str], parameters: dict[str, Any]) -> tuple[str, list[str]]:
    """How the user is to prove itself, empty where the call does not say; and the hashes of its passwords."""
    given = [value(parameters, name) for name in sorted(parameters) if _PASSWORD.fullmatch(name)]
    said = value(parameters, "AuthenticationMode.Type")
    if not said and value(parameters, "NoPasswordRequired", "").lower() == "true":
        said = "no-password-required"
    return (said or ("password" if given else "")).replace("-required", ""), [valkey_access.hashed(p) for p in given]


def _escape_access(original: Callable[..., str], user: dict[str, Any]) -> str:
    """An access string holds `&`, which MiniStack writes into XML as it is."""
    return original({**user, "AccessString": escape(user.get("AccessString", ""))})


def _add_key(original: Callable[..., str], group: dict[str, Any]) -> str:
    xml = original({**group, "Description": escape(group.get("Description", ""))})
    return xml + (f"<KmsKeyId>{group['KmsKeyId']}</KmsKeyId>" if group.get("KmsKeyId") else "")
