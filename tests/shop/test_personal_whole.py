"""Nothing of a person is forgotten: each table that may hold some is exported and erased, or listed here with why not.

A new table with a link to a user or to an order, or with a column for a name, an address or an e-mail, fails here until
somebody has decided what becomes of it (GDPR art. 15, 17 and 20; rules.md F8).
"""

import io
import json
import re
import zipfile

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.db import models
from django.utils import timezone

from rebond.accounts.models import User
from rebond.journal.actions.forget import forget_name
from rebond.journal.models import StoredFile
from rebond.people.actions.consent import give_consent
from rebond.people.actions.correction import ask_correction
from rebond.people.actions.need import Noted, Whom, note_need, note_trusted
from rebond.shop.actions.erasure import erase_person
from rebond.shop.actions.personal_export import ask_export, make_export
from rebond.shop.models import Alert, Basket, Order
from rebond.shop.queries.person import Person
from rebond.shop.queries.personal import SECTIONS
from rebond.shop.queries.personal_words import FIELDS, HIDDEN
from rebond.skills.actions.level import answer_level, assess_self
from rebond.skills.models import Evidence
from tests.factories.network import MembershipFactory
from tests.factories.people import person_of
from tests.factories.workshop import TaskFactory, WorkerFactory
from tests.shop.personal_life import NEEDLES, whole_life

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
COLUMN = re.compile(
    r"(^|_)(email|name|phone|address|city|payer|byline|to|ip|by|by_label|actor_label|user_agent|first_name|representative)$"
)

# table → section of the file; "files" and "factures" are folders of the ZIP
EXPORTED = {
    "accounts.User": "account",
    "account.EmailAddress": "email_addresses",
    "usersessions.UserSession": "sign_ins",
    "mfa.Authenticator": "second_factors",
    "network.Membership": "organisations",
    "network.Invitation": "invitations",
    "workshop.Worker": "work",
    "workshop.WorkerSkill": "skills",
    "workshop.Step": "steps",
    "skills.Award": "badges",
    "skills.Evidence": "evidence",
    "skills.Assessment": "levels",
    "skills.Answer": "level_answers",
    "people.Person": "followed",
    "people.Consent": "consents",
    "people.Status": "statuses",
    "people.Need": "needs",
    "people.Correction": "corrections",
    "people.TrustedContact": "trusted",
    "journal.Entry": "journal",
    "journal.OutgoingMail": "mails",
    "journal.SuppressedAddress": "held_addresses",
    "ledger.Invoice": "invoices",
    "shop.SavedAddress": "addresses",
    "shop.Alert": "alerts",
    "shop.BasketLine": "basket",
    "shop.LaterLine": "basket",
    "shop.Favourite": "favourites",
    "shop.Order": "orders",
    "shop.OrderLine": "objects",
    "shop.OrderParcel": "parcels",
    "shop.Appointment": "appointments",
    "shop.TermsVersion": "terms",
    "shop.RoundUp": "gifts",
    "shop.VoucherUse": "vouchers",
    "shop.GiftCard": "gift_cards",
    "shop.GiftSpend": "gift_card_uses",
    "shop.Payment": "payments",
    "shop.Refund": "refunds",
    "shop.BankLine": "transfers",
    "shop.Withdrawal": "withdrawals",
    "shop.Return": "returns",
    "shop.ReturnCheck": "returned_objects",
    "shop.ReturnLoss": "lowered_refunds",
    "shop.StrayParcel": "unknown_parcels",
    "shop.PartRequest": "changes",
    "shop.Conversation": "conversations",
    "shop.Message": "messages",
    "shop.Settlement": "decisions",
    "shop.Rating": "opinions",
    "shop.CommentRemoval": "withdrawn_opinions",
    "shop.Dispute": "disputes",
    "shop.DisputeAnswer": "dispute_answers",
    "shop.Notice": "notices",
    "shop.Attachment": "pieces/",
    "shop.CheckPhoto": "retours/",
    "shop.StrayPhoto": "colis/",
    "shop.DisputeProof": "banque/",
}
INSIDE = "is in another section, with what it belongs to"
ORGANISATION = (
    "speaks of an organisation, or of what somebody did for one: the organisation gives it, and a role is proof"
)
THING = "names a thing, a place or a piece of the machinery, never a person"
NOT_EXPORTED = {
    INSIDE: """shop.Basket shop.SellerOrder shop.RefundLine shop.WithdrawnLine shop.ReturnLine shop.DisputeShare
        shop.RatingAsked shop.AlertHit shop.ProviderPayment shop.Repair journal.StoredFile""",
    ORGANISATION: """connect.ImportRun shop.TermsDraft shop.Statement shop.SellerAccount ledger.Entry
        ledger.InvoiceMandate ledger.FeeRule ledger.InvoiceContest ledger.Payout ledger.PayoutHold ledger.SupplierInvoice
        ledger.LegalRate ledger.SupplierPayment ledger.MoneyRequest ledger.PaymentBatch ledger.BilledService
                ledger.TaxFile ledger.TaxReturn workshop.Device workshop.Enrolment warehouse.Count
        warehouse.MarkdownRule warehouse.Transport catalogue.PriceChange catalogue.Hold catalogue.Recall
        network.Organisation network.Admission network.AdmissionReading network.TraderFile network.SellerMeasure
        network.OrganisationAttribute warehouse.Wave warehouse.SiteLayout""",
    "lives for minutes, and says who may sign in": "workshop.SignInRequest",
    "the same acts as the journal's entries": "journal.Transition",
    THING: """insertion.ExitReason warehouse.Parcel warehouse.Carton shop.Agenda intake.Container intake.RegisterEntry workshop.Station warehouse.Place catalogue.Category
        catalogue.CategoryAttribute skills.Badge catalogue.Item network.PickupPoint network.Site shop.SolidarityProject
        shop.Voucher
        core.PeriodicRun core.WorkerSign
        auth.Permission auth.Group django_tasks_database.DBTaskResult""",
}
NOT_EXPORTED = {label: why for why, labels in NOT_EXPORTED.items() for label in labels.split()}

