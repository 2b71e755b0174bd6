"""Gettext catalogues: one per app, French complete.

python tools/messages.py update    rewrite the .po files from the code (needs GNU gettext)
python tools/messages.py compile   .po to .mo, with Babel: no system package needed
python tools/messages.py check     fail where a French entry is missing, fuzzy, has other placeholders, or is
                                   said otherwise by another app (one is shown to all: give a context), or what
                                   msgfmt --check-format refuses (where GNU gettext is installed);
                                   --stale: or where the code and the catalogues differ (needs GNU gettext)
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import django
from babel.messages.pofile import read_po
from django.core.management import call_command

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rebond.core.translations import catalogue_paths as catalogues  # noqa: E402
from rebond.core.translations import compile_catalogues  # noqa: E402

APPS = sorted(path.parent for path in (ROOT / "rebond").glob("*/apps.py"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


def update() -> None:
    """Each app in turn, in this one process: Django starts once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rebond.config.settings")
    django.setup()
    before = pathlib.Path.cwd()
    try:
        for app in APPS:
            (app / "locale" / "fr" / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
            os.chdir(app)  # what the command reads
            asked = {"no_location": True, "no_obsolete": True, "no_wrap": True, "verbosity": 0}
            call_command("makemessages", locale=["fr"], extensions=["html,txt,py,typ"], **asked)
    finally:
        os.chdir(before)
    for path in catalogues():
        text = path.read_text(encoding="utf-8")
        text = re.sub(
            r'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Report-Msgid-Bugs-To|Project-Id-Version):.*\n',
            "",
            text,
            flags=re.MULTILINE,
        )
        text = re.sub(r"\A(#.*\n)+", "", text)
        path.write_text(text, encoding="utf-8")


def stale() -> int:
    """How many catalogues differ from the code (needs GNU gettext; the files are put back as they were)."""
    if shutil.which("xgettext") is None:
        print("translations: GNU gettext is not installed, so forgotten messages cannot be looked for")
        return 0
    before = {path: path.read_bytes() for path in catalogues()}
    try:
        update()
        wrong = [
            p
            for p in catalogues()
            if before.get(p) != p.read_bytes() and b"msgid" in p.read_bytes().split(b"\n\n", 1)[-1]
        ]
    finally:
        for path in catalogues():
            if path in before:
                path.write_bytes(before[path])
            else:
                path.unlink()
    for path in wrong:
        print(f"{path.relative_to(ROOT)}: differs from the code: run make messages")
    return len(wrong)


def refused() -> int:
    """How many catalogues msgfmt refuses, with its own words: formats, plurals, beginnings and ends of lines."""
    msgfmt = shutil.which("msgfmt")
    if msgfmt is None:
        return 0
    wrong = 0
    for path in catalogues():
        asked = [msgfmt, "--check-format", "--output-file", os.devnull, str(path)]
        answer = subprocess.run(asked, capture_output=True, text=True, check=False)
        if answer.returncode:
            wrong += 1
            print(answer.stderr.replace(f"{ROOT}{os.sep}", "").strip())
    return wrong


def check() -> int:
    wrong = 0
    said: dict[tuple[object, str], dict[object, pathlib.Path]] = {}
    for path in catalogues():
        with path.open("rb") as source:
            catalogue = read_po(source, locale="fr")
        for message in catalogue:
            if not message.id:
                continue
            strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
            ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
            reason = ""
            if message.fuzzy:
                reason = "fuzzy"
            elif not all(strings):
                reason = "not translated"
            elif any(set(PLACEHOLDER.findall(s)) - set(PLACEHOLDER.findall(" ".join(ids))) for s in strings):
                reason = "other placeholders"
            others = said.setdefault((message.context, ids[0]), {})
            others[strings] = path
            if not reason and len(others) > 1:
                reason = f"other French than {next(p.parts[-5] for s, p in others.items() if s != strings)}"
            if reason:
                wrong += 1
                print(f"{path.relative_to(ROOT)}: {reason}: {ids[0]!r}")
    print(f"{len(catalogues())} catalogues, {wrong} entries to mend")
    return 1 if wrong + refused() + (stale() if "--stale" in sys.argv else 0) else 0


if __name__ == "__main__":
    verb = sys.argv[1] if len(sys.argv) > 1 else "check"
    if verb == "update":
        update()
    elif verb == "compile":
        compile_catalogues()
    else:
        sys.exit(check())
