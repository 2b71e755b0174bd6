import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.tasks import TaskResultStatus, task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.journal.actions.files import store_file
from rebond.journal.actions.mail import mark_bounced, queue_mail
from rebond.journal.actions.record import record
from rebond.journal.models import Entry, OutgoingMail, SuppressedAddress
from rebond.journal.sentences import mail_words
from tests.factories.network import MembershipFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
PDF = b"%PDF-1.7 a proof"
LIST_QUERIES = 4  # session, user, memberships, rows


@task()
def broken() -> None:
    raise ValueError("no")


def note(organisation, by, action="test.thing.created", **data):
    return record(action, subject=organisation, by=by, organisation=organisation, **data)


def write(organisation=None, **fields):
    words = {"to": "lea@example.org", "site": "https://x.example"}
    return queue_mail(
        **{
            "kind": "test.hello",
            "to": "lea@example.org",
            "subject": "Bonjour",
            "template": "journal/mail/trial",
            "context": words,
            "organisation": organisation,
        }
        | fields
    )


# --- the journal


def test_journal_shows_sentences_of_the_organisation_only(as_user, seller, owner, stranger):
    note(seller, owner)
    note(stranger.memberships.get().organisation, stranger)

    page = as_user(owner).get("/bureau/journal/")

    assert [words.replace("\xa0", " ") for _, words in page.context["lines"]] == [
        "Olivia Owner a créé Les Ateliers du Confluent"
    ]
    assert page.context["sees_all"] is False


def test_coordinator_sees_all_and_filters(as_user, seller, owner, coordinator, operator):
    note(seller, owner)
    note(operator, coordinator, "accounts.profile.changed")
    client = as_user(coordinator)

    def count(query):
        return len(client.get(f"/bureau/journal/{query}").context["lines"])

    assert count("") == 2
    assert count("?sujet=accounts") == 1
    assert count("?structure=confluent") == 1
    assert count("?q=olivia") == 1
    assert count("?q=nobody") == 0
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    assert count(f"?du={tomorrow}&au={tomorrow}") == 0
    assert count("?du=hier&sujet=xx&avant=abc") == 2  # what is not understood filters nothing