# table and column → why words of the person may stay in it after the erasure
STAYS = {
    "ledger.Invoice.buyer_name": "an invoice is kept 10 years as it was issued (commercial code L123-22)",
    "ledger.Invoice.data": "as above",
    "ledger.BilledSale.buyer": "the credit note that may follow needs it; e-mail and telephone go",
    "shop.BankLine.payer": "the bank's own line is a piece of the accounts: 10 years",
    "shop.Notice.name": "who reported what: 5 years (DSA)",
    "shop.Notice.email": "as above",
    "shop.Notice.explanation": "as above",
    "shop.Notice.comment": "what was reported, as it was: 5 years (DSA)",
}


def hang_on(*roots):
    """The models that a chain of keys leads to one of `roots` from."""
    found, models_ = set(roots), apps.get_models()
    while more := {m for m in models_ if {f.related_model for f in m._meta.concrete_fields} & found} - found:
        found |= more
    return found


def personal_models():
    hanging = hang_on(Order, Basket, Alert)
    for model in apps.get_models():
        fields = model._meta.concrete_fields
        is_user = any(field.related_model is User for field in fields)
        is_named = any(COLUMN.search(field.name) for field in fields if not field.is_relation)
        if is_user or is_named or model in hanging:
            yield model._meta.label


@pytest.fixture
def moderator(operator):
    return MembershipFactory(organisation=operator, role="moderator", user__name="Mona Modération").user


@pytest.fixture
def buyer(seller, operator, owner, moderator, chairs, index):
    return whole_life(seller=seller, operator=operator, owner=owner, colleague=moderator, category=chairs)


def given(buyer):
    """The names in the ZIP, and the data."""
    make_export(job_id=ask_export(person=Person(user=buyer)).pk)
    stored = StoredFile.objects.get(name="mes-donnees.zip")
    with stored.file.open("rb") as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        return archive.namelist(), json.loads(archive.read("donnees.json"))


def words_left():
    """(table.column, value) wherever something of the person is still written."""
    for model in apps.get_models():
        texts = (models.CharField, models.TextField, models.JSONField)
        for field in model._meta.concrete_fields:
            if isinstance(field, texts) and not field.is_relation:
                for value in model._default_manager.values_list(field.name, flat=True):
                    said = json.dumps(value, ensure_ascii=False, default=str).casefold()
                    if any(needle.casefold() in said for needle in NEEDLES):
                        yield f"{model._meta.label}.{field.name}", value


