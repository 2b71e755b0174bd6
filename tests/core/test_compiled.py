"""A template written as a function writes the same as Django's own, whatever is unusual in the page's values."""

import collections
import datetime
from typing import NamedTuple

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.template import Context, Engine
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from rebond.core import compiled, compiled_parts
from rebond.core.compiled import CompiledList

pytestmark = pytest.mark.unit

PARTS = {
    "row.html": "<li>{{ label }}{{ name }}{% if forloop %}{{ forloop.counter }}{% endif %}</li>",
    "sets.html": '{% now "Y" as name %}[{{ name }}]',
    "tree.html": '<li>{{ node.name }}{% for node in node.below %}{% include "tree.html" with node=node only %}{% endfor %}</li>',
    "blocks.html": "{% block part %}<i>{{ name }}</i>{% endblock %}",
}
PAGES = [
    "{% for a, b in pairs %}{{ a }}-{{ b }}{{ forloop.parentloop.counter }};{% empty %}none{% endfor %}",
    "{% for row in pairs reversed %}{% for cell in row %}{{ forloop.parentloop.revcounter }}{{ cell }}{{ row.0 }}{% endfor %}{% endfor %}{{ cell }}",
    "{% for x in nothing %}{% empty %}{{ name }}{% endfor %}{% for x in missing %}x{% endfor %}{% for n in steps %}{{ n }}{{ forloop.last }}{% endfor %}",
    "{% with a=name b=thing.method c=missing %}{{ a }}{{ b }}[{{ c }}]{% with name=a|upper %}{{ name }}{% endwith %}{{ name }}{% endwith %}",
    '{% include "row.html" %}{% include "row.html" with label=name %}{% include "row.html" with label=html only %}{{ label }}',
    '{% for name in numbers %}{% include "row.html" with label=forloop.counter0 %}{% endfor %}{% include "tree.html" with node=node %}',
    '{% include "sets.html" with x=1 %}{{ name }}{% include "blocks.html" with name=html %}{% include part %}',
    "{% if missing.x == None %}a{% endif %}{% if missing %}b{% elif name and html %}c{% else %}d{% endif %}{% if not thing.fails == 3 %}e{% endif %}",
    "{% if name < 3 %}a{% else %}b{% endif %}{% if not name < 3 %}c{% endif %}{% if 3 in numbers or 1 in numbers and name %}d{% endif %}",
    "{% if thing.fails or name %}a{% endif %}{% if 1 not in numbers %}b{% endif %}{% if name is name %}c{% endif %}{% if 5 >= 3 and 2 != 3 %}d{% endif %}",
    "{{ point.x }}{{ point.y }}{{ point.1 }}{{ point.count }}{{ numbers.1 }}{{ thing.gone }}{{ thing.gone.more }}{{ thing.dict.items|length }}",
    "{{ lazy }}{{ lazy.x }}{{ big }}{{ when }}{{ moment }}{{ moment|date:'j F H:i' }}{{ yes }}{{ none }}{{ share }}{{ counts.x }}{{ counts.y }}",
    "{{ html|upper }}{{ marked|upper }}{{ marked|add:html }}{{ html|default:name }}{{ missing|default:html }}{{ html|safe|lower }}{{ name|cut:letter }}",
    '{% url "x" as address %}{{ address }}{% icon name_of_icon %}{% icon "heart" "x" as drawn %}{{ drawn }}{% bar 3 label=html %}',
    "{% blocktranslate with a=html b=big %}{{ a }} {{ b }} {{ name }} {{ missing }} 100 %{% endblocktranslate %}{{ a }}",
    "{% blocktranslate count n=big with a=marked %}{{ a }} {{ n }}{% plural %}{{ n }} {{ a }} {{ name }}{% endblocktranslate %}",
    "{% blocktranslate count n=yes %}{{ n }}{% plural %}{{ n }}s{% endblocktranslate %}{% blocktranslate asvar t %}{{ name }}{% endblocktranslate %}{{ t }}",
    "{% autoescape off %}{{ html }}{{ html|upper }}{% bar 1 html %}{% for x in numbers %}{{ html }}{% endfor %}{% endautoescape %}{{ html }}",
    "{% for a, b in pairs %}{% cycle 'x' 'y' as c %}{{ c }}{% ifchanged a %}{{ a }}{% endifchanged %}{% firstof none a %}{% endfor %}{{ True }}{{ None }}",
    '{{ "<b>" }}{{ 3 }}{{ _("Home") }}{{ "a"|add:_("Home") }}{% filter upper %}{{ name }}{% endfilter %}{% now "Y" as name %}{{ name|length }}',
    '{% include "no" %}',
    "{{ thing.fails }}",
    "{% if thing.fails %}a{% endif %}",
    "{{ name|add:missing }}{% if name|add:missing %}a{% endif %}",
    "{{ name|default_if_none:missing.x.y }}",
]
FAILING = {20, 21, 22, 23, 24}  # pages that give an error: the same one


