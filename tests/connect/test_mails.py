"""The mail to the person who started an import, when it ends."""

import datetime

import pytest
from django.utils import timezone

from rebond.connect.actions.intake import read_import, start_shop
from rebond.connect.actions.running import fail_import, finish_import, resume_import, run_batches, start_import
from rebond.connect.actions.uploads import upload_import
from rebond.connect.errors import WrongImportState
from rebond.connect.models import ImportRun
from rebond.journal.models import OutgoingMail
from tests.factories.connect import line, template

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def running(seller, owner, novels):
    run = upload_import(seller=seller, upload=template(line("A"), line("B"), line("C", price="x")), by=owner)
    start_import(run=run, by=owner, enqueue=False)
    return run


def began(run, seconds):
    ImportRun.objects.filter(pk=run.pk).update(started_at=timezone.now() - datetime.timedelta(seconds=seconds))


def test_a_long_import_tells_who_started_it_once_with_its_counts(running, owner):
    began(running, 60)
    run_batches(run_id=running.pk)
    assert run_batches(run_id=running.pk) == "done"
    with pytest.raises(WrongImportState):
        finish_import(run=ImportRun.objects.get())
    (mail,) = OutgoingMail.objects.all()
    assert (mail.to, mail.kind, mail.state) == (owner.email, "connect.import.done", "queued")
    assert mail.subject == "Import terminé\u00a0: 2 articles, «\u00a0stock.csv\u00a0»"
    assert "- 2 articles créés" in mail.text
    assert "- 1 ligne refusée" in mail.text
    assert "changé" not in mail.text
    assert f"http://testserver/bureau/imports/{running.public_id}/" in mail.text
    assert "Voir l’import" in mail.html


def test_an_english_speaker_is_told_in_english(running, owner):
    owner.language = "en"
    owner.save()
    began(running, 60)
    run_batches(run_id=running.pk)
    mail = OutgoingMail.objects.get()
    assert mail.subject == "Import finished: 2 items, “stock.csv”"
    assert "See the import" in mail.text


def test_a_short_one_is_seen_on_its_page_and_a_script_is_told_nothing(running, owner, seller):
    run_batches(run_id=running.pk)
    alone = upload_import(seller=seller, upload=template(line("D")), by=None)
    start_import(run=alone, by=None, enqueue=False)
    began(alone, 60)
    run_batches(run_id=alone.pk)
    assert OutgoingMail.objects.count() == 0


def test_what_stops_is_told_at_once_and_again_once_it_is_finished(running, owner):
    fail_import(run=running, reason="La ligne 7 ne se lit pas.")
    mail = OutgoingMail.objects.get()
    assert mail.kind == "connect.import.failed"
    assert "La ligne 7 ne se lit pas." in mail.text
    resume_import(run=running, by=owner, enqueue=False)
    began(running, 60)
    run_batches(run_id=running.pk)
    assert [m.kind for m in OutgoingMail.objects.order_by("pk")] == ["connect.import.failed", "connect.import.done"]


def test_a_shop_that_is_not_read_is_told(seller, owner, monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: [])
    run = start_shop(seller=seller, address="https://boutique.example", key="K" * 20, by=owner, enqueue=False)
    read_import(run_id=run.pk)
    mail = OutgoingMail.objects.get()
    assert mail.kind == "connect.import.unread"
    assert "Ce site n’existe pas." in mail.text
    assert "K" * 20 not in mail.text + mail.html
