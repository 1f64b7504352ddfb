"""Ciphers, named keys and keyed digests (R147)."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from common import crypto
from common.crypto import KeyEncryptionKeys, NamedKeys, Tampered, UnknownKey

KEY = bytes(range(32))


def setting(**keys: bytes) -> str:
    return ",".join(f"{name}:{base64.b64encode(key).decode()}" for name, key in keys.items())


@given(st.binary(max_size=2000), st.binary(max_size=50))
def test_what_was_encrypted_decrypts_to_itself(plaintext: bytes, context: bytes) -> None:
    assert crypto.decrypt(KEY, crypto.encrypt(KEY, plaintext, context), context) == plaintext


def test_the_same_plaintext_never_encrypts_to_the_same_bytes() -> None:
    sealed = {crypto.encrypt(KEY, b"print(1)", b"") for _ in range(100)}

    assert len(sealed) == 100


def test_a_ciphertext_of_the_nist_test_vectors_decrypts() -> None:
    """NIST GCM test vectors, gcmDecrypt256 (keylen 256, IV 96, tag 128), with empty plaintext."""
    key = bytes.fromhex("f5a2b27c74355872eb3ef6c5feafaa740e6ae990d9d48c3bd9bb8235e589f010")
    nonce = bytes.fromhex("58d2240f580a31c1d24948e9")
    tag = bytes.fromhex("15e051a5e4a5f5da6cea92e2ebee5bac")

    assert crypto.decrypt(key, nonce + tag, b"") == b""


def test_every_flipped_bit_is_noticed() -> None:
    sealed = crypto.encrypt(KEY, b"code", b"context")

    for position in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(Tampered):
            crypto.decrypt(KEY, bytes(changed), b"context")


def test_another_key_another_context_or_a_cut_tail_is_noticed() -> None:
    sealed = crypto.encrypt(KEY, b"code", b"context")

    for key, body, context in (
        (bytes(32), sealed, b"context"),
        (KEY, sealed, b"other"),
        (KEY, sealed[:-1], b"context"),
        (KEY, sealed[:20], b"context"),
        (KEY, b"", b"context"),
    ):
        with pytest.raises(Tampered):
            crypto.decrypt(key, body, context)


def test_the_first_key_wraps_and_every_key_unwraps() -> None:
    old = KeyEncryptionKeys(setting(k1=KEY), setting="S")
    both = KeyEncryptionKeys(setting(k2=bytes(32), k1=KEY), setting="S")

    name, wrapped = old.wrap(b"d" * 32, b"ada")
    new_name, rewrapped = both.wrap(b"d" * 32, b"ada")

    assert (name, new_name) == ("k1", "k2")
    assert both.unwrap(name, wrapped, b"ada") == both.unwrap(new_name, rewrapped, b"ada") == b"d" * 32
    with pytest.raises(UnknownKey, match="k2"):
        old.unwrap(new_name, rewrapped, b"ada")
    with pytest.raises(Tampered):
        both.unwrap("k2", wrapped, b"ada")
    with pytest.raises(Tampered):
        both.unwrap(name, wrapped, b"bob")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "k1",
        "k1:",
        "k1:AAAA",
        ":" + base64.b64encode(KEY).decode(),
        "k 1:" + base64.b64encode(KEY).decode(),
        "k" * 41 + ":" + base64.b64encode(KEY).decode(),
        "k1:" + base64.b64encode(KEY + b"x").decode(),
        "k1:" + base64.b64encode(KEY).decode() + "!",
        setting(k1=KEY) + ",",
        setting(k1=KEY) + "," + setting(k1=bytes(32)),
    ],
)
def test_a_setting_that_is_no_list_of_keys_is_a_mistake_of_configuration(text: str) -> None:
    with pytest.raises(ImproperlyConfigured) as mistake:
        NamedKeys(text, setting="FIELD_ENCRYPTION_KEYS")

    assert "FIELD_ENCRYPTION_KEYS" in str(mistake.value)
    assert base64.b64encode(KEY).decode() not in str(mistake.value)


def test_white_space_around_entries_does_not_matter() -> None:
    keys = NamedKeys(f" {setting(k1=KEY)} ,\n {setting(k2=bytes(32))} ", setting="S")

    assert keys.names == ("k1", "k2")


def test_keys_are_not_shown() -> None:
    keys = KeyEncryptionKeys(setting(k1=KEY), setting="FIELD_ENCRYPTION_KEYS")

    assert repr(keys) == "<KeyEncryptionKeys FIELD_ENCRYPTION_KEYS: k1>"
    with pytest.raises(UnknownKey) as unknown:
        keys.key("k9")
    assert base64.b64encode(KEY).decode() not in str(unknown.value)


def test_a_seal_of_a_chain_head_is_made_by_the_first_key_and_checked_with_all(settings: Settings) -> None:
    settings.HISTORY_SEAL_KEYS = setting(h1=KEY)
    digest = crypto.seal_digest(b"head")

    settings.HISTORY_SEAL_KEYS = setting(h2=bytes(32), h1=KEY)

    assert len(digest) == 32
    assert crypto.seal_digest(b"head") != digest
    assert crypto.seal_matches(b"head", digest)
    assert crypto.seal_matches(b"head", crypto.seal_digest(b"head"))
    assert not crypto.seal_matches(b"other head", digest)
    assert not crypto.seal_matches(b"head", b"")

    settings.HISTORY_SEAL_KEYS = setting(h2=bytes(32))
    assert not crypto.seal_matches(b"head", digest)


def test_the_keyed_digest_is_hmac_sha256(settings: Settings) -> None:
    """The expected value is what `openssl dgst -sha256 -mac HMAC` says."""
    settings.HISTORY_SEAL_KEYS = setting(h1=KEY)

    assert crypto.seal_digest(b"abc").hex() == (
        "f0133729c4163dede81e21cd47839256da58171238c8a0d874397c73b14e1e47"
    )
