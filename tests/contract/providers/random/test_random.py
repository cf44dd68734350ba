"""Random resources keep the semantics of the official provider."""

from __future__ import annotations

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.providers.port import UNKNOWN, Call, Props, Resource, Secret
from engine.providers.random import RandomProvider

PASSWORD = "random:index/randomPassword:RandomPassword"
STRING = "random:index/randomString:RandomString"
ID = "random:index/randomId:RandomId"
CONFIGURED = RandomProvider().configure({})


def resource(type: str) -> Resource:
    return Resource(f"urn:pulumi:local.t::tenants::{type}::it", type, "it")


@given(
    length=st.integers(8, 64),
    least=st.fixed_dictionaries(
        {key: st.integers(0, 2) for key in ("minLower", "minUpper", "minNumeric", "minSpecial")}
    ),
    special=st.text("._~", min_size=1),
)
def test_a_string_has_its_length_and_at_least_so_many_of_each_class(
    length: int, least: dict[str, int], special: str
) -> None:
    inputs: Props = {"length": float(length), "overrideSpecial": special, **least}
    assert not CONFIGURED.check(resource(STRING), None, inputs, b"").failures
    created = CONFIGURED.create(resource(STRING), inputs, Call())
    result: str = created.outputs["result"]
    assert created.id == result
    assert len(result) == length
    classes = {
        "minLower": string.ascii_lowercase,
        "minUpper": string.ascii_uppercase,
        "minNumeric": string.digits,
        "minSpecial": special,
    }
    assert all(sum(letter in letters for letter in result) >= least[key] for key, letters in classes.items())
    assert {*result} <= {*"".join(classes.values())}


def test_a_password_is_secret_and_its_id_is_not_the_password() -> None:
    created = CONFIGURED.create(resource(PASSWORD), {"length": 32, "special": False}, Call())
    drawn = created.outputs["result"]
    assert isinstance(drawn, Secret)
    assert drawn.value.isalnum()
    assert created.id == "none"
    assert drawn.value not in repr(created)


def test_a_password_stays_secret_when_it_is_read_and_previewed() -> None:
    inputs: Props = {"length": 4}
    found = CONFIGURED.read(resource(PASSWORD), "none", inputs, {"length": 4, "result": "word"})
    assert found is not None
    assert found.inputs == inputs
    assert found.outputs["result"] == Secret("word")
    assert CONFIGURED.preview(resource(PASSWORD), inputs, {"result": "word"})["result"] == Secret("word")


def test_an_id_says_the_same_bytes_in_four_notations() -> None:
    created = CONFIGURED.create(resource(ID), {"byteLength": 9, "prefix": "p-"}, Call())
    drawn = base64.urlsafe_b64decode(created.id)
    assert created.outputs["b64Url"] == f"p-{created.id}"
    assert created.outputs["b64Std"] == f"p-{base64.b64encode(drawn).decode()}"
    assert created.outputs["hex"] == f"p-{drawn.hex()}"
    assert created.outputs["dec"] == f"p-{int.from_bytes(drawn, 'big')}"


def test_a_preview_knows_the_inputs_and_not_what_will_be_drawn() -> None:
    outputs = CONFIGURED.preview(resource(STRING), {"length": 8}, None)
    assert outputs["result"] is UNKNOWN
    assert outputs["length"] == 8


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param({"length": 8}, {"length": 9}, id="another length"),
        pytest.param({"length": 8, "keepers": {"a": "1"}}, {"length": 8, "keepers": {"a": "2"}}, id="another keeper"),
        pytest.param({"length": 8}, {"length": 8, "special": False}, id="no special characters any more"),
    ],
)
def test_every_change_draws_anew(old: Props, new: Props) -> None:
    diff = CONFIGURED.diff(resource(STRING), "x", old, {}, new)
    assert diff.replaces
    assert all(change.replace for change in diff.changes)


def test_a_default_written_out_is_no_change() -> None:
    written = {"length": 8.0, "special": True, "minUpper": 0}
    assert not CONFIGURED.diff(resource(STRING), "x", {"length": 8}, {}, written).changes


@pytest.mark.parametrize(
    ("type", "inputs", "property"),
    [
        pytest.param(STRING, {}, "length", id="no length"),
        pytest.param(STRING, {"length": 2, "minUpper": 3}, "length", id="too short for what has to be in it"),
        pytest.param(STRING, {"length": 8, "number": True}, "number", id="a deprecated name"),
        pytest.param(STRING, {"length": 8, "colour": "red"}, "colour", id="a name nobody knows"),
        pytest.param(STRING, {"length": "8"}, "length", id="a length that is a string"),
        pytest.param(
            STRING, {"length": 8, "lower": False, "upper": False, "numeric": False, "special": False}, "lower",
            id="no characters at all",
        ),
        pytest.param(PASSWORD, {"length": 8, "overrideSpecial": ""}, "overrideSpecial", id="no special characters"),
        pytest.param(ID, {"byteLength": 0}, "byteLength", id="no bytes"),
    ],
)  # fmt: skip
def test_inputs_that_cannot_be_kept_are_refused_by_name(type: str, inputs: Props, property: str) -> None:
    assert [failure.property for failure in CONFIGURED.check(resource(type), None, inputs, b"").failures] == [property]


def test_nothing_outlives_the_state() -> None:
    assert CONFIGURED.find(resource(PASSWORD), {"length": 8}) is None
    assert not RandomProvider().holds_data(PASSWORD)
    CONFIGURED.delete(resource(PASSWORD), "none", {"length": 8}, {}, Call())
