"""What MiniStack lacks of API Gateway's usage plans and keys: patches as AWS reads them, tags, which key is where.

AWS's patches are text: figures and truth become so again here, and a stage is added to the list or taken from it.
Plans are listed by a key that is in them, and a key is in one plan of a stage only (API Gateway DeveloperGuide,
api-gateway-create-usage-plans).
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterable
from typing import Any

from engine.local_cloud import hooks

Response = tuple[int, dict[str, str], bytes]
Record = dict[str, Any]
_FIGURES = {"/quota/limit": int, "/quota/offset": int, "/throttle/burstLimit": int, "/throttle/rateLimit": float}
_CREATED = 201


def install() -> None:
    """Hook how API Gateway answers about plans and keys. Raises hooks.MissingHook where a name is gone."""
    Gateway(importlib.import_module("ministack.services.apigateway_v1")).install()


class Gateway:
    """Answers about usage plans and API keys; all else is MiniStack's."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self._stores = {"usageplans": hooks.find(module, "_usage_plans"), "apikeys": hooks.find(module, "_api_keys")}
        self._tags: Any = hooks.find(module, "_v1_tags")
        self._members: Any = hooks.find(module, "_usage_plan_keys")
        self._region: Callable[[], str] = hooks.find(module, "get_region")
        self._refuse: Callable[..., Response] = hooks.find(module, "_v1_error")
        self._first: Callable[[Record, str], str] = hooks.find(module, "_qp")
        self._page: Callable[..., Response] = hooks.find(module, "_v1_paginated_response")

    def install(self) -> None:
        """Hook them."""
        for name, hook in (
            ("_create_usage_plan", self._creating("usageplans")),
            ("_create_api_key", self._creating("apikeys")),
            ("_get_usage_plans", self._list_plans),
            ("_update_usage_plan", self._update_plan),
            ("_delete_usage_plan", self._delete_plan),
            ("_delete_api_key", self._delete_key),
            ("_create_usage_plan_key", self._join),
            ("_apply_patch", self._patch),
            ("_tag_v1_resource", self._tag),
            ("_untag_v1_resource", self._tag),
        ):
            hooks.around(self._module, name, hook)

    def _arn(self, kind: str, id: str) -> str:
        return f"arn:aws:apigateway:{self._region()}::/{kind}/{id}"

    def _creating(self, kind: str) -> Callable[..., Response]:
        def create(original: Callable[[Record], Response], asked: Record) -> Response:
            answer = original(asked)
            if answer[0] == _CREATED:
                self._tags[self._arn(kind, json.loads(answer[2])["id"])] = dict(asked.get("tags") or {})
            return answer

        return create

    def _delete_plan(self, original: Callable[[str], Response], id: str) -> Response:
        plan = self._stores["usageplans"].get(id)
        if plan and plan["apiStages"]:
            why = f"Cannot delete Usage Plan {id} while it is associated with API stages"
            return self._refuse("BadRequestException", why, 400)
        self._tags.pop(self._arn("usageplans", id), None)
        return original(id)

    def _delete_key(self, original: Callable[[str], Response], id: str) -> Response:
        for plan in self._stores["usageplans"]:
            self._members.get(plan, {}).pop(id, None)
        self._tags.pop(self._arn("apikeys", id), None)
        return original(id)

    def _join(self, original: Callable[[str, Record], Response], plan: str, asked: Record) -> Response:
        key = str(asked.get("keyId"))
        if key not in self._stores["apikeys"]:
            return self._refuse("NotFoundException", "Invalid API Key identifier specified", 404)
        here = self._stores["usageplans"].get(plan)
        return self._counted_twice(plan, [key], _stages(here) if here else set()) or original(plan, asked)

    def _list_plans(self, original: Callable[[Record], Response], query: Record) -> Response:
        if "keyId" not in query:
            return original(query)
        return self._page(list(self._plans_of(self._first(query, "keyId")).values()), query)

    def _update_plan(self, original: Callable[[str, Record], Response], id: str, asked: Record) -> Response:
        steps: list[Record] = asked.get("patchOperations") or []
        added = {str(step["value"]) for step in steps if (step.get("op"), step.get("path")) == ("add", "/apiStages")}
        return self._counted_twice(id, self._members.get(id) or (), added) or original(id, asked)

    def _counted_twice(self, plan: str, keys: Iterable[str], stages: set[str]) -> Response | None:
        """The refusal of keys in a plan of these stages, where another plan of one of them has them."""
        for key in keys:
            for id, other in self._plans_of(key).items():
                if id != plan and stages & _stages(other):
                    why = f"API key {key} is in usage plan {id} of the same API stage"
                    return self._refuse("ConflictException", why, 409)
        return None

    def _plans_of(self, key: str) -> dict[str, Record]:
        """Plans that a key is in, by their ids."""
        return {id: plan for id, plan in self._stores["usageplans"].items() if key in (self._members.get(id) or {})}

    def _tag(self, original: Callable[..., Response], arn: str, what: Any) -> Response:
        answer = original(arn, what)
        kind, _, id = arn.partition("::/")[2].partition("/")
        record = self._stores[kind].get(id) if kind in self._stores else None
        if record is not None:
            record["tags"] = dict(self._tags.get(arn) or {})
        return answer

    def _patch(self, original: Callable[..., Any], record: Record, steps: list[Record]) -> Any:
        for step in steps:
            path, value = step.get("path", ""), step.get("value")
            if path == "/apiStages":
                _restage(record, step["op"], str(value))
            elif path in _FIGURES and value is not None:
                original(record, [{**step, "value": _FIGURES[path](value)}])
            elif path == "/enabled":
                original(record, [{**step, "value": value == "true"}])
            else:
                original(record, [step])
        return record


def _stages(plan: Record) -> set[str]:
    """Its stages as patches name them."""
    return {f"{one['apiId']}:{one['stage']}" for one in plan.get("apiStages") or ()}


def _restage(plan: Record, op: str, value: str) -> None:
    """Add a stage `<API>:<name>` to a plan, or take it away."""
    api, _, stage = value.partition(":")
    kept = [one for one in plan["apiStages"] if (one["apiId"], one["stage"]) != (api, stage)]
    plan["apiStages"] = kept if op == "remove" else [*kept, {"apiId": api, "stage": stage}]
