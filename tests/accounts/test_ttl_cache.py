"""The small cache: bounded in size and in time."""

import pytest

from accounts.ttl_cache import TtlCache


def test_a_value_is_kept_for_its_lifetime_only(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    cache: TtlCache[str, int] = TtlCache(max_entries=2, ttl_seconds=60)
    cache.put("ada", 1)

    now = 159.9
    assert cache.get("ada") == 1

    now = 160.0
    assert cache.get("ada") is None


def test_the_entry_unused_for_longest_goes_first() -> None:
    cache: TtlCache[str, int] = TtlCache(max_entries=2, ttl_seconds=60)
    cache.put("ada", 1)
    cache.put("bob", 2)
    cache.get("ada")

    cache.put("carol", 3)

    assert (cache.get("ada"), cache.get("bob"), cache.get("carol")) == (1, None, 3)


def test_entries_can_be_dropped_one_by_one_or_all_together() -> None:
    cache: TtlCache[str, int] = TtlCache(max_entries=3, ttl_seconds=60)
    for number, name in enumerate(("ada", "bob", "carol")):
        cache.put(name, number)

    cache.forget("ada")
    cache.forget("nobody")
    assert (cache.get("ada"), cache.get("bob")) == (None, 1)

    cache.clear()
    assert cache.get("carol") is None


def test_its_contents_are_not_shown() -> None:
    cache: TtlCache[str, bytes] = TtlCache(max_entries=3, ttl_seconds=60)
    cache.put("ada", b"secret")

    assert "secret" not in repr(cache)
    assert "ada" not in repr(cache)
