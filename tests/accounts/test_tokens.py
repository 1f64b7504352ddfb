"""What a bearer token must be, and the known ways around it (R102, R132, K-18; RFC 8725)."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from accounts.token_keys import TokenRefused
from accounts.tokens import verify_token
from tests.accounts.minting import claims, ec_key, pem, rsa_key, segment, signed

OURS = "ours"
THEIRS = "theirs"


@pytest.fixture(autouse=True)
def public_key(settings: Settings) -> None:
    """Tokens are verified with one configured RSA key."""
    settings.JWT_PUBLIC_KEY = pem(rsa_key(OURS))


def test_a_good_token_says_who_its_bearer_is() -> None:
    token = signed(rsa_key(OURS), claims(roles=["mentor"], scope="co read"))

    verified = verify_token(token)

    assert verified.subject == "alice"
    assert verified.issuer == "api.scimigo.com"
    assert verified.roles == {"mentor"}
    assert verified.scopes == {"co", "read"}


def test_a_token_needs_no_claim_that_only_simplejwt_writes() -> None:
    token = signed(rsa_key(OURS), claims())

    assert "token_type" not in claims()
    assert verify_token(token).subject == "alice"


def test_an_elliptic_curve_key_verifies_es256(settings: Settings) -> None:
    settings.JWT_PUBLIC_KEY = pem(ec_key(OURS))

    assert verify_token(signed(ec_key(OURS))).subject == "alice"
    with pytest.raises(TokenRefused):
        verify_token(signed(rsa_key(OURS)))


@pytest.mark.parametrize("audience", ["scimigo", ["scimigo"], ["other", "scimigo"]])
def test_the_audience_may_be_one_of_several(audience: object) -> None:
    assert verify_token(signed(rsa_key(OURS), claims(aud=audience))).subject == "alice"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"iss": "api.example.com"}, id="wrong issuer"),
        pytest.param({"iss": None}, id="no issuer"),
        pytest.param({"iss": ["api.scimigo.com"]}, id="issuer in a list"),
        pytest.param({"aud": "elsewhere"}, id="wrong audience"),
        pytest.param({"aud": []}, id="empty audience"),
        pytest.param({"aud": None}, id="no audience"),
        pytest.param({"aud": {"scimigo": 1}}, id="audience as an object"),
        pytest.param({"exp": int(time.time()) - 60}, id="expired"),
        pytest.param({"exp": None}, id="never expires"),
        pytest.param({"exp": "tomorrow"}, id="expiry in words"),
        pytest.param({"exp": "99999999999"}, id="expiry as text"),
        pytest.param({"exp": True}, id="expiry true"),
        pytest.param({"exp": [99999999999]}, id="expiry in a list"),
        pytest.param({"nbf": int(time.time()) + 600}, id="not yet valid"),
        pytest.param({"nbf": "now"}, id="not-before in words"),
        pytest.param({"iat": int(time.time()) + 600}, id="issued in the future"),
        pytest.param({"sub": None}, id="no subject"),
        pytest.param({"sub": ""}, id="empty subject"),
        pytest.param({"sub": " "}, id="blank subject"),
        pytest.param({"sub": "alice "}, id="subject with a space at its end"),
        pytest.param({"sub": "a" * 256}, id="subject too long"),
        pytest.param({"sub": "ali\x00ce"}, id="subject with NUL"),
        pytest.param({"sub": "alice\nbob"}, id="subject of two lines"),
        pytest.param({"sub": "\ud800"}, id="subject of half a surrogate pair"),
        pytest.param({"sub": 42}, id="subject a number"),
        pytest.param({"sub": ["alice"]}, id="subject in a list"),
        pytest.param({"sub": {"id": "alice"}}, id="subject an object"),
        pytest.param({"scope": ["co"]}, id="scope in a list"),
        pytest.param({"scope": 1}, id="scope a number"),
        pytest.param({"roles": "staff"}, id="roles as text"),
        pytest.param({"roles": {"staff": True}}, id="roles as an object"),
        pytest.param({"roles": [["staff"]]}, id="roles nested"),
        pytest.param({"roles": ["r"] * 65}, id="too many roles"),
    ],
)
def test_a_well_signed_token_with_bad_claims_is_refused(change: dict[str, Any]) -> None:
    token = signed(rsa_key(OURS), claims(**change))

    with pytest.raises(TokenRefused):
        verify_token(token)


def test_a_subject_of_255_characters_in_any_script_is_accepted() -> None:
    subject = "学" * 254 + "é"

    assert verify_token(signed(rsa_key(OURS), claims(sub=subject))).subject == subject


def test_clocks_may_differ_by_the_leeway(settings: Settings) -> None:
    settings.JWT_LEEWAY_SECONDS = 30
    now = int(time.time())

    assert verify_token(signed(rsa_key(OURS), claims(exp=now - 10))).subject == "alice"
    assert verify_token(signed(rsa_key(OURS), claims(nbf=now + 10))).subject == "alice"
    with pytest.raises(TokenRefused, match="expired"):
        verify_token(signed(rsa_key(OURS), claims(exp=now - 60)))


def unsigned(algorithm: str) -> str:
    return f"{segment({'alg': algorithm, 'typ': 'JWT'})}.{segment(claims())}."


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
def test_an_unsigned_token_is_refused(algorithm: str) -> None:
    token = unsigned(algorithm)

    for attempt in (token, token + "AA", token + segment(b"signature")):
        with pytest.raises(TokenRefused):
            verify_token(attempt)


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_token_signed_with_the_public_key_as_hmac_secret_is_refused(algorithm: str) -> None:
    """Algorithm confusion (RFC 8725 section 2.1): PyJWT will not make this token, so it is made by hand."""
    message = f"{segment({'alg': algorithm, 'typ': 'JWT'})}.{segment(claims())}"
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}[algorithm]
    signature = hmac.digest(pem(rsa_key(OURS)).encode(), message.encode(), digest)

    with pytest.raises(TokenRefused, match="algorithm"):
        verify_token(f"{message}.{segment(signature)}")


def test_an_hmac_signature_under_an_accepted_algorithm_name_is_refused() -> None:
    message = f"{segment({'alg': 'RS256', 'typ': 'JWT'})}.{segment(claims())}"
    signature = hmac.digest(pem(rsa_key(OURS)).encode(), message.encode(), hashlib.sha256)

    with pytest.raises(TokenRefused):
        verify_token(f"{message}.{segment(signature)}")


@pytest.mark.parametrize("algorithm", ["RS512", "PS256", "ES384", "EdDSA"])
def test_other_algorithms_are_refused_even_when_the_key_could_verify_them(algorithm: str) -> None:
    token = f"{segment({'alg': algorithm})}.{segment(claims())}.{segment(b'x' * 64)}"

    with pytest.raises(TokenRefused, match="algorithm"):
        verify_token(token)


def test_the_header_does_not_choose_between_the_accepted_algorithms() -> None:
    _, payload, signature = signed(rsa_key(OURS)).split(".")

    with pytest.raises(TokenRefused):
        verify_token(f"{segment({'alg': 'ES256'})}.{payload}.{signature}")


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_changed_token_is_refused(part: int) -> None:
    parts = signed(rsa_key(OURS)).split(".")
    middle = len(parts[part]) // 2
    changed = "A" if parts[part][middle] != "A" else "B"
    parts[part] = parts[part][:middle] + changed + parts[part][middle + 1 :]

    with pytest.raises(TokenRefused):
        verify_token(".".join(parts))


def test_claims_of_another_token_do_not_fit_a_signature() -> None:
    header, _, signature = signed(rsa_key(OURS)).split(".")

    with pytest.raises(TokenRefused):
        verify_token(f"{header}.{segment(claims(sub='mallory', roles=['staff']))}.{signature}")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"kid": OURS},
        {"jku": "https://attacker.example/keys.json"},
        {"x5u": "https://attacker.example/cert.pem"},
        {"kid": "../../../../dev/null"},
        {"kid": "x' UNION SELECT 'secret' --"},
        {"kid": "http://127.0.0.1:1/keys"},
    ],
)
def test_a_token_of_another_key_is_refused_whatever_its_header_says(headers: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        verify_token(signed(rsa_key(THEIRS), **headers))


def test_a_key_inside_the_token_is_not_used() -> None:
    """Header injection of `jwk` and `x5c` (CVE-2018-0114)."""
    public = rsa_key(THEIRS).public_key().public_numbers()
    numbers = {"n": segment(public.n.to_bytes(256, "big")), "e": segment(public.e.to_bytes(3, "big"))}
    token = signed(rsa_key(THEIRS), jwk={"kty": "RSA", **numbers}, x5c=[pem(rsa_key(THEIRS))])

    with pytest.raises(TokenRefused):
        verify_token(token)


@pytest.mark.parametrize("key_id", [7, None, ["ours"], {"ours": 1}, "", "k" * 257])
def test_a_key_id_must_be_a_short_text(key_id: object) -> None:
    header = segment({"alg": "RS256", "kid": key_id})
    _, payload, signature = signed(rsa_key(OURS)).split(".")

    with pytest.raises(TokenRefused, match="key id"):
        verify_token(f"{header}.{payload}.{signature}")


def test_a_critical_extension_nobody_understands_is_refused() -> None:
    """RFC 7515 section 4.1.11; `b64` (RFC 7797) would leave the payload outside the token."""
    with pytest.raises(TokenRefused):
        verify_token(signed(rsa_key(OURS), crit=["exp"], exp=1))
    with pytest.raises(TokenRefused):
        verify_token(f"{segment({'alg': 'RS256', 'b64': False, 'crit': ['b64']})}.AA.AA")


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "garbage",
        "a.b.c",
        f"{segment([])}.{segment({})}.AAAA",
        f"{segment(b'null')}.{segment({})}.AAAA",
        f"{segment(b'[' * 700)}.{segment({})}.AAAA",
        f"{segment({'alg': 'RS256', 'pad': 'x' * 2000})}.{segment({})}.AAAA",
        f"{segment({'alg': ['RS256']})}.{segment({})}.AAAA",
        "ey\x00.a.b",
        "é.a.b",
        "a." * 5000,
    ],
)
def test_garbage_is_refused(token: str) -> None:
    with pytest.raises(TokenRefused):
        verify_token(token)


@pytest.mark.parametrize("payload", [b"[]", b"null", b"1", b'"alice"', b"{", b"\xff", b"[" * 3000])
def test_a_signed_payload_that_is_no_object_is_refused(payload: bytes) -> None:
    from jwt import PyJWS

    token = PyJWS().encode(payload, rsa_key(OURS), algorithm="RS256")

    with pytest.raises(TokenRefused):
        verify_token(token)


def test_a_token_is_of_bounded_size() -> None:
    token = signed(rsa_key(OURS), claims(padding="x" * 8000))

    with pytest.raises(TokenRefused, match="malformed"):
        verify_token(token)


def test_padding_or_white_space_does_not_make_another_spelling_of_a_token() -> None:
    token = signed(rsa_key(OURS))

    for spelling in (token + "=", token + "\n", " " + token, token.replace(".", " .")):
        with pytest.raises(TokenRefused, match="malformed"):
            verify_token(spelling)


def test_a_refusal_does_not_repeat_the_token() -> None:
    token = signed(rsa_key(THEIRS))

    with pytest.raises(TokenRefused) as refused:
        verify_token(token)

    assert not any(part in str(refused.value) for part in token.split("."))
    assert refused.value.__suppress_context__


def test_a_token_that_was_seen_still_expires(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    token = signed(rsa_key(OURS), claims(exp=int(time.time()) + 30))
    verify_token(token)
    in_a_while = time.time() + 30 + settings.JWT_LEEWAY_SECONDS

    monkeypatch.setattr("time.time", lambda: in_a_while)

    with pytest.raises(TokenRefused, match="expired"):
        verify_token(token)


def test_a_token_that_was_seen_is_refused_once_its_key_is_replaced(settings: Settings) -> None:
    token = signed(rsa_key(OURS))
    verify_token(token)

    settings.JWT_PUBLIC_KEY = pem(rsa_key(THEIRS))

    with pytest.raises(TokenRefused):
        verify_token(token)


@pytest.mark.parametrize("name", ["JWT_ISSUER", "JWT_AUDIENCE"])
def test_a_token_that_was_seen_is_refused_once_the_checks_change(settings: Settings, name: str) -> None:
    token = signed(rsa_key(OURS))
    verify_token(token)

    setattr(settings, name, "another.example")

    with pytest.raises(TokenRefused):
        verify_token(token)


def test_a_changed_copy_of_a_token_that_was_seen_is_refused() -> None:
    token = signed(rsa_key(OURS))
    verify_token(token)
    header, payload, signature = token.split(".")
    forged = json.loads(base64.urlsafe_b64decode(payload + "==")) | {"sub": "mallory"}

    with pytest.raises(TokenRefused):
        verify_token(f"{header}.{segment(forged)}.{signature}")


@pytest.mark.parametrize(
    "key",
    [
        "not a key",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        pytest.param(lambda: pem(rsa_key("weak", 1024)), id="1024 bits"),
    ],
)
def test_an_unusable_public_key_is_a_mistake_of_configuration(settings: Settings, key: Any) -> None:
    settings.JWT_PUBLIC_KEY = key() if callable(key) else key

    with pytest.raises(ImproperlyConfigured, match="JWT_PUBLIC_KEY"):
        verify_token(signed(rsa_key(OURS)))
