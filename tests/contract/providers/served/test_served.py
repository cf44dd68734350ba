"""A provider over Pulumi's protocol, spoken to with the stubs that the official SDK brings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from engine.providers import servicer, wire
from engine.providers.port import UNKNOWN, Props
from tests.world import World, WorldProvider

MEANT: dict[str, Any] = {"urn": "urn:pulumi:s::tenants::w:index:Thing::a", "type": "w:index:Thing", "name": "a"}
SEED = b"\x01\x02\x03\x04\x05\x06"


class Client:
    """One connection, as the engine dials one for each provider resource."""

    def __init__(self, port: int) -> None:
        channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.use_local_subchannel_pool", 1)])
        stub: Any = provider_pb2_grpc.ResourceProviderStub
        self.channel, self.stub = channel, stub(channel)

    def configure(self, **config: Any) -> Client:
        asked = provider_pb2.ConfigureRequest(args=wire.encode(config), acceptSecrets=True, acceptResources=True)
        assert not self.stub.Configure(asked).acceptSecrets
        return self

    def create(self, *, preview: bool = False, **inputs: Any) -> Any:
        asked = provider_pb2.CreateRequest(**MEANT, properties=wire.encode(inputs), preview=preview)
        return self.stub.Create(asked)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def port(world: World) -> Iterator[int]:
    with servicer.serving(WorldProvider(world)) as port:
        yield port


@pytest.fixture
def client(port: int) -> Iterator[Client]:
    client = Client(port).configure(region="here")
    yield client
    client.channel.close()


def _props(struct: Any) -> Props:
    return wire.decode(struct)


def test_it_says_who_it_is_and_what_it_takes(client: Client) -> None:
    shaken = client.stub.Handshake(provider_pb2.ProviderHandshakeRequest(engine_address="127.0.0.1:1"))
    assert not shaken.accept_secrets
    client.stub.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:1"))
    assert client.stub.GetPluginInfo(empty_pb2.Empty()).version == "1.0.0"
    assert '"name": "w"' in client.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema


def test_configuration_that_it_does_not_know_is_refused_by_name(client: Client) -> None:
    asked = provider_pb2.CheckRequest(news=wire.encode({"region": "here", "colour": "red", "version": "1.0.0"}))
    assert [each.property for each in client.stub.CheckConfig(asked).failures] == ["colour"]


@pytest.mark.parametrize(("old", "new", "replaced"), [("a", "b", ["region"]), ("a", "a", [])])
def test_a_change_of_configuration_is_told(client: Client, old: str, new: str, replaced: list[str]) -> None:
    asked = provider_pb2.DiffRequest(old_inputs=wire.encode({"region": old}), news=wire.encode({"region": new}))
    told = client.stub.DiffConfig(asked)
    assert list(told.replaces) == replaced
    assert (told.changes == told.DIFF_SOME) is bool(replaced)


def test_a_life_from_check_to_delete(client: Client, world: World) -> None:
    def check(olds: Props | None, news: Props) -> Props:
        asked = provider_pb2.CheckRequest(**MEANT, news=wire.encode(news), randomSeed=SEED)
        if olds is not None:
            asked.olds.CopyFrom(wire.encode(olds))
        told = client.stub.Check(asked)
        assert not told.failures
        return _props(told.inputs)

    inputs = check(None, {"v": 1, "named": True, "list": [1, "two", None, {"three": 3.5}]})
    assert inputs["auto"] == "a-0102030"
    planned = _props(client.create(preview=True, **inputs).properties)
    assert planned["out"] is UNKNOWN
    assert world.things == {}
    made = client.create(**inputs)
    outputs = _props(made.properties)
    assert (made.id, outputs["out"], outputs["list"]) == ("a-1", "out-a-1", inputs["list"])
    news = check(inputs, {"v": 2, "named": True, "rep": 1})
    asked: dict[str, Any] = {"id": made.id, **MEANT, "olds": made.properties, "news": wire.encode(news)}
    unchanged: dict[str, Any] = {**asked, "news": wire.encode(inputs)}
    diff = client.stub.Diff(provider_pb2.DiffRequest(**asked, old_inputs=wire.encode(inputs)))
    assert (diff.changes, sorted(diff.diffs), list(diff.replaces)) == (diff.DIFF_SOME, ["list", "rep", "v"], ["rep"])
    kinds = {path: each.kind for path, each in diff.detailedDiff.items()}
    kind = provider_pb2.PropertyDiff
    assert kinds == {"list": kind.DELETE, "rep": kind.ADD_REPLACE, "v": kind.UPDATE}
    same = client.stub.Diff(provider_pb2.DiffRequest(**unchanged, old_inputs=wire.encode(inputs)))
    assert same.changes == same.DIFF_NONE
    client.stub.Update(provider_pb2.UpdateRequest(**asked, old_inputs=wire.encode(inputs), preview=True))
    assert world.things["a-1"]["v"] == 1
    updated = client.stub.Update(provider_pb2.UpdateRequest(**asked, old_inputs=wire.encode(inputs)))
    assert world.things["a-1"]["v"] == _props(updated.properties)["v"] == 2
    where: dict[str, Any] = {"id": made.id, **MEANT, "properties": updated.properties}
    found = client.stub.Read(provider_pb2.ReadRequest(**where, inputs=wire.encode(news)))
    assert (found.id, _props(found.inputs)["v"]) == (made.id, 2)
    client.stub.Delete(provider_pb2.DeleteRequest(**where, old_inputs=wire.encode(news)))
    assert world.things == {}
    assert client.stub.Read(provider_pb2.ReadRequest(**where, inputs=wire.encode(news))).id == ""


def test_a_refusal_came_to_nothing_and_a_lost_answer_leaves_it_unsure(client: Client, world: World) -> None:
    world.refuse.add(("create", "a"))
    with pytest.raises(grpc.RpcError) as refused:
        client.create(v=1)
    assert (refused.value.code(), world.things) == (grpc.StatusCode.FAILED_PRECONDITION, {})
    assert refused.value.details() == "w create refused: NotToday"
    world.refuse.clear()
    world.lose.add(("create", "a"))
    with pytest.raises(grpc.RpcError) as lost:
        client.create(v=1)
    assert lost.value.code() is grpc.StatusCode.DATA_LOSS


def test_what_is_half_made_is_told_with_its_id_and_its_reasons(client: Client) -> None:
    with pytest.raises(grpc.RpcError) as half:
        client.create(partial=True)
    trailing: Any = half.value.trailing_metadata()
    details = dict(trailing)["grpc-status-details-bin"]
    told = provider_pb2.ErrorResourceInitFailed()
    assert status_pb2.Status.FromString(details).details[0].Unpack(told)
    assert (told.id, list(told.reasons), _props(told.properties)["out"]) == ("a-1", ["half made"], "out-a-1")


def test_a_defect_does_not_tell_what_it_stumbled_over(client: Client) -> None:
    made = client.create(v=1)
    news = wire.encode({"v": 1, "defect": True})
    asked = provider_pb2.UpdateRequest(**MEANT, id=made.id, olds=made.properties, news=news)
    with pytest.raises(grpc.RpcError) as broken:
        client.stub.Update(asked)
    assert broken.value.code() is grpc.StatusCode.INTERNAL
    assert "a-secret-value" not in str(broken.value.details())


def test_connections_have_providers_of_their_own_and_one_that_was_not_configured_is_refused(port: int) -> None:
    asked = provider_pb2.InvokeRequest(tok="w:index:where", args=wire.encode({"asked": "x"}))
    one, other, bare = Client(port).configure(region="one"), Client(port).configure(region="other"), Client(port)
    try:
        answers = [_props(getattr(each.stub.Invoke(asked), "return")) for each in (one, other, one)]
        assert [each["region"] for each in answers] == ["one", "other", "one"]
        with pytest.raises(grpc.RpcError) as refused:
            bare.stub.Invoke(asked)
        assert refused.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    finally:
        for each in (one, other, bare):
            each.channel.close()
