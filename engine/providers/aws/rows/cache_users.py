"""ElastiCache: users, user groups, and a user's place in a group that somebody else keeps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from engine.providers.aws import shapes, values
from engine.providers.aws.faults import CloudRefused
from engine.providers.aws.finding import by_name
from engine.providers.aws.rows.subnet_groups import CACHE_TAGS, described
from engine.providers.aws.table import Handle, Kind, Object, Prop, Row, State
from engine.providers.port import CheckFailure, Props

_GROUP_BUSY: Final = frozenset({"InvalidUserGroupState"})
_TURN_SECONDS: Final = 900.0
"""How long a user waits for its turn: each one that joins or leaves keeps the group busy for a while."""
_LOOK_USER: Final = described("elasticache", "DescribeUsers", "Users", "UserId")
_LOOK_GROUP: Final = described("elasticache", "DescribeUserGroups", "UserGroups", "UserGroupId")


def _state(found: Object) -> State:
    return {"active": State.READY}.get(str(found.get("Status")), State.BUSY)


def _access(inputs: Props) -> Object:
    """How the user proves itself: an authentication mode, passwords, or nothing at all."""
    members = shapes.input_shape("elasticache", "CreateUser").members
    for name, member in (("authenticationMode", "AuthenticationMode"), ("passwords", "Passwords")):
        if inputs.get(name):
            return {member: shapes.to_api(inputs[name], members[member], name)}
    return {"NoPasswordRequired": bool(inputs.get("noPasswordRequired"))}


def _create(handle: Handle, request: Object) -> str:
    inputs = handle.inputs
    answer = handle.api.create(
        "elasticache",
        "CreateUser",
        UserId=inputs["userId"],
        UserName=inputs["userName"],
        Engine=inputs["engine"],
        AccessString=inputs["accessString"],
        **_access(inputs),
        **request,
    )
    return str(answer["UserId"])


def _change_access(handle: Handle, _: Any) -> None:
    handle.api.write("elasticache", "ModifyUser", UserId=handle.id, **_access(handle.inputs))


def _mode(handle: Handle, found: Object) -> Any:
    """AWS tells the type and how many passwords there are; the passwords themselves are what was given."""
    given = shapes.group(handle.inputs, "authenticationMode")
    if not given and handle.inputs:
        return None  # given as passwords, or as none needed
    live = shapes.group(found, "Authentication")
    kind = {"no-password": "no-password-required"}.get(str(live.get("Type")), live.get("Type"))
    passwords = _as_many(shapes.listed(given, "passwords"), live.get("PasswordCount") if kind == "password" else None)
    return {"type": kind, "passwords": passwords} if passwords else {"type": kind}


def _passwords(handle: Handle, found: Object) -> Any:
    """As many of the given passwords as the user has: one more or less behind our back is seen, its text is not."""
    given = shapes.listed(handle.inputs, "passwords")
    return _as_many(given, shapes.group(found, "Authentication").get("PasswordCount")) if given else None


def _as_many(given: list[Any], count: Any) -> list[Any]:
    """The given passwords, cut or filled up to the number the user has."""
    if count is None:
        return given
    return [*given[: int(count)], *["(not ours)"] * (int(count) - len(given))]


def _same_access(given: Any, live: Any) -> bool:
    """`on ~a:* +@all` and the same in another order or letter case of commands."""
    return sorted(str(given).split()) == sorted(str(live).split())


def _no_password(_: Handle, found: Object) -> bool:
    return str(shapes.group(found, "Authentication").get("Type")).startswith("no-password")


def _user_faults(inputs: Props) -> list[CheckFailure]:
    ways = [name for name in ("authenticationMode", "passwords") if inputs.get(name)]
    ways += ["noPasswordRequired"] if inputs.get("noPasswordRequired") else []
    if len(ways) > 1:
        return [CheckFailure(ways[0], f"{' and '.join(ways)} exclude each other")]
    if len(shapes.listed(inputs, "passwords")) > 2:
        return [CheckFailure("passwords", "a user has two passwords at most")]
    return []


def _delete_user(handle: Handle) -> None:
    _unless_going(handle, "DeleteUser", "UserId", _LOOK_USER)


def _unless_going(handle: Handle, operation: str, key: str, look: Any) -> None:
    try:
        handle.api.remove("elasticache", operation, **{key: handle.id})
    except CloudRefused as refused:
        going = str(shapes.at(look(handle), "Status")) == "deleting"
        if not (going and refused.code.startswith("InvalidUser")):
            raise


_USER: Final = Row(
    type="aws:elasticache/user:User",
    service="elasticache",
    key="UserId",
    props=(
        Prop("userId", fixed=True, required=True),
        Prop("userName", fixed=True, required=True),
        Prop("engine", fixed=True, required=True, alike=values.same_lower),
        Prop("accessString", required=True, change="ModifyUser", alike=_same_access),
        Prop("authenticationMode", send=None, live=_mode, change=_change_access),
        Prop("passwords", send=None, live=_passwords, kind=Kind.SET, change=_change_access, secret=True),
        Prop("noPasswordRequired", send=None, live=_no_password, computed=True, change=_change_access),
    ),
    create=_create,
    look=_LOOK_USER,
    state=_state,
    delete=_delete_user,
    busy_codes=frozenset({"InvalidUserState"}),
    seek=by_name("userId"),
    tags=CACHE_TAGS,
    encode=_access,
    faults=_user_faults,
    outputs={"arn": "ARN"},
    delete_before_replace=True,
)


def _members(handle: Handle, wanted: Any) -> None:
    live = set(shapes.listed(_LOOK_GROUP(handle), "UserIds"))
    want = set(wanted or ())
    lists = {"UserIdsToAdd": sorted(want - live), "UserIdsToRemove": sorted(live - want)}
    sent = {member: ids for member, ids in lists.items() if ids}
    if sent:
        handle.api.write("elasticache", "ModifyUserGroup", UserGroupId=handle.id, **sent)


_USER_GROUP: Final = Row(
    type="aws:elasticache/userGroup:UserGroup",
    service="elasticache",
    key="UserGroupId",
    props=(
        Prop("userGroupId", fixed=True, required=True),
        Prop("engine", fixed=True, required=True, alike=values.same_lower),
        Prop("userIds", kind=Kind.SET, change=_members),
    ),
    create=("CreateUserGroup", "UserGroupId"),
    look=_LOOK_GROUP,
    state=_state,
    delete=lambda handle: _unless_going(handle, "DeleteUserGroup", "UserGroupId", _LOOK_GROUP),
    busy_codes=_GROUP_BUSY,
    seek=by_name("userGroupId"),
    tags=CACHE_TAGS,
    outputs={"arn": "ARN"},
    delete_before_replace=True,
)


def _place(handle: Handle) -> tuple[str, str]:
    group, _, user = handle.id.partition(",")
    return group, user


def _look_place(handle: Handle) -> Object | None:
    """The user as the group has it. AWS moves users in and out while the group is `modifying`, and tells who waits."""
    group, user = _place(handle)
    found = _LOOK_GROUP(replace(handle, id=group))
    waiting = shapes.group(found or {}, "PendingChanges")
    pair = {"UserGroupId": group, "UserId": user}
    if user in {*shapes.listed(waiting, "UserIdsToAdd"), *shapes.listed(waiting, "UserIdsToRemove")}:
        return pair | {"Status": "modifying"}
    return pair | {"Status": "active"} if user in shapes.listed(found or {}, "UserIds") else None


def _join(handle: Handle, _: Object) -> str:
    """Others join at the same time: the group is refused while it is `modifying`, and asked again."""
    group, user = str(handle.inputs["userGroupId"]), str(handle.inputs["userId"])
    here = replace(handle, id=f"{group},{user}")

    def attempt() -> bool | None:
        if _look_place(here) is not None:
            return True
        try:
            handle.api.write("elasticache", "ModifyUserGroup", UserGroupId=group, UserIdsToAdd=[user])
        except CloudRefused as refused:
            if refused.code not in _GROUP_BUSY:
                raise
            return None
        return True

    handle.api.until(attempt, limit=_TURN_SECONDS, awaited=f"user group {group} can be changed")
    return here.id


def _leave(handle: Handle) -> None:
    group, user = _place(handle)
    if (_look_place(handle) or {}).get("Status") == "active":
        handle.api.remove("elasticache", "ModifyUserGroup", UserGroupId=group, UserIdsToRemove=[user])


_ASSOCIATION: Final = Row(
    type="aws:elasticache/userGroupAssociation:UserGroupAssociation",
    service="elasticache",
    key="UserGroupId",
    props=(Prop("userGroupId", fixed=True, required=True), Prop("userId", fixed=True, required=True)),
    create=_join,
    look=_look_place,
    state=_state,
    delete=_leave,
    busy_codes=_GROUP_BUSY,
    seek=lambda handle: [f"{handle.inputs['userGroupId']},{handle.inputs['userId']}"],
    create_seconds=_TURN_SECONDS,
    delete_before_replace=True,
)

ROWS: Final = (_USER, _USER_GROUP, _ASSOCIATION)