def test_each_table_that_may_hold_somebody_is_exported_or_says_why_not():
    walked = set(personal_models())
    assert len(walked) > 70

    new = walked - set(EXPORTED) - set(NOT_EXPORTED)
    assert new == set(), "say in EXPORTED or NOT_EXPORTED what a person gets of it"
    assert set(EXPORTED) & set(NOT_EXPORTED) == set()
    hang_on_others = {
        "workshop.WorkerSkill",
        "workshop.Step",
        "people.Status",
        "people.Consent",
        "people.Need",
        "people.Correction",
        "skills.Evidence",
    }  # of a worker: exported all the same
    assert set(EXPORTED) | set(NOT_EXPORTED) == walked | hang_on_others


def test_the_file_holds_each_of_them(buyer, seller, reader):
    MembershipFactory(organisation=seller, role="reader", user=buyer)
    task = TaskFactory()
    worker = WorkerFactory(user=buyer, organisation=task.organisation)
    worker.skills.create(kind="photo", level="learns")
    worker_step(worker, task)
    person = person_of(seller, user=buyer)
    give_consent(person=person, kind="photo", how="own", by=buyer)
    note_need(person=person, kind="language", said=Noted(["lessons"]), seen=1, by=buyer)
    ask_correction(person=person, words="Mon nom est Camille.", by=buyer)
    note_trusted(person=person, whom=Whom("Rosalie", "0601020304"), seen=2, by=buyer)
    Evidence.objects.create(person=person, day=timezone.localdate(), kind="warehouse.pack", done=3)
    said = assess_self(person=person, card="pack", level=2, by=buyer)
    answer_level(assessment=said, kind="comments", words="Avec Camille.", by=buyer)

    names, data = given(buyer)

    for label, place in EXPORTED.items():
        if place.endswith("/"):
            assert any(name.startswith(place) for name in names), label
        else:
            assert data[place], label
    assert any(name.startswith("factures/") for name in names)
    whole = json.dumps(data, ensure_ascii=False)
    assert "Camille est pressée" not in whole  # workers' own note
    for words in ("Un geste pour Camille", "Usée par Camille", "Camille l'a cirée", "Livrée à Camille", "a dit vrai"):
        assert words in whole


def test_the_page_to_read_shows_words_where_the_file_has_codes(buyer):
    make_export(job_id=ask_export(person=Person(user=buyer)).pk)
    stored = StoredFile.objects.get(name="mes-donnees.zip")
    with stored.file.open("rb") as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        page = BeautifulSoup(archive.read("lisez-moi.html"), "html.parser")
        data = json.loads(archive.read("donnees.json"))
    codes = {
        value: str(label)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        for value, label in field.flatchoices
        if isinstance(value, str) and value and value != str(label)
    }
    acts = {row["action"] for row in data["journal"]}
    shown = {cell.get_text(strip=True) for cell in page.find_all("td")}

    assert len(codes) > 200
    assert data["orders"][0]["state"] == "paid"  # programs read the code
    assert "Payée" in shown  # in the buyer’s language
    assert acts
    assert shown & (set(codes) | acts) == set()


@pytest.mark.parametrize("field", FIELDS.values())
def test_each_column_of_codes_names_a_field_with_choices(field):
    model, _dot, name = field.rpartition(".")
    assert apps.get_model(model)._meta.get_field(name).flatchoices


def test_each_code_column_is_one_of_the_file():
    columns = {(section.key, key) for section in SECTIONS for key, _label in section.columns}
    assert set(FIELDS) | HIDDEN <= columns


def worker_step(worker, task):
    from rebond.workshop.models import Step

    Step.objects.create(
        kind="photo",
        organisation=worker.organisation,
        site=task.site,
        station=task.station,
        worker=worker,
        status=worker.status,
        day=timezone.localdate(),
        subject_kind="catalogue.item",
        subject_id="CF-1",
        subject_label="Chaise",
    )


def test_what_is_erased_is_written_nowhere_any_more(buyer):
    before = {place for place, _value in words_left()}
    assert set(STAYS) <= before
    public_id = buyer.public_id

    erase_person(user=buyer, by=buyer)
    forget_name(public_id=public_id)

    assert {place: value for place, value in words_left() if place not in STAYS} == {}
    assert list(StoredFile.objects.all()) == []
