"""One word for one thing in French, and catalogues that gettext itself accepts."""

import importlib.util
import shutil
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
# said nowhere: the word that is said instead
SAID = {"courriel": "mail", "e-mail": "mail", "email": "mail"}

pytestmark = pytest.mark.unit


@pytest.fixture
def tool():
    spec = importlib.util.spec_from_file_location("messages_tool", ROOT / "tools" / "messages.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_a_mail_is_a_mail_everywhere():
    other = []
    for path in ROOT.glob("rebond/*/locale/fr/LC_MESSAGES/django.po"):
        with path.open("rb") as source:
            for message in read_po(source, locale="fr"):
                strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
                words = " ".join(strings).casefold().replace("%(email)s", "").split() if message.id else []
                other += [(path.parts[-5], word) for word in words if word.strip("«».,;:!?()s") in SAID]
    assert other == []


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="GNU gettext is not installed")
def test_what_gettext_refuses_is_refused(tool, tmp_path, monkeypatch, capsys):
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    good, bad = tmp_path / "good.po", tmp_path / "bad.po"
    entry = '#, python-format\nmsgid "%(n)s objects"\nmsgstr "{}"\n'
    good.write_text(head + entry.format("%(n)s objets"))
    bad.write_text(head + entry.format("%(n) objets"))
    monkeypatch.setattr(tool, "catalogues", lambda: [good, bad])
    assert tool.refused() == 1
    assert "bad.po" in capsys.readouterr().out
    assert "good.po" not in capsys.readouterr().out
