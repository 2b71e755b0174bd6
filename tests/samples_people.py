"""Samples of addresses of people who are followed, for the test of rights (tests/samples.py)."""

import datetime

from django.utils import timezone

from tests.factories.insertion import contract_of
from tests.factories.people import person_of


def _person(world):
    from rebond.people.models import Person

    return Person.objects.filter(organisation=world.seller).first() or person_of(world.seller)


def _correction(world):
    from rebond.people.models import Correction

    today, person = timezone.localdate(), _person(world)
    found = person.corrections.first()
    return found or Correction.objects.create(person=person, words="Faux.", asked_on=today, due_on=today)


def _suspension(world):
    from rebond.insertion.models import Pass, PassSuspension

    person, today = _person(world), timezone.localdate()
    held = Pass.objects.filter(person=person).first() or Pass.objects.create(
        person=person, number="999991234567", kind="EI", starts_on=today
    )
    days = {"starts_on": today, "ends_on": today, "reason": "committee"}
    return held.suspensions.first() or PassSuspension.objects.create(iae_pass=held, **days)


def _exit(world):
    from rebond.insertion.models import Exit
    from tests.factories.insertion import exit_of

    found = Exit.objects.filter(organisation=world.seller, cancelled_at=None).first()
    return found or exit_of(world.seller)


def _news(world):
    """One of them, with a proof that somebody may open."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from rebond.insertion.actions.news import Said, answer_news
    from rebond.insertion.models import FollowUp
    from rebond.people.actions.consent import give_consent

    found = FollowUp.objects.filter(exit=_exit(world), moment="weeks4").get()
    if not found.answers.exists():
        give_consent(person=found.exit.person, kind="news", how="paper", by=None)
        said = Said("not_reached", "phone", again_on=timezone.localdate() + datetime.timedelta(days=9))
        answer_news(
            follow_up=found, said=said, proof=SimpleUploadedFile("a.pdf", b"%PDF-1.7"), by=world.user("manager")
        )
    return found


def _news_token(world):
    from rebond.insertion.links import news_token

    return news_token(_news(world).public_id)


def _reason(_world):
    from rebond.insertion.models import ExitReason

    return ExitReason.objects.get(code="cdi")


def _own(world):
    """The file of the manager, the first of those who are asked for their own."""
    from rebond.people.models import Person

    me = world.user("manager")
    return Person.objects.filter(user=me).first() or person_of(world.seller, user=me, first_name="Moi")


def _pause(world):
    """A suspension of a contract of theirs."""
    from rebond.insertion.models import Contract, ContractPause

    person = _person(world)
    held = Contract.objects.filter(person=person).first() or contract_of(person)
    days = {"starts_on": held.starts_on, "ends_on": held.starts_on, "reason": "other"}
    return held.pauses.first() or ContractPause.objects.create(contract=held, **days)


CONTRACT = {
    "person_id": lambda w: _pause(w).contract.person.public_id,
    "contract_id": lambda w: _pause(w).contract.public_id,
}
PERSON = {"person_id": lambda w: _person(w).public_id}
BY_NAME = {
    "insertion-desk:pass": PERSON,
    "insertion-desk:contracts": PERSON,
    "insertion-desk:contract-new": PERSON,
    "insertion-desk:contract": CONTRACT,
    **{f"insertion-desk:contract-{verb}": CONTRACT for verb in ("renew", "amend", "pause", "end")},
    "insertion-desk:contract-paper": CONTRACT | {"terms_id": lambda w: _pause(w).contract.terms.get().public_id},
    "insertion-desk:contract-resume": CONTRACT | {"pause_id": lambda w: _pause(w).public_id},
    "insertion-desk:pass-lift": {
        "suspension_id": lambda w: _suspension(w).public_id,
        "person_id": lambda w: _suspension(w).iae_pass.person.public_id,
    },
    **{
        f"insertion-desk:pass-{verb}": {"person_id": lambda w: _suspension(w).iae_pass.person.public_id}
        for verb in ("enter", "suspend", "prolong")
    },
    "insertion-desk:exit": PERSON,
    "insertion-desk:exit-record": PERSON | {"status_id": lambda w: _person(w).statuses.first().public_id},
    **{
        f"insertion-desk:exit-{verb}": {
            "person_id": lambda w: _exit(w).person.public_id,
            "exit_id": lambda w: _exit(w).public_id,
        }
        for verb in ("correct", "cancel")
    },
    **{
        f"insertion-desk:{page}": {
            "person_id": lambda w: _news(w).exit.person.public_id,
            "news_id": lambda w: _news(w).public_id,
        }
        for page in ("news", "news-link")
    },
    "insertion-desk:news-proof": {
        "person_id": lambda w: _news(w).exit.person.public_id,
        "news_id": lambda w: _news(w).public_id,
        "proof_id": lambda w: _news(w).answers.exclude(proof_id="").first().proof_id,
    },
    "news:answer": {"token": _news_token},
    "insertion-desk:reason-change": {"reason_id": lambda w: _reason(w).public_id},
    "people-desk:status-end": PERSON | {"status_id": lambda w: _person(w).statuses.first().public_id},
    **{f"people-desk:consent-{verb}": PERSON | {"kind": lambda _world: "photo"} for verb in ("give", "withdraw")},
    "people-desk:need-note": PERSON | {"kind": lambda _world: "language"},
    "people-desk:correction": PERSON | {"correction_id": lambda w: _correction(w).public_id},
    "my-path:correction": {"person_id": lambda w: _own(w).public_id},
    "my-path:trusted": {"person_id": lambda w: _own(w).public_id},
    "my-path:trusted-drop": {"person_id": lambda w: _own(w).public_id},
    "my-path:consent": {"person_id": lambda w: _own(w).public_id, "kind": lambda _world: "photo"},
    **{
        f"people-desk:{page}": PERSON
        for page in (
            "needs",
            "trusted-note",
            "trusted-drop",
            "consents",
            "person-detail",
            "person-change",
            "person-follow",
            "status-begin",
        )
    },
}
