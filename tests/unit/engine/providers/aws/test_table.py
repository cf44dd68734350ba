"""The table against botocore's shapes and the official SDK's names."""

from __future__ import annotations

import subprocess
import sys

import pytest

from engine.providers.aws import catalogue, declared, introspection, shapes
from engine.providers.aws.rows import ROWS
from engine.providers.aws.table import Row

EVERY = [pytest.param(row, id=type) for type, row in ROWS.items()]


@pytest.mark.parametrize("row", EVERY)
def test_a_row_knows_only_properties_that_the_sdk_declares(row: Row) -> None:
    known = declared.of(row.type)
    assert {prop.name for prop in row.props} <= known.inputs
    assert {name.partition(".")[0] for name in row.outputs} <= known.outputs
    assert {name for prop in row.props for name in prop.moves} <= known.outputs
    assert (row.tags is None) == ("tags" not in known.inputs)


@pytest.mark.parametrize("row", EVERY)
def test_everything_a_row_sends_has_a_place_in_the_request(row: Row) -> None:
    if not callable(row.create):
        members = shapes.input_shape(row.service, row.create[0]).members
        assert {prop.member for prop in row.props} - {None} <= set(members)
    for prop in row.props:
        if isinstance(prop.change, str):
            members = shapes.input_shape(row.service, prop.change).members
            assert (prop.modify or prop.member) in members, prop.name
            assert row.key in members


@pytest.mark.parametrize("row", EVERY)
def test_what_can_change_has_a_way_to_change(row: Row) -> None:
    unchangeable = [p.name for p in row.props if not p.fixed and p.change is None and p.live is not None]
    assert unchangeable == []


@pytest.mark.parametrize("row", EVERY)
def test_a_delete_by_operation_names_the_resource(row: Row) -> None:
    if not callable(row.delete):
        assert row.key in shapes.input_shape(row.service, row.delete).members


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the SDK's own
def test_the_declared_names_are_those_of_the_installed_sdk() -> None:
    assert declared.FILE.read_text() == introspection.text()


def test_the_reference_page_is_fresh() -> None:
    assert catalogue.FILE.read_text() == catalogue.text()


def test_what_holds_data_is_never_replaced() -> None:
    assert {type for type, row in ROWS.items() if row.holds_data} == {
        "aws:backup/vault:Vault",
        "aws:eks/cluster:Cluster",
        "aws:rds/instance:Instance",
        "aws:s3/bucket:Bucket",
        "aws:kms/key:Key",
        "aws:secretsmanager/secret:Secret",
    }


def test_importing_the_provider_loads_neither_boto3_nor_pulumi() -> None:
    script = (
        "import sys, engine.providers.aws\n"
        "heavy = {'boto3', 'botocore', 'pulumi', 'pulumi_aws', 'grpc'} & set(sys.modules)\n"
        "sys.exit(','.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
