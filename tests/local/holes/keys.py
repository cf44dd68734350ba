"""Holes between users of one cache."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial

from operations.isolation.model import Level
from tests.local.holes import Among, hole
from tests.local.holes.site import Place, Site

starter = partial(hole, among=Among.STARTER, levels=(Level.CONFIG, Level.LIVE))
standard = partial(hole, among=Among.STANDARD, levels=(Level.CONFIG, Level.LIVE))


def _changed(site: Site, old: str, new: str) -> Generator[None]:
    """A's user with other words in its access string."""
    return site.cache_access(site.a.named("user"), lambda said: said.replace(old, new))


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
    return _changed(site, "-pubsub", "-pubsub +scan")


@starter("cache-user-access A", "cache-names-hidden A")
def user_may_count(site: Site) -> Generator[None]:
    """DBSIZE and RANDOMKEY."""
    return _changed(site, "-pubsub", "-pubsub +randomkey +dbsize")


@starter("cache-user-access A", "cache-names-hidden A")
def user_is_told_of_changes(site: Site) -> Generator[None]:
    """CLIENT TRACKING, which in its broadcasting mode tells the names of all keys that anybody writes."""
    return _changed(site, "-client|tracking", "")


@starter("cache-user-access A", "cache-names-hidden A")
def user_has_all_that_writes(site: Site) -> Generator[None]:
    """The category of commands that write, which are not about keys only: FUNCTION LOAD is one of them."""
    return _changed(site, "-@all", "-@all +@write")


@starter("cache-user-access A", "cache-server-commands A", "cache-names-hidden A")
def user_has_dangerous_commands(site: Site) -> Generator[None]:
    """The category of what changes, shows and empties the server."""
    return _changed(site, "-pubsub", "-pubsub +@dangerous +@admin")


@standard("cache-user-access A", "cache-databases-others A>B", "cache-names-hidden A")
def user_has_all_databases(site: Site) -> Generator[None]:
    """A user may select any numbered database."""
    return _changed(site, f"db={_database(site.a)}", "alldbs")


@standard("cache-user-access A", "cache-databases-others A>B")
def user_has_a_neighbour_s_database(site: Site) -> Generator[None]:
    """A user may select another tenant's numbered database beside its own."""
    own, theirs = _database(site.a), _database(site.b)
    return _changed(site, f"db={own}", f"db={own},{theirs}")


@standard("cache-user-access A", "cache-channels-others A>B")
def user_of_a_database_hears_all_channels(site: Site) -> Generator[None]:
    """Channels are the server's, whichever database is selected: the pattern of a user's is widened to `&*`."""
    return _changed(site, f"&{site.a.slug}:*", "&*")


def _database(place: Place) -> str:
    return str(place.outputs["cacheDatabase"])


@starter("cache-user-access A", "cache-user-access B")
def deployer_reads_keys(site: Site) -> Generator[None]:
    """Whoever takes away what tenants leave in a shared cache may read it too."""
    return site.cache_access(f"{site.cell}-deployer-1", lambda said: f"{said} +get")