def test_journal_is_walked_by_key_without_gap_or_repeat(as_user, seller, owner):
    now = timezone.now()
    for n in range(120):
        Entry.objects.filter(pk=note(seller, owner, n=n).pk).update(at=now - datetime.timedelta(seconds=n // 3))
    client, seen, key = as_user(owner), [], ""
    while key is not None:
        page = client.get(f"/bureau/journal/?avant={key}")
        seen += [entry.data["n"] for entry, _ in page.context["lines"]]
        key = page.context["next_key"]

    assert sorted(seen) == list(range(120))
    assert len(seen) == 120


def test_journal_fragment_is_part_of_the_page(as_user, seller, owner):
    note(seller, owner)
    client = as_user(owner)

    fragment = client.get("/bureau/journal/", headers={"HX-Request": "true"}).content.decode().strip()

    assert fragment.startswith('<section class="panel" id="results"')
    assert fragment in client.get("/bureau/journal/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_journal_queries_do_not_grow_with_rows(as_user, seller, owner, rows, django_assert_num_queries):
    for _ in range(rows):
        note(seller, owner)
    client = as_user(owner)

    with django_assert_num_queries(LIST_QUERIES):
        client.get("/bureau/journal/")


def test_journal_is_exported(as_user, seller, owner):
    note(seller, owner)

    text = b"".join(as_user(owner).get("/bureau/journal/?export=csv")).decode("utf-8-sig")

    assert text.startswith("Quand;Qui;Quoi;Structure;Action;Identifiant\r\n")
    assert "Olivia Owner a créé Les Ateliers du Confluent" in text.replace("\xa0", " ")


@pytest.mark.parametrize("path", ["/bureau/journal/", "/bureau/courrier/", "/bureau/taches/"])
def test_desk_pages_are_closed_to_the_others(as_user, reader, owner, path):
    assert as_user(reader).get(path).status_code == 403
    assert as_user(None).get(path).status_code == 302
    assert as_user(owner).post(path).status_code == (403 if path == "/bureau/taches/" else 405)


# --- outgoing mail


def test_mail_is_listed_by_state_for_its_organisation(as_user, seller, owner, stranger, coordinator):
    mine = write(seller)
    held = write(seller, to="out@example.org")
    mark_bounced(mail=held, reason="550 no such user")
    client = as_user(owner)

    assert {m.pk for m in client.get("/bureau/courrier/").context["mails"]} == {mine.pk, held.pk}
    assert [m.pk for m in client.get("/bureau/courrier/?etat=bounced").context["mails"]] == [held.pk]
    assert [m.pk for m in client.get("/bureau/courrier/?q=out@").context["mails"]] == [held.pk]
    assert {v: n for v, _, n in client.get("/bureau/courrier/").context["tabs"]}["bounced"] == 1
    assert list(as_user(stranger).get("/bureau/courrier/").context["mails"]) == []
    assert len(as_user(coordinator).get("/bureau/courrier/").context["mails"]) == 2
    assert as_user(stranger).get(f"/bureau/courrier/{mine.public_id}/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_mail_queries_do_not_grow_with_rows(as_user, seller, owner, rows, django_assert_num_queries):
    for _ in range(rows):
        write(seller)
    client = as_user(owner)

    with django_assert_num_queries(LIST_QUERIES + 4):  # one bounded count for each state
        client.get("/bureau/courrier/")


def test_mail_is_walked_by_key(as_user, seller, owner):
    for _ in range(60):
        write(seller)
    client = as_user(owner)
    first = client.get("/bureau/courrier/")
    second = client.get(f"/bureau/courrier/?avant={first.context['next_key']}")

    seen = [m.pk for m in [*first.context["mails"], *second.context["mails"]]]
    assert (len(seen), len(set(seen)), second.context["next_key"]) == (60, 60, "")


def test_preview_is_framed_by_us_only_and_runs_nothing(as_user, seller, owner, stranger):
    mail = write(seller)
    address = f"/bureau/courrier/{mail.public_id}/apercu/"
    page = as_user(owner).get(f"/bureau/courrier/{mail.public_id}/").content.decode()

    answer = as_user(owner).get(address)

    assert f'<iframe class="mail-frame" sandbox src="{address}"' in page
    policy = answer["Content-Security-Policy"]
    assert policy == (
        "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
    )
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert as_user(stranger).get(address).status_code == 404


def test_secret_mail_is_never_shown(as_user, coordinator):
    mail = write(is_secret=True)
    client = as_user(coordinator)

    assert "https://x.example" not in client.get(f"/bureau/courrier/{mail.public_id}/").content.decode()
    assert client.get(f"/bureau/courrier/{mail.public_id}/apercu/").status_code == 404


def test_mail_is_sent_again_by_its_people_only(as_user, seller, owner, reader, stranger):
    mail = write(seller)
    OutgoingMail.objects.filter(pk=mail.pk).update(state="failed")
    address = f"/bureau/courrier/{mail.public_id}/renvoi/"
    assert as_user(owner).get(address).status_code == 405
    assert as_user(reader).post(address).status_code == 403
    assert as_user(stranger).post(address).status_code == 404
    mail.refresh_from_db()
    assert mail.state == "failed"

    answer = as_user(owner).post(address, follow=True)
    again = as_user(owner).post(address, follow=True)

    mail.refresh_from_db()
    assert mail.state == "queued"
    assert "Le message est de nouveau dans la file." in answer.content.decode()
    assert "Ce message ne peut pas être renvoyé." in again.content.decode()


def test_address_is_trusted_by_the_coordinator_only(as_user, seller, owner, coordinator):
    mail = write(seller)
    mark_bounced(mail=mail, reason="550 no such user")
    address = f"/bureau/courrier/{mail.public_id}/adresse/"
    assert as_user(owner).post(address).status_code == 403
    assert SuppressedAddress.objects.count() == 1
    assert "550 no such user" in as_user(coordinator).get(f"/bureau/courrier/{mail.public_id}/").content.decode()

    assert as_user(coordinator).post(address).status_code == 302

    assert SuppressedAddress.objects.count() == 0
    assert as_user(coordinator).post(address).status_code == 404


# --- private files


def keep(seller, owner, **fields):
    upload = SimpleUploadedFile("Avis d’été.pdf", PDF)
    return store_file(upload=upload, organisation=seller, permission="network.agreement.view", by=owner, **fields)


def test_file_is_downloaded_with_its_right_and_noted(as_user, seller, owner):
    stored = keep(seller, owner)

    answer = as_user(owner).get(f"/bureau/fichiers/{stored.public_id}/")

    assert b"".join(answer) == PDF
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''Avis%20d%E2%80%99%C3%A9t%C3%A9.pdf"
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    assert Entry.objects.filter(action="journal.file.read", subject_id=stored.public_id).count() == 1


def test_file_does_not_exist_for_the_others(as_user, seller, owner, reader, stranger, committee_member):
    stored = keep(seller, owner)
    path = f"/bureau/fichiers/{stored.public_id}/"

    assert [as_user(user).get(path).status_code for user in (reader, stranger, committee_member)] == [404, 404, 404]
    assert as_user(None).get(path).status_code == 302
    assert as_user(owner).get("/bureau/fichiers/aaaaaaaaaaaa/").status_code == 404
    assert Entry.objects.filter(action="journal.file.read").count() == 0


def test_file_of_a_seller_is_closed_to_a_manager_at_the_operator(as_user, seller, owner, operator):
    stored = keep(seller, owner)
    manager = MembershipFactory(organisation=operator, role="manager").user
    assert as_user(manager).get(f"/bureau/fichiers/{stored.public_id}/").status_code == 404


def test_file_is_open_to_the_operator_who_holds_its_right(as_user, seller, owner, coordinator):
    stored = keep(seller, owner)

    answer = as_user(coordinator).get(f"/bureau/fichiers/{stored.public_id}/")

    assert b"".join(answer) == PDF


def test_file_without_organisation_is_its_senders(as_user, owner, colleague):
    stored = keep(None, owner)

    assert as_user(colleague).get(f"/bureau/fichiers/{stored.public_id}/").status_code == 404
    answer = as_user(owner).get(f"/bureau/fichiers/{stored.public_id}/")
    assert b"".join(answer) == PDF


def test_file_lost_on_the_disk_is_not_found(as_user, seller, owner):
    stored = keep(seller, owner)
    stored.file.storage.delete(stored.file.name)

    assert as_user(owner).get(f"/bureau/fichiers/{stored.public_id}/").status_code == 404


# --- background work


@pytest.fixture
def dead(db):
    broken.enqueue()
    DBTaskResult.objects.update(
        status=TaskResultStatus.FAILED,
        worker_ids=["a"] * 5,
        traceback="x\nValueError: no\n",
        finished_at=timezone.now(),
    )
    return DBTaskResult.objects.get()


def test_dead_task_is_shown_and_run_again(as_user, coordinator, dead):
    client = as_user(coordinator)
    page = client.get("/bureau/taches/")
    assert "ValueError: no" in page.content.decode()
    assert page.context["is_worker_silent"] is True

    answer = client.post(f"/bureau/taches/{dead.pk}/relance/", follow=True)
    again = client.post(f"/bureau/taches/{dead.pk}/relance/", follow=True)

    dead.refresh_from_db()
    assert (dead.status, dead.worker_ids) == (TaskResultStatus.READY, [])
    assert "La tâche repart dans un instant." in answer.content.decode()
    assert "Cette tâche n’est plus dans la liste." in again.content.decode()
    assert Entry.objects.get(action="journal.task.rerun").data == {"task": dead.task_path}


def test_task_is_not_run_again_by_the_others(as_user, owner, dead):
    assert as_user(owner).post(f"/bureau/taches/{dead.pk}/relance/").status_code == 403

    dead.refresh_from_db()
    assert dead.status == TaskResultStatus.FAILED


def test_a_mail_says_its_kind_in_words_never_its_dotted_name(as_user, seller, owner):
    mail = write(seller)
    OutgoingMail.objects.filter(pk=mail.pk).update(kind="network.admission.started")
    page = as_user(owner).get(f"/bureau/courrier/{mail.public_id}/").content.decode()

    assert "Candidature de vendeur" in page
    assert "network.admission" not in page
    assert mail_words("account.password_reset_key") == "Connexion et compte"
    assert mail_words("nobody.knows") == "Message"
