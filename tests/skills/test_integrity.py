"""Signatures of badges: the official vector, and every way to change a signed badge (people.md 3.1)."""

import copy
import datetime
import hashlib
import json
import socket
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebond.skills.credentials import canonical, contexts, integrity, keys
from rebond.skills.credentials.canonical import _members
from rebond.skills.errors import CredentialRefused
from tests.skills.making import METHOD, MOMENT, PRIVATE, PUBLIC, signed, unsigned

pytestmark = pytest.mark.unit
VECTOR = contexts.DATA.parent / "vectors"


def read(name):
    return (VECTOR / name).read_text(encoding="utf-8")


def test_the_official_vector_is_reproduced_byte_for_byte():
    document, options = json.loads(read("unsigned.json")), json.loads(read("proofConfigDataInt.json"))
    pair = json.loads(read("keyPair.json"))

    assert canonical.canonical(document).decode() == read("canonDocDataInt.txt")
    assert canonical.canonical(options).decode() == read("proofCanonDataInt.txt")
    assert hashlib.sha256(canonical.canonical(document)).hexdigest() == read("docHashDataInt.txt")
    assert hashlib.sha256(canonical.canonical(options)).hexdigest() == read("proofHashDataInt.txt")
    assert integrity.hash_data(document, options).hex() == read("combinedHashDataInt.txt")
    assert keys.public_of(pair["privateKeyMultibase"]) == pair["publicKeyMultibase"]
    made = integrity.add_proof(
        document,
        private=pair["privateKeyMultibase"],
        method=options["verificationMethod"],
        created=datetime.datetime.fromisoformat(options["created"]),
    )
    assert made["proof"]["proofValue"] == read("sigBTC58DataInt.txt")
    assert keys.from_multibase(made["proof"]["proofValue"]).hex() == read("sigHexDataInt.txt")
    assert made == json.loads(read("signedDataInt.json"))
    integrity.verify_proof(made, public=pair["publicKeyMultibase"], now=MOMENT)


def test_the_contexts_are_those_that_were_published():
    fingerprints = {
        name: hashlib.sha256((contexts.DATA / name).read_bytes()).hexdigest() for name in contexts.FILES.values()
    }

    assert fingerprints == {
        "credentials-v2.json": "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
        "credentials-examples-v2.json": "57393fbc69d6efb9b9b5dc9cb6b9880b0944360abfe2eaf459c9e58cf2279d7c",
        "ob-v3p0-context-3.0.3.json": "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
        "ob-v3p0-context-3.0.2.json": "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
        "ob-v3p0-context-3.0.1.json": "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571",
    }


def test_nothing_is_asked_of_the_network(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: pytest.fail("the network was asked"))
    for url in ("https://purl.imsglobal.org/spec/ob/v3p0/context.json", "https://www.w3.org/ns/credentials/v2#"):
        with pytest.raises(CredentialRefused) as refused:
            verify(signed() | {"@context": [contexts.CREDENTIALS, url]})
        assert refused.value.code == "unknown_context"


def verify(document):
    integrity.verify_proof(document, public=PUBLIC, now=MOMENT)


def refusal(document):
    with pytest.raises(CredentialRefused) as refused:
        verify(document)
    return refused.value.code


