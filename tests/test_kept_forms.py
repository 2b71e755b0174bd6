"""What somebody typed at the desk outlives a session that ends: each form that is written in says that it is kept."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "rebond"
LAYOUT = "layouts/desk.html"
EXTENDS = re.compile(r'{% extends "([^"]+)"')
INCLUDES = re.compile(r'{% include "([^"]+)"')
FORM = re.compile(r"<form\b((?:{%.*?%}|{{.*?}}|[^>])*)>(.*?)</form>", re.DOTALL)
FIELD = re.compile(r'as_field_group|as_div|<textarea|{{ *\w*form *}}|<input(?=[^>]*class="input)')
ADDRESS = re.compile(r'action="{% url "([^"]+)"')
EXEMPT = {
    ("intake/desk/donor_form.html", ""): "who somebody is: sealed on the server, never left in a shared browser",
    ("intake/desk/register_correct.html", ""): "as above",
    ("people/desk/person_welcome.html", ""): "as above",
    ("workshop/desk/worker_detail.html", "workshop-desk:pin-set"): "a secret",
    ("connect/import_list.html", "connect:shop-read"): "a shop's own key",
    ("ledger/supplier_list.html", ""): "a file, which no page can give back",
    ("shop/bank_list.html", "shop:bank-statement"): "a file, which no page can give back",
    ("warehouse/desk/manifest_detail.html", "warehouse-desk:manifest-scan"): "one code, scanned again",
    ("shop/counter.html", "shop:counter-option"): "one choice",
    ("ledger/batch_list.html", "ledger:batch-bank"): "a file, which no page can give back",
    ("ledger/own_tax.html", ""): "a bank account, never left in a shared browser",
    ("catalogue/recall_list.html", "catalogue:recall-import"): "a file, which no page can give back",
    ("connect/_progress.html", "connect:import-read"): "one choice, on a page that draws itself again",
    ("connect/_start.html", "connect:import-start"): "one choice, on a page that draws itself again",
    ("catalogue/category_detail.html", "catalogue:category-move"): "one choice",
    ("shop/conversation_detail.html", "shop:conversation-hand"): "one choice",
    ("catalogue/_photos.html", "catalogue:photo-describe"): "saved as soon as it is left",
}

pytestmark = pytest.mark.unit


def desk_templates():
    """By name, the text of each template that the desk's layout draws: pages, what they extend, what they include."""
    texts = {}
    for folder in ROOT.glob("*/templates"):
        for path in folder.rglob("*.html"):
            texts[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8")
    drawn, known = {LAYOUT}, 0
    while known != len(drawn):
        known = len(drawn)
        drawn |= {name for name, text in texts.items() if drawn & set(EXTENDS.findall(text))}
        drawn |= {part for name in drawn for part in INCLUDES.findall(texts[name]) if part in texts}
    return {name: texts[name] for name in drawn}


def kept_name(attributes):
    found = re.search(r'data-rebond-keep="([^"]+)"', attributes)
    return found and found.group(1)


def written_forms():
    """Template, address, attributes of each form at the desk that has a field to fill."""
    for name, text in sorted(desk_templates().items()):
        for attributes, inside in FORM.findall(text):
            if 'method="post"' in attributes and FIELD.search(inside):
                address = ADDRESS.search(attributes)
                yield name, address.group(1) if address else "", attributes


def test_a_form_that_is_written_in_keeps_its_words():
    texts = desk_templates()
    forms = [one for one in written_forms() if "{% block attributes %}" not in one[2]]
    assert len(forms) > 40

    bare = {(name, address) for name, address, attributes in forms if not kept_name(attributes)}

    assert bare == set(EXEMPT)
    frames = {name for name, _, attributes in written_forms() if "{% block attributes %}" in attributes}
    children = [name for name, text in texts.items() if frames & set(EXTENDS.findall(text))]
    assert len(children) > 1
    for name in children:
        block = re.search(r"{% block attributes %}(.*?){% endblock %}", texts[name])
        assert block, name
        assert kept_name(block.group(1)), name


def test_forms_of_one_page_keep_their_words_apart():
    names = Counter((name, kept_name(attributes)) for name, _, attributes in written_forms() if kept_name(attributes))

    assert [one for one, times in names.items() if times > 1] == []
