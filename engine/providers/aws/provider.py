"""The AWS provider of the embedded engine: rows, invokes, and the configuration that programs may give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.providers.aws import checks, crud, declared, diffs, invokes, observation, shapes
from engine.providers.aws.access import AwsAccess
from engine.providers.aws.calls import Api
from engine.providers.aws.rows import ROWS
from engine.providers.aws.table import Handle, Row
from engine.providers.port import (
    UNKNOWN,
    Call,
    ChangeKind,
    Checked,
    CheckFailure,
    Created,
    Diff,
    Found,
    PropertyChange,
    Props,
    ProviderError,
    Resource,
    Unknown,
)

VERSION: Final = "7.51.1"
_ENGINES_OWN: Final = frozenset({"version", "pluginDownloadURL"})
# every aws.Provider carries these; there is nothing to validate here that a call would not tell
_SDK_DEFAULTS = frozenset(
    {"skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation", "skipRequestingAccountId"}
)
_HELD_BY_THE_ADAPTER: Final = frozenset({"endpoints", "accessKey", "secretKey", "token", "profile"})


class AwsProvider:
    """Package `aws`. Endpoints and credentials are the adapter's; a program chooses the region only."""

    package = "aws"
    version = VERSION

    def __init__(self, access: AwsAccess) -> None:
        self._access = access

    def check_config(self, config: Props) -> Sequence[CheckFailure]:
        """Refuse every key but `region`, and what the SDK sends of itself."""
        return tuple(
            CheckFailure(key, _config_reason(key))
            for key in sorted(config)
            if key != "region" and key not in _ENGINES_OWN | _SDK_DEFAULTS and not key.startswith("__")
        )

    def diff_config(self, olds: Props, news: Props) -> Diff:
        """Another region means other resources."""
        if olds.get("region") == news.get("region") and not isinstance(news.get("region"), Unknown):
            return Diff()
        return Diff((PropertyChange("region", ChangeKind.UPDATE, replace=True),))

    def configure(self, config: Props) -> ConfiguredAws:
        """Bind to a region; reaches nothing."""
        return ConfiguredAws(self._access, config.get("region"))

    def holds_data(self, type: str) -> bool:
        """Whether replacing a resource of this type loses data."""
        return type in ROWS and ROWS[type].holds_data


class ConfiguredAws:
    """The provider in one region. `region` may be unknown in a preview."""

    def __init__(self, access: AwsAccess, region: object) -> None:
        self._access, self._region = access, region

    def check(self, resource: Resource, olds: Props | None, news: Props, seed: bytes) -> Checked:
        """See `checks.check`."""
        if resource.type not in ROWS:
            reason = f"{resource.type} is not supported by the embedded engine; docs/reference/rows.md lists what is"
            return Checked(news, (CheckFailure("", reason),))
        return checks.check(ROWS[resource.type], resource, olds, news, seed)

    def diff(self, resource: Resource, id: str, old_inputs: Props, old_outputs: Props, news: Props) -> Diff:
        """See `diffs.diff`. Raises ProviderError for what AWS can't do and a replacement must not."""
        row = _row(resource)
        refusal = row.refuses(old_inputs, news)
        if refusal:
            raise ProviderError(refusal)
        return diffs.diff(row, resource, old_inputs, old_outputs, news)

    def preview(self, resource: Resource, news: Props, old_outputs: Props | None) -> Props:
        """Inputs as they are, old outputs where they last, UNKNOWN for the rest."""
        row = _row(resource)
        region = news.get("region") or (self._region if isinstance(self._region, str) else UNKNOWN)
        outputs: Props = {**observation.known_outputs(row, news, ""), "region": region}
        inputs = declared.of(row.type).inputs
        changed = () if old_outputs is None else diffs.changed(row, old_outputs, news)
        moved = {name for prop in changed for name in prop.moves}
        for name in declared.of(row.type).outputs:
            if name in outputs:
                continue
            if name in moved:
                outputs[name] = UNKNOWN
                continue
            prop = row.prop(name)
            if old_outputs is not None and (name not in inputs or (prop and prop.computed)):
                if name in old_outputs:
                    outputs[name] = old_outputs[name]
            elif name not in inputs or (prop and prop.computed):
                outputs[name] = UNKNOWN
        for group, _, member in (name.partition(".") for name in row.outputs if "." in name):
            if isinstance(outputs.get(group), dict):
                before = shapes.group(old_outputs or {}, group)
                outputs[group] = {member: before.get(member, UNKNOWN), **outputs[group]}
        if "region" not in declared.of(row.type).outputs:
            outputs.pop("region", None)
        return outputs

    def create(self, resource: Resource, inputs: Props, call: Call) -> Created:
        """See `crud.create`."""
        return crud.create(_row(resource), self._handle("", inputs, {}, call))

    def read(self, resource: Resource, id: str, inputs: Props, outputs: Props) -> Found | None:
        """See `crud.read`."""
        return crud.read(_row(resource), self._handle(id, inputs, outputs, Call(fence=_only_look)))

    def update(
        self, resource: Resource, id: str, old_inputs: Props, old_outputs: Props, news: Props, call: Call
    ) -> Props:
        """See `crud.update`."""
        return crud.update(_row(resource), self._handle(id, news, old_outputs, call), old_inputs)

    def delete(self, resource: Resource, id: str, inputs: Props, outputs: Props, call: Call) -> None:
        """See `crud.delete`."""
        crud.delete(_row(resource), self._handle(id, inputs, outputs, call))

    def find(self, resource: Resource, inputs: Props, known: frozenset[str] = frozenset()) -> Found | None:
        """See `crud.find`."""
        return crud.find(_row(resource), self._handle("", inputs, {}, Call(fence=_only_look)), known)

    def invoke(self, token: str, args: Props) -> Props:
        """See `invokes`."""
        return invokes.answer(self._api(args, Call()), token, args)

    def _handle(self, id: str, inputs: Props, outputs: Props, call: Call) -> Handle:
        return Handle(self._api(inputs or outputs, call), id, inputs, outputs)

    def _api(self, props: Props, call: Call) -> Api:
        region = props.get("region") or self._region
        if not isinstance(region, str):
            raise ProviderError("No AWS region: give `region` to the provider, or set aws:region.")
        return Api(self._access, region, call)


def _only_look() -> None:
    """The fence of reading and finding, which previews do too."""
    raise AssertionError("a row that reads or finds must not write")


def _row(resource: Resource) -> Row:
    try:
        return ROWS[resource.type]
    except KeyError:
        raise ProviderError(f"{resource.type} is not supported by the embedded engine.") from None


def _config_reason(key: str) -> str:
    if key in _HELD_BY_THE_ADAPTER:
        return f"{key} belongs to the environment, not to a program or its state"
    return f"{key} is not supported by the embedded engine; leave it out"
