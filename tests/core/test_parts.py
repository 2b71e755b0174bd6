import datetime

import pytest
from django.contrib.messages import get_messages
from django.template import Context, Template
from django.test import Client, RequestFactory

from rebond.core.failures import gone
from rebond.core.toasts import undo_of, undoable

pytestmark = pytest.mark.unit


def render(text, **context):
    return Template(text).render(Context(context))


def test_trace_escapes_and_counts():
    made = render("{% trace steps %}", steps=[{"icon": "gift", "tint": "x;}", "title": "<b>", "text": "y"}])

    assert 'style="--n:1"' in made
    assert "--tint:var(--sable)" in made
    assert "&lt;b&gt;" in made


def test_log_marks_done_now_and_to_come():
    at = datetime.datetime(2026, 11, 23, 9, 31, tzinfo=datetime.UTC)
    made = render(
        "{% log entries %}",
        entries=[{"text": "Payée", "at": at, "state": "done"}, {"text": "Prête", "state": "now"}, {"text": "Retirée"}],
    )

    assert '<li class="done"><div><time datetime="2026-11-23T10:31:00+01:00">' in made
    assert '<li aria-current="step"><div><p>Prête</p>' in made
    assert made.endswith("<li><div><p>Retirée</p></div></li></ol>")


@pytest.mark.parametrize(("given", "shown"), [(-5, "--v:0%"), (28, "--v:28%"), (140, "--v:100%")])
def test_hold_stays_between_0_and_100(given, shown):
    assert shown in render('{% hold n "14:32" "Gardé" %}', n=given)


def test_share_shows_parts_and_legend():
    parts = [{"n": 60, "label": "A", "color": "blue"}, {"n": 40, "label": "B", "pattern": "hatch", "color": "red;x"}]

    made = render('{% share parts "Deux parts" %}', parts=parts)

    assert '<i style="--n:60;--k:var(--blue)"></i><i class="hatch" style="--n:40"></i>' in made
    assert '<li><i class="hatch"></i>B</li>' in made


@pytest.mark.parametrize("color", ["red", "#12", "#12345g", "url(x)"])
def test_swatch_shows_nothing_but_a_colour(color):
    assert render("{% swatch c %}", c=color) == ""
    assert "--k:#2a3bd0" in render("{% swatch '#2a3bd0' %}")


def test_stepper_is_a_plain_field_first():
    made = render('{% stepper "n" 5 "Combien" 1 9 %}')

    assert 'type="number" inputmode="numeric" name="n" value="5" min="1" max="9" aria-label="Combien"' in made
    assert made.count(" hidden ") == 2


def test_picture_has_its_size_and_alt():
    made = render('{% pic "/media/a.webp" alt "rose" 60 %}', alt="Une <chaise>")

    assert 'class="pic thumb" style="--tint:var(--rose);--size:60px"' in made
    assert 'alt="Une &lt;chaise&gt;" width="60" height="60" loading="lazy"' in made


def test_undo_is_a_form_in_a_toast_and_stays_on_our_site():
    from django.contrib.messages.storage.fallback import FallbackStorage

    request = RequestFactory().get("/")
    request.session = {}
    request._messages = FallbackStorage(request)
    undoable(request, "Retiré", undo_url="/bureau/x/")
    [message] = get_messages(request)

    assert undo_of(message.extra_tags) == "/bureau/x/"
    made = render('{% include "ui/messages.html" %}', messages=[message], csrf_token="x")
    assert '<form class="toast" method="post" action="/bureau/x/" role="status" data-rebond-toast>' in made
    for bad in ("https://evil.example/", "//evil.example", "x"):
        with pytest.raises(ValueError, match="x"):
            undoable(request, "x", undo_url=bad)
    assert undo_of("https://x") == ""


@pytest.mark.django_db
def test_kit_is_shown_in_the_demonstration_only(settings):
    settings.DEMO = False
    assert Client().get("/kit/").status_code == 404
    settings.DEMO = True
    assert Client().get("/kit/").status_code == 200


def test_gone_and_offline_have_their_pages(db):
    assert gone(RequestFactory().get("/x/")).status_code == 410
    assert Client().get("/hors-ligne/").status_code == 200


@pytest.mark.parametrize("name", ["400", "403", "404", "405", "410", "413", "500", "503", "csrf", "offline"])
def test_error_pages_need_no_database_and_no_session(name):
    from django.shortcuts import render as shortcut

    request = RequestFactory().get("/x/")

    page = shortcut(
        request, f"errors/{name}.html", {"failure_code": "A1B2C3", "is_disk_full": False, "back": "/x/"}
    ).content.decode()

    assert "A1B2C3" in page
    assert "<h1" in page
