from __future__ import annotations

import json
import urllib.parse

import pytest

from engine.providers.aws import documents

POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"}],
}


def test_formatting_and_key_order_do_not_matter() -> None:
    turned = json.dumps(dict(reversed(POLICY.items())), indent=4)
    assert documents.canonical(turned) == documents.canonical(POLICY)


def test_one_action_is_the_same_as_a_list_of_one() -> None:
    single = json.dumps(POLICY).replace('["s3:GetObject"]', '"s3:GetObject"')
    assert documents.same(single, json.dumps(POLICY))


def test_the_order_of_actions_does_not_matter() -> None:
    one = json.dumps(POLICY).replace('["s3:GetObject"]', '["a:B", "c:D"]')
    other = json.dumps(POLICY).replace('["s3:GetObject"]', '["c:D", "a:B"]')
    assert documents.same(one, other)


def test_another_action_matters() -> None:
    assert not documents.same(json.dumps(POLICY), json.dumps(POLICY).replace("GetObject", "PutObject"))


def test_iams_url_encoding_is_undone() -> None:
    assert documents.live(urllib.parse.quote(json.dumps(POLICY))) == documents.canonical(POLICY)


@pytest.mark.parametrize("text", ["", "no", "[]", "{"])
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        documents.canonical(text)
