"""What the person who verifies a badge is told, whatever they bring."""

import io
import json
import re
import struct
import zlib

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from rebond.skills.credentials import contexts, keys, statuslist, tokens
from rebond.skills.credentials.baking import SPACE, bake_png, bake_svg, unbake_png, unbake_svg
from rebond.skills.credentials.integrity import add_proof
from rebond.skills.enums import VerdictState
from rebond.skills.errors import REFUSALS, CredentialRefused
from rebond.skills.queries.verdict import Papers, verify_badge
from tests.conftest import SHARED, needs_shared
from tests.skills.making import DID, METHOD, MOMENT, PRIVATE, PUBLIC, signed, unsigned

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
DRAWING = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><path d="M0 0"/></svg>'
ISSUER = "https://ailleurs.example/emetteur"
LIST = "https://ailleurs.example/liste/1"


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def picture(*more):
    head, line = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + head + line + b"".join(more) + chunk(b"IEND", b"")


def text_of(document):
    return json.dumps(document, ensure_ascii=False)


def told(data, **kwargs):
    verdict = verify_badge(data if isinstance(data, bytes) else data.encode(), now=MOMENT, **kwargs)
    return verdict.state, {check.key: (check.result.value, check.code) for check in verdict.checks}


FINE = {"file": ("ok", ""), "form": ("ok", ""), "issuer": ("ok", ""), "signature": ("ok", "")}
GOOD = FINE | {"revoked": ("ok", ""), "period": ("ok", "")}
TOKEN = tokens.make_token(unsigned(), private=PRIVATE, method=METHOD)


@pytest.mark.parametrize("what", ["json", "png", "svg", "token", "png token", "svg token"])
def test_a_good_badge_is_authentic_in_each_of_its_forms(what):
    text = TOKEN if "token" in what else text_of(signed())
    brought = {
        "json": text,
        "token": text,
        "png": bake_png(picture(), text),
        "svg": bake_svg(DRAWING, text),
    }[what.split()[0]]

    assert told(brought) == (VerdictState.VALID, GOOD)


def test_what_was_baked_is_found_again_to_the_byte():
    text = text_of(signed(name="Fin ]]> de texte & <svg>"))

    assert unbake_png(bake_png(picture(), text)) == text
    assert json.loads(unbake_svg(bake_svg(DRAWING, text).encode())) == json.loads(text)
    assert unbake_svg(bake_svg(DRAWING, TOKEN).encode()) == TOKEN
    assert bake_svg(DRAWING, text).index("<openbadges:credential") == DRAWING.index("<path")
    assert told(bake_svg(DRAWING, text))[0] == VerdictState.VALID
    for bake, base in ((bake_png, bake_png(picture(), text)), (bake_svg, bake_svg(DRAWING, text))):
        with pytest.raises(CredentialRefused):
            bake(base, text)


