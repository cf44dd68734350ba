"""What single rows promise beyond the common suite."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import psycopg
import pytest

from engine.providers.port import UNSETTLED, AnswerLost, Call, PartlyDone, Props, ProviderError
from engine.providers.postgresql import PostgresqlProvider
from engine.providers.postgresql.provider import ConfiguredPostgresql
from engine.providers.reach import Direct
from tests.contract.providers.postgresql.cases import CALL, DATABASE, GRANT, ROLE, SCHEMA, resource
from tests.postgres_servers import Running

Make = Callable[..., Props]


@pytest.fixture
def make(provider: ConfiguredPostgresql) -> Iterator[Make]:
    """Makes resources and takes them down again in reverse order; the result is what was put in."""
    made: list[tuple[str, str, Props, Props]] = []

    def _make(type: str, **inputs: object) -> Props:
        checked = provider.check(resource(type), None, dict(inputs), b"seed")
        assert not checked.failures
        created = provider.create(resource(type), checked.inputs, CALL)
        made.append((type, created.id, checked.inputs, created.outputs))
        return checked.inputs

    yield _make
    for type, id, inputs, outputs in reversed(made):
        provider.delete(resource(type), id, inputs, outputs, CALL)


def _read(provider: ConfiguredPostgresql, type: str, inputs: Props) -> Props:
    found = provider.read(resource(type), "", inputs, inputs)
    assert found is not None
    return found.inputs


def test_a_role_logs_in_with_its_password_and_after_an_update_only_with_the_new_one(
    make: Make, provider: ConfiguredPostgresql, running: Running, unique: str
) -> None:
    first, second = secrets.token_urlsafe(12), secrets.token_urlsafe(12)
    inputs = make(ROLE, name=unique, login=True, password=first)
    running.connect(unique, first).close()
    provider.update(resource(ROLE), unique, inputs, inputs, inputs | {"password": second}, CALL)
    running.connect(unique, second).close()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        running.connect(unique, first)


def test_the_server_keeps_a_scram_verifier_and_its_log_never_sees_a_password(
    make: Make, running: Running, unique: str
) -> None:
    make(ROLE, name=unique, login=True, password="a-very-secret-word")
    stored = running.run(f"SELECT rolpassword FROM pg_authid WHERE rolname = '{unique}'")[0][0]
    assert stored.startswith("SCRAM-SHA-256$")
    log = running.log.read_text()
    assert f'ALTER ROLE "{unique}"' in log
    assert "a-very-secret-word" not in log


def test_no_error_tells_a_password(provider: ConfiguredPostgresql, unique: str) -> None:
    inputs = {"name": unique, "login": True, "password": "a-very-secret-word", "superuser": True}
    with pytest.raises(ProviderError) as caught:
        provider.create(resource(ROLE), inputs, CALL)
    assert "secret-word" not in str(caught.value)
    assert "SCRAM" not in str(caught.value)
    assert provider.read(resource(ROLE), unique, inputs, inputs) is None


def test_a_rename_is_made_in_place_and_goes_on_after_a_lost_answer(
    make: Make, provider: ConfiguredPostgresql, unique: str
) -> None:
    old = make(ROLE, name=unique)
    new = old | {"name": f"{unique}_new"}
    assert provider.update(resource(ROLE), unique, old, old, new, CALL)["name"] == f"{unique}_new"
    outputs = provider.update(resource(ROLE), unique, old, old, new, CALL)
    assert provider.read(resource(ROLE), unique, old, old) is None
    provider.delete(resource(ROLE), unique, new, outputs, CALL)


def test_a_role_of_the_same_name_and_another_password_is_not_adopted(
    provider: ConfiguredPostgresql, running: Running, unique: str
) -> None:
    running.run(f"CREATE ROLE {unique} LOGIN PASSWORD 'somebody-elses'")
    with pytest.raises(ProviderError, match="not ours: another password"):
        provider.find(resource(ROLE), {"name": unique, "login": True, "password": "our-own-password"})
    running.run(f"DROP ROLE {unique}")


def test_a_database_of_somebody_else_is_not_adopted(
    provider: ConfiguredPostgresql, running: Running, unique: str
) -> None:
    running.run(f"CREATE DATABASE {unique}")
    with pytest.raises(ProviderError, match="not ours: another owner"):
        provider.find(resource(DATABASE), {"name": unique})
    running.run(f"DROP DATABASE {unique}")


def test_the_loan_of_the_owners_rights_is_given_back(make: Make, running: Running, unique: str) -> None:
    make(ROLE, name=f"{unique}_owner")
    make(DATABASE, name=unique, owner=f"{unique}_owner")
    lent = running.run(
        "SELECT count(*) FROM pg_auth_members WHERE member = 'master'::regrole AND grantor = 'master'::regrole"
        f" AND roleid = '{unique}_owner'::regrole"
    )
    assert lent == [(0,)]


def test_dropping_a_role_keeps_what_it_owned(
    make: Make, provider: ConfiguredPostgresql, running: Running, unique: str
) -> None:
    make(DATABASE, name=unique)
    role: Props = {"name": f"{unique}_writer"}
    provider.create(resource(ROLE), role, CALL)
    running.run(f"CREATE TABLE kept (); ALTER TABLE kept OWNER TO {unique}_writer", unique)
    provider.delete(resource(ROLE), role["name"], role, role | {"skipReassignOwned": False}, CALL)
    assert running.run("SELECT tableowner FROM pg_tables WHERE tablename = 'kept'", unique) == [("master",)]


def test_a_database_in_use_is_dropped_all_the_same(
    provider: ConfiguredPostgresql, running: Running, unique: str
) -> None:
    inputs: Props = {"name": unique}
    created = provider.create(resource(DATABASE), inputs, CALL)
    with closing(running.connect("master", running.master, unique)):
        provider.delete(resource(DATABASE), unique, inputs, created.outputs, CALL)
    assert provider.read(resource(DATABASE), unique, inputs, created.outputs) is None


def test_a_database_closed_to_everybody_can_still_be_managed_from_inside(
    make: Make, running: Running, unique: str
) -> None:
    make(ROLE, name=f"{unique}_owner", login=True, password="owner-password")
    make(DATABASE, name=unique, owner=f"{unique}_owner")
    make(GRANT, role="public", database=unique, objectType="database", privileges=[])
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        running.connect("master", running.master, unique)
    make(SCHEMA, name="own", database=unique, owner=f"{unique}_owner")
    running.connect(f"{unique}_owner", "owner-password", unique).close()


@pytest.mark.parametrize("privileges", [["SELECT", "INSERT"], ["ALL"]], ids=" ".join)
def test_a_grant_on_all_tables_sees_one_table_that_is_otherwise(
    privileges: list[str], make: Make, provider: ConfiguredPostgresql, running: Running, unique: str
) -> None:
    make(DATABASE, name=unique)
    make(ROLE, name=f"{unique}_reader")
    running.run_as_master("CREATE TABLE public.a (); CREATE TABLE public.b ()", unique)
    grant = make(
        GRANT, role=f"{unique}_reader", database=unique, schema="public", objectType="table", privileges=privileges
    )
    assert _read(provider, GRANT, grant) == grant
    running.run(f"REVOKE INSERT ON public.b FROM {unique}_reader", unique)
    assert "INSERT" not in _read(provider, GRANT, grant)["privileges"]


def test_a_grant_on_one_sequence_is_gone_with_it(
    make: Make, provider: ConfiguredPostgresql, running: Running, unique: str
) -> None:
    make(DATABASE, name=unique)
    make(ROLE, name=f"{unique}_reader")
    running.run_as_master("CREATE SEQUENCE public.numbers; CREATE SEQUENCE public.others", unique)
    grant = make(
        GRANT, role=f"{unique}_reader", database=unique, schema="public", objectType="sequence",
        objects=["numbers"], privileges=["USAGE"],
    )  # fmt: skip
    assert _read(provider, GRANT, grant) == grant
    assert running.run(f"SELECT has_sequence_privilege('{unique}_reader', 'public.others', 'USAGE')", unique) == [
        (False,)
    ]
    running.run("DROP SEQUENCE public.numbers", unique)
    assert provider.read(resource(GRANT), "", grant, grant) is None


def test_a_schema_that_stands_there_is_taken_only_where_the_inputs_say_so(
    make: Make, provider: ConfiguredPostgresql, running: Running, unique: str
) -> None:
    make(DATABASE, name=unique)
    strict: Props = {"name": "public", "database": unique, "ifNotExists": False}
    with pytest.raises(ProviderError, match="exists"):
        provider.create(resource(SCHEMA), strict, CALL)
    make(SCHEMA, name="mine", database=unique)
    running.run("ALTER SCHEMA mine RENAME TO yours", unique)
    assert provider.find(resource(SCHEMA), {"name": "mine", "database": unique}) is None
    running.run("ALTER SCHEMA yours RENAME TO mine", unique)


def test_a_writer_that_lost_the_right_to_write_sends_nothing(provider: ConfiguredPostgresql, unique: str) -> None:
    def fence() -> None:
        raise PermissionError("the lease is lost")

    inputs: Props = {"name": unique}
    with pytest.raises(PermissionError):
        provider.create(resource(ROLE), inputs, Call(fence=fence))
    assert provider.read(resource(ROLE), unique, inputs, inputs) is None


def test_a_server_that_does_not_answer_is_no_reason_to_call_a_role_gone(unique: str) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        provider = PostgresqlProvider(Direct()).configure({"host": "127.0.0.1", "port": port, "sslmode": "disable"})
        with pytest.raises(ProviderError, match="No session in postgres"):
            provider.read(resource(ROLE), unique, {"name": unique}, {"name": unique})


def test_an_answer_lost_after_the_statement_was_sent_is_said_and_what_was_made_is_found(
    running: Running, unique: str
) -> None:
    with _Cutting(running.port, b"CREATE DATABASE") as port:
        provider = PostgresqlProvider(Direct()).configure(running.config(port=port))
        with pytest.raises(AnswerLost):
            provider.create(resource(DATABASE), {"name": unique}, CALL)
    whole = PostgresqlProvider(Direct()).configure(running.config())
    found = whole.find(resource(DATABASE), {"name": unique})
    assert found is not None
    assert found.id == unique
    whole.delete(resource(DATABASE), unique, found.inputs, found.outputs, CALL)


@pytest.mark.parametrize("asked_next", ["the same", "the old one"])
def test_a_password_whose_fate_is_not_known_is_sent_again(
    make: Make, provider: ConfiguredPostgresql, running: Running, unique: str, asked_next: str
) -> None:
    first, second = secrets.token_urlsafe(12), secrets.token_urlsafe(12)
    old = make(ROLE, name=unique, login=True, password=first)
    new = old | {"password": second}
    with _Cutting(running.port, b"PASSWORD") as port:
        cut = PostgresqlProvider(Direct()).configure(running.config(port=port))
        with pytest.raises(PartlyDone) as told:
            cut.update(resource(ROLE), unique, old, old, new, CALL)
    assert told.value.outputs[UNSETTLED] == ["password"]
    found = provider.read(resource(ROLE), unique, new, told.value.outputs)
    assert found is not None
    assert found.reasons
    wanted = new if asked_next == "the same" else old
    running.run(f"ALTER ROLE {unique} PASSWORD 'anything-else'")
    outputs = provider.update(resource(ROLE), unique, new, told.value.outputs, wanted, CALL)
    running.connect(unique, wanted["password"]).close()
    assert UNSETTLED not in outputs


def test_an_update_of_a_database_that_was_refused_halfway_is_looked_at_and_goes_on(
    make: Make, provider: ConfiguredPostgresql, running: Running, unique: str
) -> None:
    make(ROLE, name=f"{unique}_new")
    make(ROLE, name=f"{unique}_old")
    old = make(DATABASE, name=unique, owner=f"{unique}_old", alterObjectOwnership=True)
    running.run(f"CREATE TABLE public.kept (); ALTER TABLE public.kept OWNER TO {unique}_old", unique)
    running.run(f"CREATE DATABASE {unique}_taken")
    new = old | {"name": f"{unique}_taken", "owner": f"{unique}_new"}
    with pytest.raises(AnswerLost, match="A part of it was done, then: .*already exists"):
        provider.update(resource(DATABASE), unique, old, old, new, CALL)
    running.run(f"DROP DATABASE {unique}_taken")
    found = provider.read(resource(DATABASE), unique, old, old)
    assert found is not None
    assert found.inputs["owner"] == f"{unique}_new"
    outputs = provider.update(resource(DATABASE), unique, found.inputs, found.outputs, new, CALL)
    assert _read(provider, DATABASE, new) == new
    assert running.run("SELECT tableowner FROM pg_tables WHERE tablename = 'kept'", f"{unique}_taken") == [
        (f"{unique}_new",)
    ]
    back = provider.update(resource(DATABASE), unique, new, outputs, old, CALL)
    assert back["owner"] == f"{unique}_old"


def test_objects_that_could_not_be_handed_over_are_handed_over_by_the_next_update(
    make: Make, provider: ConfiguredPostgresql, running: Running, unique: str
) -> None:
    make(ROLE, name=f"{unique}_new")
    make(ROLE, name=f"{unique}_old")
    old = make(DATABASE, name=unique, owner=f"{unique}_old", alterObjectOwnership=True)
    running.run(f"CREATE TABLE public.kept (); ALTER TABLE public.kept OWNER TO {unique}_old", unique)
    new = old | {"owner": f"{unique}_new"}
    with _Cutting(running.port, b"REASSIGN") as port:
        cut = PostgresqlProvider(Direct()).configure(running.config(port=port))
        with pytest.raises(AnswerLost):
            cut.update(resource(DATABASE), unique, old, old, new, CALL)
    found = provider.read(resource(DATABASE), unique, old, old)
    assert found is not None
    provider.update(resource(DATABASE), unique, found.inputs, found.outputs, new, CALL)
    assert running.run("SELECT tableowner FROM pg_tables WHERE tablename = 'kept'", unique) == [(f"{unique}_new",)]


def test_an_update_of_a_role_that_is_refused_came_to_nothing(
    make: Make, provider: ConfiguredPostgresql, unique: str
) -> None:
    old = make(ROLE, name=unique)
    new = old | {"connectionLimit": 3, "roles": ["there-is-no-such-role"]}
    with pytest.raises(ProviderError, match="does not exist") as told:
        provider.update(resource(ROLE), unique, old, old, new, CALL)
    assert not isinstance(told.value, AnswerLost | PartlyDone)
    assert _read(provider, ROLE, old) == old


class _Cutting:
    """A way to the server that passes everything on and, once it has passed on the marker, no answer back."""

    def __init__(self, port: int, marker: bytes) -> None:
        self._port, self._marker = port, marker
        self._listener = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> int:
        threading.Thread(target=self._serve, daemon=True).start()
        return self._listener.getsockname()[1]

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._port))
                cut = threading.Event()
                threading.Thread(target=self._up, args=(client, server, cut), daemon=True).start()
                threading.Thread(target=self._down, args=(client, server, cut), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if self._marker in data:
                    cut.set()
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    def _down(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with suppress(OSError):
            while (data := server.recv(65536)) and not cut.is_set():
                client.sendall(data)
        # The other thread still reads: without a shutdown, closing would not end the connection.
        for end in (client, server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