class Point(NamedTuple):
    x: str
    y: int


class Thing:
    """Everything that a look-up may meet."""

    dict = {"items": None, "a": 1}

    def method(self):
        return "<called>"

    @property
    def fails(self):
        raise RuntimeError("told to")

    @property
    def gone(self):
        raise ObjectDoesNotExist


def values():
    return {
        "name": "Zoé & co",
        "html": "<b>'&\"",
        "marked": mark_safe("<i>"),
        "numbers": [1, 2_000, 3],
        "pairs": [("a", 1), ("<", 2), ("a", 3)],
        "steps": iter("ab"),
        "nothing": [],
        "thing": Thing(),
        "point": Point("<x>", 7),
        "node": {"name": "a", "below": [{"name": "b", "below": []}]},
        "lazy": gettext_lazy("Home"),
        "big": 1_234_567,
        "share": 0.5,
        "yes": True,
        "none": None,
        "counts": collections.defaultdict(int, x=3),
        "when": datetime.date(2026, 11, 26),
        "moment": datetime.datetime(2026, 11, 26, 23, 30, tzinfo=datetime.UTC),
        "letter": "o",
        "name_of_icon": "heart",
        "part": "row.html",
    }


def engine(loader, invalid=""):
    pages = PARTS | {f"p{number}": text for number, text in enumerate(PAGES)}
    loaders = [(loader, [("django.template.loaders.locmem.Loader", pages)])]
    builtins = ["django.templatetags.i18n", "rebond.core.templatetags.rebond"]
    return Engine(loaders=loaders, builtins=builtins, string_if_invalid=invalid)


def written(loader, number, invalid=""):
    """The page, or the error that it gives."""
    try:
        return engine(loader, invalid).get_template(f"p{number}").render(Context(values()))
    except Exception as error:  # noqa: BLE001 -- the same error is part of the comparison
        return f"{type(error).__name__}: {error.args[:1]}"


@pytest.mark.parametrize("invalid", ["", "no %s"])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("number", range(len(PAGES)))
def test_the_same_to_the_byte(number, language, invalid):
    with translation.override(language):
        wanted = written("django.template.loaders.cached.Loader", number, invalid)

        assert ("Error" in wanted or "DoesNotExist" in wanted) == (number in FAILING)
        assert written("rebond.core.flatten.Loader", number, invalid) == wanted


def test_the_page_is_really_written_by_its_function(monkeypatch):
    template = engine("rebond.core.flatten.Loader").get_template("p0")
    context = Context(values())
    template.render(context)

    assert isinstance(template.nodelist, CompiledList)
    assert list(template.nodelist.made) == [(translation.get_language(), True)]
    monkeypatch.setattr("django.template.defaulttags.ForNode.render", None)
    assert template.render(context).startswith("a-1")


def test_an_error_leaves_the_values_as_they_were():
    template = engine("rebond.core.flatten.Loader").get_template("p7")
    template.nodelist[0].conditions_nodelists[0] = (None, template.nodelist)  # a page that never ends
    context = Context(values())
    with pytest.raises(RecursionError):
        template.render(context)

    assert len(context.dicts) == 2


def test_the_number_of_values_of_a_row_is_checked():
    rows = engine("rebond.core.flatten.Loader").get_template("p0")

    for wrong in ([(1, 2, 3)], [5]):
        with pytest.raises(ValueError, match="Need 2 values to unpack in for loop"):
            rows.render(Context({"pairs": wrong}))


def test_kinds_of_values_are_not_kept_for_ever(monkeypatch):
    monkeypatch.setattr(compiled_parts, "KINDS_KEPT", 3)
    monkeypatch.setattr(compiled_parts, "_kinds", {})
    for number in range(10):
        made = type(f"Made{number}", (), {"word": "x"})()
        assert compiled_parts.step(made, "word") == "x"

    assert len(compiled_parts._kinds) <= 3
    assert compiled.HELPERS["step"]({"word": "y"}, "word") == "y"
