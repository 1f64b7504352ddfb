"""Which keys of a JSON Web Key Set are used (RFC 7517 section 4)."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from jwt.algorithms import ECAlgorithm

from accounts.jwks import KeySetUnreadable, parse_key_set
from tests.accounts.minting import ec_key, jwk, rsa_key


@pytest.mark.parametrize(
    "unusable",
    [
        pytest.param(lambda: {"kty": "oct", "k": "c2VjcmV0", "kid": "x"}, id="symmetric"),
        pytest.param(lambda: {"kty": "oct", "k": "c2VjcmV0", "kid": "x", "alg": "RS256"}, id="disguised"),
        pytest.param(lambda: jwk(rsa_key("first"), "x", use="enc"), id="for encryption"),
        pytest.param(lambda: jwk(rsa_key("first"), "x", key_ops=["encrypt"]), id="other operations"),
        pytest.param(lambda: jwk(rsa_key("first"), "x", key_ops="verify"), id="operations as text"),
        pytest.param(lambda: jwk(rsa_key("first"), "x", alg="HS256"), id="algorithm HS256"),
        pytest.param(lambda: jwk(rsa_key("first"), "x", alg="RS512"), id="algorithm RS512"),
        pytest.param(lambda: jwk(rsa_key("weak", 1024), "x"), id="1024 bits"),
        pytest.param(lambda: jwk(ec_key("first"), "x", crv="P-384"), id="wrong curve"),
        pytest.param(lambda: jwk(rsa_key("first"), "x", n="!!"), id="not a number"),
        pytest.param(lambda: jwk(rsa_key("first"), None) | {"kid": 7}, id="key id a number"),
        pytest.param(lambda: jwk(rsa_key("first"), "x", kty=["RSA"]), id="type in a list"),
    ],
)
def test_keys_that_cannot_be_used_are_passed_over(unusable: Callable[[], dict[str, Any]]) -> None:
    good = jwk(rsa_key("first"), "good")

    backends = parse_key_set(json.dumps({"keys": [unusable(), good]}).encode())

    assert set(backends) == {"good"}
    with pytest.raises(KeySetUnreadable):
        parse_key_set(json.dumps({"keys": [unusable()]}).encode())


def test_a_private_key_in_the_set_is_passed_over() -> None:
    private = ECAlgorithm.to_jwk(ec_key("first"), as_dict=True) | {"kid": "private", "key_ops": ["verify"]}

    with pytest.raises(KeySetUnreadable):
        parse_key_set(json.dumps({"keys": [private]}).encode())