def places(value, path=()):
    """The path of every member and of every item of a list."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*path, name)
        yield from places(one, (*path, name))


def at(document, path):
    for name in path:
        document = document[name]
    return document


SIGNED = signed()
PLACES = [path for path in places(SIGNED) if path != ("proof", "proofValue")]
DICTS = [(), *(path for path in PLACES if isinstance(at(SIGNED, path), dict))]


def test_a_badge_of_ours_verifies():
    verify(SIGNED)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from(["remove", "change", "null", "wrap"]))
def test_no_member_can_be_changed(path, how):
    changed = copy.deepcopy(SIGNED)
    holder, name = at(changed, path[:-1]), path[-1]
    if how == "remove":
        del holder[name]
    elif how == "change":
        holder[name] = f"{holder[name]}x" if isinstance(holder[name], str) else "x"
    elif how == "null":
        holder[name] = None
    else:
        holder[name] = {"@value": "x"}

    assert refusal(changed)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(DICTS),
    st.sampled_from(["rebondHours", "hours", "@index", "@direction", "https://schema.org/name", "termsOfUse2"]),
    st.sampled_from(["9999", {"name": "x"}, ["a"], 12, None, []]),
)
def test_no_member_can_be_added(path, name, value):
    changed = copy.deepcopy(SIGNED)
    at(changed, path)[name] = value

    assert refusal(changed)


@settings(max_examples=8, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_members_changes_nothing(random):
    def shuffled(value):
        if isinstance(value, dict):
            names = random.sample(list(value), len(value))
            return {name: value[name] if name == "@context" else shuffled(value[name]) for name in names}
        return [shuffled(one) for one in value] if isinstance(value, list) else value

    verify(shuffled(SIGNED))
    assert canonical.canonical(shuffled(unsigned())) == canonical.canonical(unsigned())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rebondHours": "9999"}, "unsigned_member"),
        ({"@context": [contexts.CREDENTIALS, {"hours": "https://x.example/h"}, contexts.BADGES]}, "inner_context"),
        ({"@context": []}, "no_context"),
        ({"type": ["VerifiableCredential", "OpenBadgeCredential", "Diploma"]}, "unsigned_member"),
        ({"id": "badge-1"}, "unsigned_member"),
        ({"id": "_:b0"}, "relative"),
        ({"evidence": []}, "empty_member"),
        ({"name": {"@value": "x", "@language": "fr", "@direction": "ltr"}}, "unsigned_member"),
        ({"evidence": [{"type": ["Evidence"], "@context": {"a": "https://x.example/a"}}]}, "inner_context"),
        ({"evidence": [{"type": ["Evidence"], "name": "a", "score": 12}]}, "unsigned_member"),
        ({"https://x.example/n": 2**60}, "number"),
        ({"https://x.example/n": 0.12345678901234567}, "number"),
        ({"name": "\ud800"}, "not_jsonld"),
        ({"proof": None}, "no_proof"),
    ],
)
def test_what_a_signature_would_not_cover_is_refused_by_name(change, code):
    with pytest.raises(CredentialRefused) as refused:
        if change.keys() == {"proof"}:
            verify(SIGNED | change)
        else:
            signed(**change)

    assert refused.value.code == code


def test_a_badge_built_to_take_for_ever_is_refused_at_once():
    alike = [{"type": ["Evidence"]} for _ in range(11)]
    poison = [{"https://x.example/p": copy.deepcopy(alike)} for _ in range(2)]
    deep: dict = {"name": "x"}
    for _ in range(60):
        deep = {"https://x.example/in": deep}
    begun = time.process_time()

    for document in (unsigned(**{"https://x.example/q": poison}), unsigned(**{"https://x.example/q": deep})):
        with pytest.raises(CredentialRefused) as refused:
            canonical.canonical(document)
        assert refused.value.code == "too_complex"
    assert time.process_time() - begun < 5
    assert sum(1 for _ in _members(deep, "", 0)) < 50


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"cryptosuite": "eddsa-jcs-2022"}, "unknown_proof"),
        ({"type": "Ed25519Signature2020"}, "unknown_proof"),
        ({"proofPurpose": "authentication"}, "wrong_purpose"),
        ({"proofValue": "u3abc"}, "broken_proof"),
        ({"proofValue": keys.to_multibase(b"x" * 63)}, "broken_proof"),
        ({"created": "yesterday"}, "broken_proof"),
        ({"expires": "2026-11-27T11:59:59Z"}, "proof_expired"),
        ({"expires": "2026-12-27T11:59:59Z"}, "bad_signature"),
        ({"note": "seen by nobody"}, "unsigned_member"),
        ({"@context": [contexts.BADGES]}, "broken_proof"),
    ],
)
def test_a_proof_is_exactly_that_of_the_standard(change, code):
    assert refusal(SIGNED | {"proof": SIGNED["proof"] | change}) == code


def test_one_proof_is_verified_not_the_one_that_fits():
    assert refusal(SIGNED | {"proof": [SIGNED["proof"], SIGNED["proof"]]}) == "many_proofs"
    verify(SIGNED | {"proof": [SIGNED["proof"]]})


def test_another_key_does_not_verify():
    other = keys.public_of(keys.new_private())

    with pytest.raises(CredentialRefused) as refused:
        integrity.verify_proof(SIGNED, public=other, now=MOMENT)

    assert refused.value.code == "bad_signature"
    assert METHOD.endswith(keys.public_of(PRIVATE))
    for broken in ("", "z", "z0OIl", "x" + PUBLIC, PUBLIC + "11", PRIVATE, "z" + "2" * 300):
        with pytest.raises(CredentialRefused) as refused:
            integrity.verify_proof(SIGNED, public=broken, now=MOMENT)
        assert refused.value.code == "broken_key"
