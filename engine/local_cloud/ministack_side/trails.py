"""What MiniStack drops of a new trail: tags, log group, its topic's ARN. What it keeps of one that is gone: tags."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Any

from engine.local_cloud import hooks

_LOGS = ("CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn")
Response = tuple[int, dict[str, str], bytes]
Operation = Callable[[dict[str, Any]], Response]


def install() -> None:
    """Hook the operations that make, change and delete a trail."""
    Trails(importlib.import_module("ministack.services.cloudtrail")).install()


class Trails:
    """Answers of CloudTrail, with what was said kept."""

    def __init__(self, cloudtrail: Any) -> None:
        self._operations: dict[str, Operation] = hooks.find(cloudtrail, "_DISPATCH")
        self._trails: Any = hooks.find(cloudtrail, "_trails")
        self._tags: Any = hooks.find(cloudtrail, "_trail_tags")
        self._find: Any = hooks.find(cloudtrail, "_find_visible_trail")

    def install(self) -> None:
        """Hook them, in the table that MiniStack calls them by."""
        for name, hook in (("CreateTrail", self._create), ("UpdateTrail", self._update), ("DeleteTrail", self._delete)):
            if name not in self._operations:
                raise hooks.MissingHook(f"CloudTrail's {name} is gone from this version of the emulator")
            self._operations[name] = self._hooked(hook, self._operations[name])

    def _hooked(self, hook: Callable[[Operation, dict[str, Any]], Response], original: Operation) -> Operation:
        return lambda body: hook(original, body)

    def _create(self, original: Operation, body: dict[str, Any]) -> Response:
        answer = original(body)
        if answer[0] == 200:
            trail = self._trails[body["Name"]]
            trail.update({member: body[member] for member in _LOGS if body.get(member)})
            self._name_topic(trail)
            if tags := body.get("TagsList"):
                self._tags[trail["TrailARN"]] = {tag["Key"]: tag.get("Value", "") for tag in tags}
        return answer

    def _update(self, original: Operation, body: dict[str, Any]) -> Response:
        answer = original(body)
        if answer[0] == 200:
            self._name_topic(self._find(json.loads(answer[2])["TrailARN"])[2])
        return answer

    def _delete(self, original: Operation, body: dict[str, Any]) -> Response:
        before = {trail["TrailARN"] for trail in self._trails.values()}
        answer = original(body)
        for arn in before - {trail["TrailARN"] for trail in self._trails.values()}:
            self._tags.pop(arn, None)
        return answer

    def _name_topic(self, trail: dict[str, Any]) -> None:
        topic = trail.get("SnsTopicName", "")
        start = trail["TrailARN"].replace(":cloudtrail:", ":sns:").rpartition(":")[0]
        trail["SnsTopicARN"] = topic if topic.startswith("arn:") or not topic else f"{start}:{topic}"
        trail["SnsTopicName"] = topic.rpartition(":")[2]
