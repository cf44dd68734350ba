"""ElastiCache users as Valkey's ACL file."""

from __future__ import annotations

from engine.local_cloud.servers import valkey_access
from engine.local_cloud.servers.valkey_access import User


def lines(*users: User) -> list[str]:
    return valkey_access.acl_file("admin", "a" * 64, users).splitlines()


def test_without_a_user_called_default_it_is_off() -> None:
    assert lines()[-1] == "user default off"
    default = User("default", "off -@all", without_password=True)
    assert [line for line in lines(default) if line.startswith("user default")] == [default.line()]


def test_restrictions_come_after_the_access_string_and_so_win() -> None:
    words = User("a", "on ~a:* +@all", ("f" * 64,)).line().split()
    assert words[:4] == ["user", "a", "reset", f"#{'f' * 64}"]
    assert words.index("+@all") < words.index("-config")


def test_the_order_of_users_does_not_matter() -> None:
    one, other = User("a", "on"), User("b", "on")
    assert lines(one, other) == lines(other, one)


def test_a_password_is_never_in_the_file() -> None:
    user = User("a", "on", (valkey_access.hashed("open sesame"),))
    assert "sesame" not in "\n".join(lines(user))
    assert "sesame" not in repr(user)