def test_a_changed_picture_is_refused_and_one_without_badge_says_so():
    baked = bake_png(picture(), text_of(signed()))
    forged = text_of(signed() | {"name": "Chef d’équipe"})

    assert told(bake_png(picture(), forged))[1]["signature"] == ("bad", "bad_signature")
    for data, code in (
        (baked.replace(b"colis", b"Colis"), "png_broken"),  # its checksum tells
        (baked[:-4], "png_broken"),
        (baked[: len(baked) // 2], "png_broken"),
        (picture(), "png_empty"),
        (picture(chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0x")), "png_packed"),
        (picture(*[chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0{}")] * 2), "png_two"),
        (picture(chunk(b"iTXt", b"openbadges\0\0\0\0\0{}")), "old_badge"),
        (picture(chunk(b"tEXt", b"openbadges\0https://x.example")), "old_badge"),
        (picture(chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0\xff")), "png_broken"),
        (DRAWING, "svg_empty"),
        (DRAWING[:-5], "svg_broken"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + DRAWING[21:], "svg_broken"),
        (bake_svg(DRAWING, "{}").replace("<path", f'<c:credential xmlns:c="{SPACE}"/><path'), "svg_two"),
        ("", "unreadable"),
        ("bonjour", "unreadable"),
        (b"\xff\xfe", "unreadable"),
        (b"x" * (2 * 1024 * 1024 + 1), "too_big"),
        ("{" * 100_000, "json_broken"),
        ('{"a": NaN}', "json_broken"),
        ('{"id": "a", "id": "b"}', "json_twice"),
        ("{}", "no_proof"),
        ('{"proof": "x"}', "broken_proof"),
    ):
        assert told(data) == (VerdictState.REFUSED, {"file": ("bad", code)}), code


@needs_shared
def test_a_real_picture_of_an_older_version_says_what_it_is():
    pictures = SHARED / "data/badges/baked"
    assert told((pictures / "baked_heart.png").read_bytes())[1]["file"] == ("bad", "old_badge")
    plain = (pictures / "public_domain_heart.png").read_bytes()
    assert told(bake_png(plain, text_of(signed()))) == (VerdictState.VALID, GOOD)


@pytest.mark.parametrize(
    ("change", "member"),
    [
        ({"@context": [contexts.CREDENTIALS, contexts.EXAMPLES]}, "@context"),
        ({"type": ["VerifiableCredential"]}, "type"),
        ({"issuer": {"name": "x"}}, "issuer"),
        ({"validFrom": "2026-01-02"}, "validFrom"),
        ({"validUntil": "demain"}, "validUntil"),
        ({"credentialSubject": {"type": ["AchievementSubject"]}}, "credentialSubject.id"),
    ],
)
def test_a_signed_document_that_is_no_badge_is_refused(change, member):
    token = tokens.make_token(unsigned(**change), private=PRIVATE, method=METHOD)
    verdict = verify_badge(token.encode(), now=MOMENT)

    form = next(check for check in verdict.checks if check.key == "form")
    assert (form.code, str(form.said)) == ("not_badge", str(REFUSALS["not_badge"] % {"value": member}))
    assert verdict.state == VerdictState.REFUSED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"validFrom": "2026-11-27T12:00:01Z"}, "too_early"),
        ({"validUntil": "2026-11-27T12:00:00Z"}, "expired"),
        ({"validUntil": "2026-11-27T12:00:01Z"}, ""),
    ],
)
def test_dates_count_to_the_second(change, code):
    state, checks = told(text_of(signed(**change)))

    assert checks == GOOD | {"period": ("bad" if code else "ok", code)}
    assert (state == VerdictState.VALID) is not bool(code)


def test_a_token_is_read_in_one_way_only():
    head, body, end = TOKEN.split(".")
    payload = unsigned() | {"iss": "https://other.example"}
    for token, code in (
        (f"{head}.{body}", "unreadable"),
        (f"{head}.{body}.{end}=", "bad_signature"),
        (f"{head}.{body}.{end[:-2]}", "bad_signature"),
        (tokens._encoded(b'{"alg":"none","kid":"x"}') + f".{body}.{end}", "unknown_proof"),
        (tokens._encoded(b'{"alg":"RS256","kid":"x"}') + f".{body}.{end}", "unknown_proof"),
        (tokens._encoded(b'{"alg":"EdDSA","kid":"x","crit":["b64"]}') + f".{body}.{end}", "bad_token"),
        (f"{head}.{tokens._encoded(json.dumps(payload).encode())}.{end}", "token_differs"),
        (f"{head}.{tokens._encoded(json.dumps(unsigned(name='x')).encode())}.{end}", "bad_signature"),
    ):
        state, checks = told(token)
        assert state == VerdictState.REFUSED
        assert code in {said for _result, said in checks.values()} or checks["signature"] == ("bad", "bad_token")


def test_a_key_that_does_not_name_the_issuer_proves_nothing_of_it():
    state, checks = told(text_of(signed(issuer={"id": ISSUER, "type": ["Profile"]})))

    assert (state, checks["issuer"], checks["signature"]) == (VerdictState.UNSURE, ("unknown", ""), ("ok", ""))


def profile(**changes):
    method = {"id": f"{ISSUER}#1", "type": "Multikey", "controller": ISSUER, "publicKeyMultibase": PUBLIC}
    return {"id": ISSUER, "verificationMethod": [method], "assertionMethod": [f"{ISSUER}#1"]} | changes


def elsewhere(**changes):
    issuer = {"id": ISSUER, "type": ["Profile"]}
    return add_proof(unsigned(issuer=issuer, **changes), private=PRIVATE, method=f"{ISSUER}#1", created=MOMENT)


def status_list(revoked, **changes):
    listed = {
        "type": "BitstringStatusList",
        "statusPurpose": "revocation",
        "encodedList": statuslist.encode_bits(revoked),
    }
    document = {
        "@context": [contexts.CREDENTIALS],
        "id": LIST,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": ISSUER,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": f"{LIST}#liste", **listed},
    }
    return add_proof(document | changes, private=PRIVATE, method=f"{ISSUER}#1", created=MOMENT)


STATUS = {
    "id": f"{LIST}#7",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "7",
    "statusListCredential": LIST,
}


def test_an_issuer_of_elsewhere_is_verified_by_the_papers_that_are_brought():
    badge = text_of(elsewhere(credentialStatus=STATUS))

    state, checks = told(badge)
    assert (state, checks["issuer"][0], checks["signature"][0]) == (VerdictState.UNSURE, "unknown", "unknown")
    state, checks = told(badge, papers=Papers(profile=profile()))
    assert (state, checks["issuer"][0], checks["revoked"][0]) == (VerdictState.UNSURE, "ok", "unknown")
    assert told(badge, papers=Papers(profile=profile(), status_list=status_list([3, 8]))) == (VerdictState.VALID, GOOD)

    refused = told(badge, papers=Papers(profile=profile(), status_list=status_list([7])))
    assert refused == (VerdictState.REFUSED, GOOD | {"revoked": ("bad", "revoked")})
    forged = status_list([7])
    forged["credentialSubject"]["encodedList"] = statuslist.encode_bits([])
    checks = told(badge, papers=Papers(profile=profile(), status_list=forged))[1]
    assert checks["revoked"] == ("bad", "bad_signature")
    for changes in ({"assertionMethod": []}, {"verificationMethod": []}):
        checks = told(badge, papers=Papers(profile=profile(**changes)))[1]
        assert checks["issuer"] == ("bad", "foreign_key")
    stolen = profile()["verificationMethod"][0] | {"controller": "https://x.example"}
    checks = told(badge, papers=Papers(profile=profile(verificationMethod=[stolen])))[1]
    assert checks["issuer"] == ("bad", "broken_key")


def test_a_list_of_bits_is_that_of_the_standard():
    encoded = statuslist.encode_bits([0, 9, 131_071])

    assert encoded.startswith("uH4sI")
    assert [n for n in (0, 1, 8, 9, 10, 131_070, 131_071) if statuslist.is_set(encoded, n)] == [0, 9, 131_071]
    for broken, number in ((encoded, 131_072), (encoded, -1), (encoded[1:], 0), ("u", 0), (encoded[:40], 0), ("ué", 0)):
        with pytest.raises(CredentialRefused):
            statuslist.is_set(broken, number)


def test_the_recipient_is_known_by_the_hash_of_an_e_mail():
    badge = text_of(signed())

    assert told(badge, papers=Papers(email=" Amina@Example.org "))[1]["recipient"] == ("ok", "")
    assert told(badge, papers=Papers(email="jo@example.org")) == (
        VerdictState.REFUSED,
        GOOD | {"recipient": ("bad", "other_person")},
    )
    assert "amina" not in badge.lower()


def test_the_command_tells_it_and_ends_with_the_right_code(tmp_path, capsys):
    good, bad, issuer = tmp_path / "a.json", tmp_path / "b.json", tmp_path / "c.json"
    good.write_text(text_of(signed()), encoding="utf-8")
    bad.write_text(text_of(signed() | {"name": "x"}), encoding="utf-8")
    issuer.write_text("[]", encoding="utf-8")
    out = io.StringIO()

    call_command("badge", "verify", str(good), "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert (found["ok"], found["verdict"], found["form"], found["issuer"]) == (True, "valid", "json", DID)
    assert [check["key"] for check in found["checks"]] == ["file", "form", "issuer", "signature", "revoked", "period"]
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("badge", "verify", str(bad), stdout=out)
    assert ended.value.code == 1
    assert re.search(r"^bad +.*changed", out.getvalue(), re.MULTILINE)
    with pytest.raises(CommandError) as refused:
        call_command("badge", "verify", str(good), "--issuer", str(issuer))
    assert refused.value.returncode == 2
    with pytest.raises(CommandError) as refused:
        call_command("badge", "verify", str(tmp_path / "absent"))
    assert refused.value.returncode == 2


def test_the_official_vector_is_signed_but_no_badge():
    vector = (contexts.DATA.parent / "vectors" / "signedDataInt.json").read_bytes()
    state, checks = told(vector)

    assert state == VerdictState.REFUSED
    assert (checks["form"], checks["signature"]) == (("bad", "not_badge"), ("ok", ""))
    assert keys.from_multibase(keys.to_multibase(b"\0\0a")) == b"\0\0a"
