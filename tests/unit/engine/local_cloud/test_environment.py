"""What clients are told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from engine.local_cloud import Cache, Database, LocalEnvironment
from engine.local_cloud.environment import Part

ENVIRONMENT = LocalEnvironment(
    endpoints={"rds": "http://127.0.0.1:1", "logs": "https://127.0.0.1:2"},
    default_endpoint="http://127.0.0.1:3",
    region="us-east-1",
    access_key="AKIA",
    secret_key="it's secret",
    ca_file=Path("/home/x/ca.pem"),
    databases={"acme": Database("127.1.2.3", 5432, "master", "pw")},
    caches={"acme": Cache("127.1.2.4", 6379, ("a", "b"))},
)


def test_the_json_form_has_the_documented_keys() -> None:
    found = ENVIRONMENT.to_json()
    assert set(found) >= {"endpoints", "region", "credentials", "databases", "caches", "kubeconfigs"}
    assert found["databases"]["acme"] == {"host": "127.1.2.3", "port": 5432, "user": "master", "password": "pw"}
    assert found["caches"]["acme"] == {"host": "127.1.2.4", "port": 6379, "users": ["a", "b"]}


def test_the_shell_form_is_read_by_a_shell_as_it_was_meant() -> None:
    script = ENVIRONMENT.to_shell() + 'printf "%s|%s" "$AWS_SECRET_ACCESS_KEY" "$AWS_ENDPOINT_URL_CLOUDWATCH_LOGS"'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "it's secret|https://127.0.0.1:2"


def test_the_token_of_a_role_that_was_taken_on_before_is_no_part_of_the_clouds_own_login() -> None:
    script = f'export AWS_SESSION_TOKEN=old\n{ENVIRONMENT.to_shell()}printf "%s" "${{AWS_SESSION_TOKEN-none}}"'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "none"


def test_the_shell_form_tells_where_databases_and_caches_are_and_no_password() -> None:
    lines = ENVIRONMENT.to_shell().splitlines()
    comments = [line for line in lines if line.startswith("#")]
    assert "# database acme: host=127.1.2.3 port=5432 user=master" in comments
    assert "# cache acme: host=127.1.2.4 port=6379 users=a,b" in comments
    assert lines[-len(comments) :] == comments
    assert "pw" not in ENVIRONMENT.to_shell()


def test_a_server_is_shown_to_people_without_its_account_and_region() -> None:
    part = Part("postgres 123456789012.us-east-1.demo-local-t234567abc-database", "real", "running", "127.1.2.3:5432")
    assert part.short == "postgres demo-local-t234567abc-database"
    assert part.to_json()["name"].startswith("postgres 123456789012.")
    assert Part("moto: acm, ec2", "emulated", "running", "x").short == "moto: acm, ec2"


def test_the_tools_of_aws_are_told_which_authority_to_trust() -> None:
    assert "export AWS_CA_BUNDLE=/home/x/ca.pem\n" in ENVIRONMENT.to_shell()
    assert ENVIRONMENT.to_json()["ca_file"] == "/home/x/ca.pem"


def test_no_secret_is_in_what_is_printed_by_accident() -> None:
    assert "secret" not in repr(ENVIRONMENT).replace("secret_key", "")
    assert "pw" not in repr(ENVIRONMENT)


def test_nothing_slow_is_imported_by_the_commands() -> None:
    code = "import sys, cli.commands.local; sys.stdout.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"moto", "ministack", "boto3", "botocore", "pulumi", "grpc", "psycopg"} & set(done.stdout.split())
