"""Label printers: the exact bytes, read back by a small parser of both languages; a picture of the QR is not needed."""

import re

import pytest

from rebond.core.label_printers import FILES, ROLL_62, SHEET_4X6, Ticket, epl, epl_text, zpl, zpl_text

pytestmark = pytest.mark.unit
VASE = Ticket(
    url="https://rebond.test/o/CF4K792TX",
    code="CF4K792TX",
    big="4K7 92T",
    display="CF-4K7 92T-X",
    word="Théière",
    more="en grès émaillé",
    foot="CF · 800 g",
)
TRICKY = Ticket("https://x/o/A", "CFAAAAAAA", "A^B ~C", 'CF-"A"', "^XZ_~JA", "a\\b\n^FS", "œuf → 5 €")


def zpl_fields(data):
    """[(x, y, what draws it, the text)] of one label: what a printer would read."""
    text = data.decode()
    assert text.startswith("^XA\n")
    assert text.rstrip().endswith("^XZ")
    found = []
    for x, y, body in re.findall(r"\^FO(\d+),(\d+)(\^(?:(?!\^FS).)*)\^FS", text):
        kind, _fd, raw = body.partition("^FD")
        said = re.sub(r"_([0-9A-F]{2})", lambda m: chr(int(m[1], 16)), raw) if "^FH_" in kind else raw
        found.append((int(x), int(y), kind, said))
    return found


def epl_lines(data):
    """[(command, arguments, text)] of one label."""
    found = []
    for line in data.split(b"\n"):
        if line:
            head, quote, rest = line.partition(b'"')
            said = re.sub(rb"\\(.)", rb"\1", rest[:-1]).decode("cp1252") if quote else ""
            found.append((line[:1].decode(), head.decode(), said))
    return found


def test_zpl_of_the_roll_byte_for_byte():
    assert zpl([VASE], ROLL_62).decode() == (
        "^XA\n^CI28\n^PW496\n^LL232\n^LH0,0\n"
        "^FO12,12^BQN,2,7^FH_^FDMA,https://rebond.test/o/CF4K792TX^FS\n"
        "^FO228,22^A0N,62,60^FH_^FD4K7 92T^FS\n"
        "^FO228,96^A0N,36,36^FH_^FDThéière^FS\n"
        "^FO228,136^A0N,36,28^FH_^FDen grès émaillé^FS\n"
        "^FO228,182^A0N,26,26^FH_^FDCF-4K7 92T-X^FS\n"
        "^FO228,208^A0N,22,22^FH_^FDCF · 800 g^FS\n"
        "^PQ1\n^XZ\n"
    )


def test_epl_of_the_roll_byte_for_byte():
    assert epl([VASE], ROLL_62) == (
        "\nN\nI8,A,001\nq496\nQ232,24\n"
        'A12,8,0,4,2,2,N,"4K7 92T"\n'
        'A12,62,0,3,1,1,N,"Théière en grès émaillé"\n'
        'B12,92,0,1,3,3,80,N,"CF4K792TX"\n'
        'A12,182,0,3,1,1,N,"CF-4K7 92T-X"\n'
        'A12,208,0,2,1,1,N,"CF · 800 g"\n'
        "P1\n"
    ).encode("cp1252")


@pytest.mark.parametrize("paper", [ROLL_62, SHEET_4X6])
def test_what_is_read_in_zpl_is_what_was_meant(paper):
    fields = zpl_fields(zpl([VASE], paper))
    said = [text for *_rest, text in fields]
    assert said[0 if paper is ROLL_62 else 3] == f"MA,{VASE.url}"
    for text in (VASE.big, VASE.word, VASE.more, VASE.display, VASE.foot):
        assert text in said
    assert (VASE.code in said) == (paper is SHEET_4X6)  # bars, for readers that type
    assert all(x < paper.wide and y < paper.high for x, y, *_rest in fields)


@pytest.mark.parametrize("paper", [ROLL_62, SHEET_4X6])
def test_text_never_commands_a_zpl_printer(paper):
    data = zpl([TRICKY, TRICKY], paper)
    assert data.count(b"^XA") == data.count(b"^XZ") == 2
    assert b"~" not in data
    said = [text for *_rest, text in zpl_fields(zpl([TRICKY], paper))]
    assert "^XZ_~JA" in said
    assert "a\\b ^FS" in said  # the line end is a space, the rest is text


@pytest.mark.parametrize("paper", [ROLL_62, SHEET_4X6])
def test_text_never_commands_an_epl_printer(paper):
    lines = epl_lines(epl([TRICKY], paper))
    assert [command for command, *_rest in lines].count("P") == 1
    said = [text for *_rest, text in lines]
    assert 'CF-"A"' in said
    assert any("a\\b ^FS" in text for text in said)
    assert "œuf ? 5 €" in said  # 1252 has no arrow


def test_signs_are_written_by_their_number_or_left():
    assert zpl_text("a^b~c_d\x07é") == "a_5Eb_7Ec_5Fdé"
    assert epl_text('"\\ā\u2009→') == b'\\"\\\\a ?'


def test_what_is_too_long_is_narrowed_or_cut_inside_the_paper():
    long = Ticket("https://x/o/A", "CFAAAAAAA", "AAA AAA", "CF-AAA AAA-A", "M" * 18, "N" * 18, "x" * 60)
    for _x, _y, kind, text in zpl_fields(zpl([long], ROLL_62)):
        if wide := re.search(r"\^A0N,\d+,(\d+)", kind):
            assert int(wide[1]) >= 10
            if len(text) <= 40:
                assert int(wide[1]) * len(text) * 6 // 10 <= 252
    for _command, head, text in epl_lines(epl([long], ROLL_62)):
        if head.startswith("A"):
            _a, _y, _r, font, times, *_rest = head.split(",")
            assert len(text) * {"2": 10, "3": 12, "4": 14}[font] * int(times) <= 472


def test_every_choice_makes_one_label_for_each_ticket():
    for ending, make, paper in FILES.values():
        data = make([VASE, VASE, VASE], paper)
        assert data.count(b"^PQ1" if ending == "zpl" else b"\nP1\n") == 3


def test_the_bars_fit_the_paper():
    """Code 128 of nine signs in set A or B: 11 modules a sign, start, check and stop."""
    modules = 11 * (len(VASE.code) + 2) + 13
    assert 12 + 3 * modules <= ROLL_62.wide
    assert 40 + 4 * modules <= SHEET_4X6.wide
