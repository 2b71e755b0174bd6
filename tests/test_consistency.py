"""The conventions of the house style that no linter knows (rule 48)."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from tests.walking import addresses

pytestmark = pytest.mark.unit
ROOT = Path(settings.BASE_DIR)
CODE = ROOT / "rebond"
# Architecture, "Rooms": from the top down. A foreign key goes down, or stays in its room.
ROOMS = (
    *("front", "connect", "shop", "ledger", "warehouse", "intake", "workshop"),
    *("catalogue", "people", "network", "accounts", "journal", "core"),
)
# Templates that Django or a library asks for by a name of its own.
ASKED_BY_LIBRARIES = re.compile(
    r"^(account|mfa|usersessions|allauth|socialaccount|django|errors|layouts|elements)/|^429\.html$"
)


def _read(path):
    return path.read_text(encoding="utf-8")


def _modules(*folders):
    return [p for folder in folders for p in sorted(CODE.glob(f"*/{folder}/**/*.py")) if p.name != "__init__.py"]


def test_every_address_has_a_french_path_in_lower_case_that_ends_with_a_slash():
    open_ended = {"media", "shop:short"}  # a file; what is printed on labels
    wrong = []
    for address in addresses():
        if address.name in open_ended or re.search(r"\.[a-z<]+(:\w+>)?$|\.<str:ending>$", address.route):
            continue
        if address.route and not address.route.rstrip("$").endswith("/"):
            wrong.append(address.route)
        if (
            re.sub(r"<[^>]*>|\(\?P.*?\)|\\w", "", address.route)
            != re.sub(r"<[^>]*>|\(\?P.*?\)|\\w", "", address.route).lower()
        ):
            wrong.append(address.route)
    assert wrong == []


def test_address_names_are_unique():
    names = [a.name for a in addresses() if a.name and not a.name.endswith(":")]
    assert sorted(n for n in set(names) if names.count(n) > 1) == []


def test_no_template_is_unused():
    """A template is named somewhere in the code or in another template; mail is named without its ending."""
    text = "".join(_read(p) for p in [*CODE.rglob("*.py"), *CODE.rglob("*.html"), *CODE.rglob("*.txt")])
    unused = []
    for path in sorted(CODE.glob("*/templates/**/*")):
        if not path.is_file():
            continue
        name = path.relative_to(CODE / path.relative_to(CODE).parts[0] / "templates").as_posix()
        stem = name.rsplit(".", 1)[0]
        named = name in text or f'"{stem}"' in text or _is_composed(stem, text)
        if not named and not ASKED_BY_LIBRARIES.match(name):
            unused.append(name)
    assert unused == []


def _is_composed(stem, text):
    """`f"network/mail/admission_{what}"` names every template that begins so."""
    found = re.findall(r'f"([a-z_/]+/[a-z_]*)\{', text)
    return any(stem.startswith(start) for start in found)


def test_foreign_keys_go_down_only():
    wrong = []
    for model in apps.get_models():
        room = model._meta.app_label
        if room not in ROOMS:
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, models.ForeignKey | models.ManyToManyField) or not field.remote_field:
                continue
            target = field.remote_field.model._meta.app_label
            if target in ROOMS and ROOMS.index(target) < ROOMS.index(room):
                wrong.append(f"{model._meta.label}.{field.name} → {target}")
    assert wrong == []


def test_no_mark_of_unfinished_work_is_left():
    mark = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    files = [p for kind in ("py", "html", "txt", "js", "css", "typ") for p in CODE.rglob(f"*.{kind}")]
    assert [str(p.relative_to(ROOT)) for p in files if mark.search(_read(p)) and "vendor" not in p.parts] == []


def _public_functions(path):
    for node in ast.parse(_read(path)).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def test_every_action_and_query_says_what_it_does():
    """Docstrings give what changes, units, errors and the source of the rule (rule 40)."""
    silent = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in _modules("actions", "queries")
        for node in _public_functions(path)
        if not (ast.get_docstring(node) or "").strip()
    ]
    assert silent == []


# Two arguments that cannot be mistaken for one another; the list only shrinks.
POSITIONAL = {"item_stock.reserve", "item_stock.release", "uploads.forget_import"}


def test_actions_take_keywords_and_run_in_one_transaction():
    """Rule 9 and 18: what a view calls is keyword-only; what writes is atomic."""
    wrong = []
    for path in _modules("actions"):
        for node in _public_functions(path):
            names = {d.attr if isinstance(d, ast.Attribute) else getattr(d, "id", "") for d in node.decorator_list}
            writes = any(isinstance(n, ast.Name) and n.id == "record" for n in ast.walk(node))
            name = f"{path.stem}.{node.name}"
            if "atomic" in names and node.args.args and not node.args.kwonlyargs and name not in POSITIONAL:
                wrong.append(f"{path.relative_to(ROOT)}:{node.name} takes positional arguments")
            if writes and "atomic" not in names and "with transaction.atomic" not in _source(path, node):
                caller = "caller" in (ast.get_docstring(node) or "")
                if not caller:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.name} records without a transaction")
    assert wrong == []


def _source(path, node):
    return ast.get_source_segment(_read(path), node) or ""


def test_views_hold_no_transaction_by_decorator():
    """Rule 18: transactions belong to actions."""
    wrong = [p.relative_to(ROOT) for p in _modules("web") if "@transaction.atomic" in _read(p)]
    assert wrong == []


def test_every_variable_of_the_settings_is_in_the_example():
    example = ROOT / ".env.example"
    if not example.exists():
        pytest.skip("no .env.example yet")
    text = _read(CODE / "config" / "settings.py") + _read(CODE / "config" / "database.py")
    asked = set(re.findall(r"env_\w+\(\s*\"([A-Z][A-Z0-9_]+)\"", text))
    told = set(re.findall(r"^#?\s?([A-Z][A-Z0-9_]+)=", _read(example), flags=re.MULTILINE))
    assert sorted(asked - told) == []
    assert "SECRET_KEY" in asked


def test_no_inline_script_or_style_in_templates():
    """CSP, settled point: `style` attributes hold custom properties only; scripts are files."""
    wrong = []
    for path in CODE.rglob("*.html"):
        text = _read(path)
        if "/mail/" in path.as_posix():  # mail readers know no style sheet
            continue
        for style in re.findall(r'\sstyle="([^"]*)"', text):
            plain = re.sub(r"\{[%{].*?[%}]\}", "x", style)
            if any(part.strip() and not part.strip().startswith("--") for part in plain.split(";")):
                wrong.append(f"{path.relative_to(ROOT)}: {style}")
        wrong += [
            f"{path.relative_to(ROOT)}: script" for tag in re.findall(r"<script\b[^>]*>", text) if "src=" not in tag
        ]
        wrong += [f"{path.relative_to(ROOT)}: {found}" for found in re.findall(r"\son[a-z]+=\"", text)]
    assert wrong == []


def test_every_deed_of_the_journal_has_a_sentence_of_its_own():
    """Each name that an action records, in whatever room, is registered with its words."""
    from rebond.journal.sentences import is_registered

    found = set()
    for path in _modules("actions"):
        for node in ast.walk(ast.parse(_read(path))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"record", "_record"} and node.args:
                name = getattr(node.args[0], "value", "")
                found |= {name} if isinstance(name, str) and name.count(".") == 2 else set()
    assert len(found) > 60
    assert sorted(name for name in found if not is_registered(name)) == []


def test_every_periodic_job_is_said_in_words_at_the_desk():
    from rebond.core.periodic import jobs

    assert [job.name for job in jobs() if not str(job.label)] == []


def test_every_periodic_job_is_a_task():
    from django.tasks import Task

    from rebond.core.periodic import jobs

    assert [job.name for job in jobs() if not isinstance(job.task, Task)] == []
