"""Holes between users of one cache."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial

from operations.isolation.model import Level
from tests.local.holes import Among, hole
from tests.local.holes.site import Site

starter = partial(hole, among=Among.STARTER, levels=(Level.CONFIG, Level.LIVE))


def _changed(site: Site, old: str, new: str) -> Generator[None]:
    """A's user with other words in its access string."""
    cache, user = site.aws("elasticache"), site.a.named("user")
    before = cache.describe_users(UserId=user)["Users"][0]["AccessString"]
    assert old in before
    cache.modify_user(UserId=user, AccessString=before.replace(old, new))
    yield
    cache.modify_user(UserId=user, AccessString=before)


@starter("cache-user-access A", "cache-keys-others A>B")
def user_has_all_keys(site: Site) -> Generator[None]:
    """The pattern of a user's keys is widened to `~*`."""
    return _changed(site, f"~{site.a.slug}:*", "~*")


@starter("cache-user-access A", "cache-keys-others A>B")
def user_has_a_neighbour_s_keys(site: Site) -> Generator[None]:
    """A user gets another tenant's beginning beside its own."""
    return _changed(site, f"~{site.a.slug}:*", f"~{site.a.slug}:* ~{site.b.slug}:*")


@starter("cache-user-access A", "cache-keys-others A>B")
def user_reads_a_neighbour_s_keys(site: Site) -> Generator[None]:
    """A user may read, and only read, what begins as another tenant's keys do."""
    return _changed(site, f"~{site.a.slug}:*", f"~{site.a.slug}:* %R~{site.b.slug}:*")


@starter("cache-user-access A", "cache-channels-others A>B")
def user_hears_all_channels(site: Site) -> Generator[None]:
    """The pattern of a user's channels is widened to `&*`."""
    return _changed(site, f"&{site.a.slug}:*", "&*")


@starter("cache-user-access A", "cache-names-hidden A")
def user_may_scan(site: Site) -> Generator[None]:
    """SCAN, which looks at all keys whatever the patterns say."""
    return _changed(site, "-scan", "+scan")


@starter("cache-user-access A", "cache-names-hidden A")
def user_may_count(site: Site) -> Generator[None]:
    """DBSIZE and RANDOMKEY."""
    return _changed(site, "-randomkey -dbsize", "+randomkey +dbsize")


@starter("cache-user-access A", "cache-server-commands A", "cache-names-hidden A")
def user_has_dangerous_commands(site: Site) -> Generator[None]:
    """The category of what changes, shows and empties the server."""
    return _changed(site, "-pubsub", "-pubsub +@dangerous +@admin")
