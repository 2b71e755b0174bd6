import io

from django.core.files.base import ContentFile

from rebond.network.actions.admission import save_answers, start_admission, start_review, submit_admission
from rebond.network.actions.decision import save_reading
from rebond.network.actions.trader import verify_trader_file, write_trader_file
from rebond.network.queries.criteria import criteria
from tests.factories.papers import PLAIN_PDF

STRUCTURE = {
    "name": "Recyclerie des Cimes",
    "kind": "recycling_shop",
    "legal_form": "association_1901",
    "siren": "732829320",
    "address": "3 rue des Skis",
    "postal_code": "38000",
    "commune": "38185",
    "city": "Grenoble",
    "contact_name": "Sabine Roques",
    "phone": "0476000000",
    "website": "",
}
PROJECT = {"goods": "Skis, vélos", "story": "Née en 2012.", "weekly": 30, "team": "Deux personnes."}
TRADER = {
    "legal_name": "Association Recyclerie des Cimes",
    "representative": "Sabine Roques",
    "address": "3 rue des Skis, 38000 Grenoble",
    "phone": "0476000000",
    "email": "contact@cimes.example.org",
    "identity_kind": "id_card",
    "account_holder": "Recyclerie des Cimes",
    "iban": "FR7630006000011234567890189",
    "register": "sirene",
    "register_number": "732829320",
}
DOCUMENT = PLAIN_PDF + b"% identity of Sabine"


def answers():
    return STRUCTURE | PROJECT | {c.key: f"Réponse : {c.name}" for c in criteria()}


def make_draft(email="sabine@example.org", **changed):
    admission = start_admission(name="Recyclerie des Cimes", email=email)
    return save_answers(admission=admission, answers=answers() | changed)


def make_admission(email="sabine@example.org", **changed):
    """Sent, complete, with its trader file."""
    admission = make_draft(email, **changed)
    write_trader_file(
        admission=admission, fields=TRADER, document=ContentFile(DOCUMENT), document_type="application/pdf"
    )
    return submit_admission(admission=admission, department="38")


def make_review(by, **changed):
    """Its file verified, open to the committee."""
    admission = make_admission(**changed)
    verify_trader_file(admission=admission, by=by)
    return start_review(admission=admission, by=by)


def cast_vote(admission, member, vote="yes", score=3, reason="Projet solide."):
    scores = {c.key: score for c in criteria()}
    return save_reading(admission=admission, scores=scores, notes={}, vote=vote, reason=reason, by=member)


def as_bytes(answer):
    return io.BytesIO(b"".join(answer.streaming_content)).getvalue()
