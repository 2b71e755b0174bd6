"""A flattened template writes the same as Django's own, to the byte."""

import datetime

import pytest
from django.template import Context, Engine
from django.utils import translation
from django.utils.safestring import mark_safe

from rebond.core import flatten
from rebond.core.flatten import Frozen

pytestmark = pytest.mark.unit

PARTS = {
    "base.html": '<title>{% block title %}Rebond{% endblock %}</title>{% include "foot.html" %}',
    "middle.html": '{% extends "base.html" %}{% block title %}[{{ block.super }}{% block more %}m{% endblock %}]{% endblock %}',
    "foot.html": '{% load i18n %}<p>{% translate "Home" %} {{ name }}</p>',
    "names.html": '{% translate "Home" as word %}<i>{{ word }}</i>',
    "tree.html": '<li>{{ node.name }}{% for node in node.below %}{% include "tree.html" %}{% endfor %}</li>',
    "cycle.html": '{% for n in "abc" %}{% cycle "x" "y" %}{% endfor %}',
}
PAGES = [
    '{% extends "base.html" %}{% block title %}{% translate "Search" %} {{ block.super }}{% endblock %}',
    '{% include "foot.html" %}{% include "names.html" %}{% if word %}leaked{% endif %}',
    '{% for n in numbers %}{{ n }} {{ forloop.counter }} {% include "cycle.html" %}{% empty %}{% translate "Home" %}{% endfor %}',
    '{{ html }} {{ html|safe }} {{ marked }} {% autoescape off %}{{ html }}{% translate "Keep in my favourites" %}{% endautoescape %}',
    "{{ missing }} {{ thing.name }} {{ thing.method }} {{ thing.broken.deep }} {{ table.key }} {{ numbers.1 }} {{ thing.none }}",
    "{% blocktranslate with n=html count c=3 %}{{ n }} one{% plural %}{{ n }} many{% endblocktranslate %}",
    '{% blocktranslate trimmed %}\n Home {% endblocktranslate %}{% if html and not missing or thing.name == "x" %}{% icon "heart" %}{% else %}-{% endif %}',
    '{% partialdef bit inline %}<b>{{ html }}{% translate "Home" %}</b>{% endpartialdef %}{% partial bit %}',
    '{% extends "middle.html" %}{% load i18n %}{% block more %}{{ name }}{{ block.super }}{% endblock %}',
    "<p{% in_french %}>{{ name|typo }}{{ marked|typo }}</p>",
    "{% include \"tree.html\" with node=node only %}{{ price }} {{ when|date:'j F' }}{% comment %}x{% endcomment %}",
]


class Thing:
    name = "L'été & <b>"
    none = None

    def method(self):
        return "<called>"


def values():
    return {
        "name": "Zoé",
        "html": "<b>'&\"",
        "marked": mark_safe("<i>"),
        "numbers": [1, 2_000],
        "thing": Thing(),
        "table": {"key": "<v>"},
        "node": {"name": "a", "below": [{"name": "b", "below": []}]},
        "price": 1234567,
        "when": datetime.date(2026, 11, 26),
    }


def engine(loader, debug=False):
    loaders = [(loader, [("django.template.loaders.locmem.Loader", PARTS | {f"p{i}": t for i, t in enumerate(PAGES)})])]
    builtins = ["django.templatetags.i18n", "rebond.core.templatetags.rebond"]
    libraries = {"i18n": "django.templatetags.i18n"}
    return Engine(loaders=loaders, builtins=builtins, libraries=libraries, debug=debug)


@pytest.mark.parametrize("number", range(len(PAGES)))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_same_to_the_byte_each_time_in_each_language(number, language):
    flat, plain = engine("rebond.core.flatten.Loader"), engine("django.template.loaders.cached.Loader")
    with translation.override("en" if language == "fr" else "fr"):
        flat.get_template(f"p{number}").render(Context(values()))  # another language was there first
    with translation.override(language):
        wanted = plain.get_template(f"p{number}").render(Context(values()))
        found = [flat.get_template(f"p{number}").render(Context(values())) for _ in range(2)]

    assert found == [wanted, wanted]


def test_a_template_may_extend_another_of_its_own_name():
    rooms = [
        {
            "a": '{% extends "b" %}{% block x %}a1 {{ block.super }}{% endblock %}',
            "b": '{% extends "a" %}{% block x %}b1 {{ block.super }}{% endblock %}',
        },
        {"a": "<a>{% block x %}a2{% endblock %}", "b": "<b>{% block x %}b2{% endblock %}"},
    ]

    def made(loader):
        return Engine(loaders=[(loader, [("django.template.loaders.locmem.Loader", room) for room in rooms])])

    flat = made("rebond.core.flatten.Loader")
    found = {name: [flat.get_template(name).render(Context()) for _ in range(2)] for name in ("a", "b", "a")}

    plain = made("django.template.loaders.cached.Loader")
    assert found == {name: [plain.get_template(name).render(Context())] * 2 for name in ("a", "b")}
    assert found["a"] == ["<a>a1 b1 a2"] * 2
    assert found["b"] == ["<b>b1 a1 b2"] * 2


def test_words_that_never_change_become_one_text():
    nodes = engine("rebond.core.flatten.Loader").get_template("foot.html").nodelist

    assert [type(node) for node in nodes][:2] == [Frozen, flatten.Value]


def test_nothing_is_touched_where_errors_are_shown():
    nodes = engine("rebond.core.flatten.Loader", debug=True).get_template("foot.html").nodelist

    assert not any(isinstance(node, Frozen) for node in nodes)
