"""Backup vaults: locked ones keep what they hold, full ones stay."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from engine.local_cloud import LocalCloud
from tests.contract.local_cloud import clients

BUCKET, ROLE = "arn:aws:s3:::some", "arn:aws:iam::123456789012:role/backup"


@pytest.fixture
def backup(local_cloud: LocalCloud) -> Any:
    return clients.of(local_cloud, "backup")


@pytest.fixture
def vault(backup: Any, name: str) -> str:
    backup.create_backup_vault(BackupVaultName=name)
    return name


@pytest.fixture
def point(backup: Any, vault: str) -> str:
    job = backup.start_backup_job(BackupVaultName=vault, ResourceArn=BUCKET, IamRoleArn=ROLE)
    return str(job["RecoveryPointArn"])


def code(error: Any) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_vault_that_holds_something_cannot_be_deleted(backup: Any, vault: str, point: str) -> None:
    with pytest.raises(ClientError) as refused:
        backup.delete_backup_vault(BackupVaultName=vault)
    assert code(refused) == "InvalidRequestException"
    assert backup.describe_backup_vault(BackupVaultName=vault)["NumberOfRecoveryPoints"] == 1


def test_an_emptied_vault_can(backup: Any, vault: str, point: str) -> None:
    backup.delete_recovery_point(BackupVaultName=vault, RecoveryPointArn=point)
    assert not backup.list_recovery_points_by_backup_vault(BackupVaultName=vault)["RecoveryPoints"]
    backup.delete_backup_vault(BackupVaultName=vault)


def test_a_recovery_point_is_told_with_what_it_is_of(backup: Any, vault: str, point: str) -> None:
    listed = backup.list_recovery_points_by_backup_vault(BackupVaultName=vault)["RecoveryPoints"]
    assert [each["RecoveryPointArn"] for each in listed] == [point]
    one = backup.describe_recovery_point(BackupVaultName=vault, RecoveryPointArn=point)
    assert (one["ResourceArn"], one["Status"]) == (BUCKET, "COMPLETED")


def test_a_locked_vault_keeps_its_recovery_points(backup: Any, vault: str, point: str) -> None:
    backup.put_backup_vault_lock_configuration(BackupVaultName=vault, MinRetentionDays=7)
    with pytest.raises(ClientError) as refused:
        backup.delete_recovery_point(BackupVaultName=vault, RecoveryPointArn=point)
    assert code(refused) == "InvalidRequestException"
    backup.delete_backup_vault_lock_configuration(BackupVaultName=vault)
    backup.delete_recovery_point(BackupVaultName=vault, RecoveryPointArn=point)


def test_a_lock_and_its_date_are_told(backup: Any, vault: str) -> None:
    backup.put_backup_vault_lock_configuration(BackupVaultName=vault, MinRetentionDays=7, ChangeableForDays=3)
    found = backup.describe_backup_vault(BackupVaultName=vault)
    assert (found["Locked"], found["MinRetentionDays"]) == (True, 7)
    assert found["LockDate"] > found["CreationDate"]


def test_a_vault_without_a_policy_says_so(backup: Any, vault: str) -> None:
    backup.put_backup_vault_access_policy(BackupVaultName=vault, Policy='{"Statement": []}')
    assert backup.get_backup_vault_access_policy(BackupVaultName=vault)["Policy"] == '{"Statement": []}'
    backup.delete_backup_vault_access_policy(BackupVaultName=vault)
    with pytest.raises(ClientError) as refused:
        backup.get_backup_vault_access_policy(BackupVaultName=vault)
    assert code(refused) == "ResourceNotFoundException"


def test_a_vault_that_is_not_there_can_be_neither_locked_nor_opened(backup: Any, name: str) -> None:
    for call in (backup.put_backup_vault_lock_configuration, backup.delete_backup_vault_access_policy):
        with pytest.raises(ClientError) as refused:
            call(BackupVaultName=name)
        assert code(refused) == "ResourceNotFoundException"
