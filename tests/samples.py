"""Real objects for the test that crosses all addresses with all roles (tests/test_rights.py).

A new address with parameters needs a sample: `BY_PARAMETER` for a parameter that means the same in a whole
room, `BY_NAME` for one address. A function takes the world and returns the value, or the keyword arguments.
Objects belong to `world.seller`; the world is made once, each request is rolled back.
"""

import datetime
from functools import cached_property

from django.core.files.base import ContentFile
from django.utils import timezone

from tests import samples_extras, samples_money
from tests.factories.accounts import UserFactory
from tests.factories.admission import make_draft, make_review
from tests.factories.catalogue import CategoryFactory, ItemFactory
from tests.factories.intake import ContainerFactory, DonationFactory, SortingFactory
from tests.factories.network import MembershipFactory, OrganisationFactory, SiteFactory
from tests.factories.warehouse import PlaceFactory
from tests.factories.workshop import DeviceFactory, StationFactory, TaskFactory, WorkerFactory
from tests.samples_slots import SLOTS


class World:
    """A seller with one of everything, the operator with all its roles, and strangers."""

    def __init__(self):
        self.seller = OrganisationFactory(admitted=True, name="La Bascule", slug="la-bascule", letters="BA")
        self.operator = OrganisationFactory(name="Rebond", slug="rebond", kind="operator")
        self.users = {}
        for role in ("manager", "seller", "reader", "supervisor", "counsellor", "worker"):
            self.users[role] = MembershipFactory(organisation=self.seller, role=role).user
        for role in ("coordinator", "catalogue_manager", "committee", "moderator", "finance"):
            self.users[role] = MembershipFactory(organisation=self.operator, role=role).user
        self.stranger = MembershipFactory(
            organisation=OrganisationFactory(admitted=True, name="Ailleurs", letters="AI"), role="manager"
        ).user
        self.site = SiteFactory(organisation=self.seller)

    def user(self, role):
        return self.users[role]

    @cached_property
    def category(self):
        return CategoryFactory(key="lampes", slug="lampes", name="Lampes", icon="lamp")

    @cached_property
    def question(self):
        from rebond.catalogue.models import CategoryAttribute

        return CategoryAttribute.objects.create(category=self.category, key="pieces", name="Pièces", type="integer")

    @cached_property
    def item(self):
        return ItemFactory(seller=self.seller, category=self.category, on_sale=True)

    @cached_property
    def photo(self):
        from rebond.catalogue.models import Photo, PhotoAsset

        asset = PhotoAsset.objects.create(sha256="a" * 64, width=10, height=10)
        return Photo.objects.create(item=self.item, asset=asset, position=0)

    @cached_property
    def collection(self):
        from rebond.catalogue.models import Collection, CollectionItem

        made = Collection.objects.create(slug="hiver", title="Hiver")
        CollectionItem.objects.create(collection=made, item=self.item)
        return made

    @cached_property
    def attribute(self):
        from rebond.network.actions.attribute import add_attribute, attach_proof

        made = add_attribute(
            organisation=self.seller, kind="esus", value="A1", valid_from=timezone.localdate(), by=None
        )
        return attach_proof(attribute=made, stored=self.file, by=None)

    @cached_property
    def reconciliation(self):
        from rebond.shop.models import Reconciliation

        return Reconciliation.objects.create(provider="test", day=timezone.localdate())

    @cached_property
    def bank_line(self):
        from rebond.shop.models import BankLine

        return BankLine.objects.create(key="essai", booked_on=timezone.localdate(), cents=1_000, text="Virement")

    @cached_property
    def counter_order(self):
        import uuid

        from rebond.shop.actions.basket import take_item
        from rebond.shop.actions.by_hand import pay_later
        from rebond.shop.actions.order import place_order
        from rebond.shop.queries.keeper import Keeper

        keeper = Keeper(user=self.user("manager"))
        take_item(keeper=keeper, item=ItemFactory(seller=self.seller, on_sale=True))
        made = place_order(keeper=keeper, email="a@example.org", operation=uuid.uuid4(), provider="test")
        pay_later(order=made.order, provider="collection", by=keeper.user, organisation=None)
        return made.order.parts.get()

    @cached_property
    def hand_refund(self):
        from rebond.shop.models import Payment, Refund

        payment = Payment.objects.filter(order=self.counter_order.order, provider="collection").latest("pk")
        return Refund.objects.create(payment=payment, part=self.counter_order, reason="other", amount_cents=100)

    @cached_property
    def transfer_refund(self):
        """Of an order that was paid by transfer."""
        from rebond.shop.models import Payment, Refund

        payment = Payment.objects.create(order=self.counter_order.order, provider="transfer", amount_cents=100)
        return Refund.objects.create(payment=payment, part=self.counter_order, reason="other", amount_cents=100)

    @cached_property
    def dispute(self):
        from rebond.shop.actions.trial import contest_payment
        from tests.factories.shop import paid_order

        order = paid_order(ItemFactory(seller=self.seller, on_sale=True, title="Buffet contesté"))
        return contest_payment(payment=order.payments.get())

    @cached_property
    def dispute_proof(self):
        import uuid

        from rebond.shop.actions.dispute_answer import ask_answer

        answer = ask_answer(
            dispute=self.dispute,
            choice="defend",
            text="Envoyé.",
            files={"other": ContentFile(b"%PDF-1.7 essai", name="preuve.pdf")},
            by=self.user("finance"),
            operation=uuid.uuid4(),
        )
        return answer.proofs.get()

    @cached_property
    def file(self):
        from rebond.journal.actions.files import store_file

        return store_file(
            upload=ContentFile(b"%PDF-1.7 essai", name="preuve.pdf"),
            organisation=self.seller,
            permission="network.organisation.view",
            by=None,
        )

    @cached_property
    def closure(self):
        from rebond.network.models import Closure

        day = timezone.localdate()
        return Closure.objects.create(organisation=self.seller, starts_on=day, ends_on=day)

    @cached_property
    def membership(self):
        return self.users["reader"].memberships.get()

    @cached_property
    def invitation(self):
        from rebond.network.actions.membership import invite_member

        return invite_member(
            organisation=self.seller, email="nadia@example.org", role="reader", by=self.users["manager"]
        )

    @cached_property
    def agreement(self):
        from rebond.network.models import Agreement
        from rebond.network.queries.agreements import DEFAULT_SCOPES

        return Agreement.objects.create(
            organisation=self.seller,
            operator=self.operator,
            kind="brick",
            scope=DEFAULT_SCOPES["brick"],
            starts_on=timezone.localdate(),
        )

    @cached_property
    def carriage(self):
        return self.agreement.carriages.create(mode="relay", carrier="Relais")

    @cached_property
    def admission(self):
        return make_review(self.users["coordinator"])

    @cached_property
    def claim(self):
        """An application sent with the seller's SIREN before it sold."""
        sent = make_draft("ailleurs@example.org", siren="")
        sent.state, sent.claimed, sent.submitted_at = "submitted", self.seller, timezone.now()
        sent.save()
        return sent

    @cached_property
    def mail(self):
        from rebond.journal.models import OutgoingMail, SuppressedAddress

        SuppressedAddress.objects.create(email="nadia@example.org", reason="550")
        return OutgoingMail.objects.create(
            kind="essai",
            to="nadia@example.org",
            subject="Essai",
            text="Essai",
            html="<p>Essai</p>",
            organisation_id=self.seller.public_id,
            state="failed",
        )

    @cached_property
    def job(self):
        from rebond.core.models import Job

        return Job.objects.create(
            kind="catalogue.items.withdraw", owner_kind="network.organisation", owner_id=self.seller.public_id
        )

    @cached_property
    def alert(self):
        from rebond.shop.models import Alert

        return Alert.objects.create(
            user=self.users["manager"], email="a@example.org", digest="d", label="lampe", query=[["q", "lampe"]]
        )

    @cached_property
    def address(self):
        from rebond.shop.models import SavedAddress

        where = {"address": "1 rue du Port", "postal_code": "47200", "city": "Marmande"}
        return SavedAddress.objects.create(user=self.users["manager"], name="Camille", **where)

    @cached_property
    def terms(self):
        """The second version of the seller's terms of sale."""
        from rebond.shop.actions.terms import publish_terms, save_terms_draft

        for text in ("Première version.", "Deuxième version."):
            save_terms_draft(organisation=self.seller, text=text, version=0, by=None)
            made = publish_terms(organisation=self.seller, version=1, by=None)
        return made

    @cached_property
    def order(self):
        from rebond.shop.models import Order

        return Order.objects.create(user=self.users["manager"], email="a@example.org", total_cents=100)

    @cached_property
    def paper(self):
        """An invoice of the manager's order, made in the seller's name."""
        from rebond.ledger.actions.invoice import issue_invoice
        from rebond.shop.models import SellerOrder
        from tests.factories.invoices import billed_sale, make_issuer

        part = SellerOrder.objects.create(order=self.order, seller=self.seller)
        self.seller.siren = "443061841"  # nobody applies with it
        make_issuer(self.seller, self.operator)
        return issue_invoice(sale=billed_sale(self.seller, operator=self.operator, key=part.public_id))

    @cached_property
    def paid_order(self):
        from tests.factories.shop import paid_order

        return paid_order(ItemFactory(seller=self.seller, category=self.category, on_sale=True))

    @cached_property
    def conversation(self):
        import uuid

        from rebond.shop.actions.conversation import Written, call_conciliator, write_to_seller

        part = self.paid_order.parts.get()
        written = Written("Il manque un pied.", uuid.uuid4(), ContentFile(b"%PDF-1.7 essai", name="preuve.pdf"))
        made = write_to_seller(part=part, reason="missing", line=None, written=written, name="Nadia")
        call_conciliator(conversation=made, now=timezone.now() + datetime.timedelta(days=9))
        return made

    @cached_property
    def attachment(self):
        return self.conversation.messages.get().attachments.get()

    @cached_property
    def withdrawal(self):
        import uuid

        from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
        from rebond.shop.models import OrderLine

        lines = OrderLine.objects.filter(part__order=self.paid_order).values_list("pk", flat=True)
        said = Declaration(set(lines), "Nadia", "nadia@example.org", uuid.uuid4())
        return declare_withdrawal(order=self.paid_order, said=said)[0]

    @cached_property
    def returned(self):
        """A lamp that was delivered, came back damaged with a picture, and whose refund somebody asked to lower."""
        import uuid

        from rebond.shop.actions.arrival import add_check_photo, open_check
        from rebond.shop.actions.loss import ask_loss
        from rebond.shop.actions.part import deliver_part, ship_part
        from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
        from rebond.shop.models import OrderLine, ReturnLine
        from tests.factories.shop import paid_order

        order, by = (
            paid_order(ItemFactory(seller=self.seller, category=self.category, on_sale=True)),
            self.users["seller"],
        )
        ship_part(part=order.parts.get(), carrier="", tracking="", by=by)
        deliver_part(part=order.parts.get(), by=by)
        line = OrderLine.objects.get(part__order=order)
        declare_withdrawal(order=order, said=Declaration([line.pk], "Nadia", "nadia@example.org", uuid.uuid4()))
        returned = ReturnLine.objects.get(line=line)
        check = open_check(returned=returned, found="damaged", by=by, site=self.site)
        picture = ContentFile(b"RIFF\x04\x00\x00\x00WEBP", name="photo.webp")
        add_check_photo(check=check, upload=picture, operation=uuid.uuid4(), by=by)
        ask_loss(check=check, cents=1, reason="Rayée", by=by, operation=uuid.uuid4())
        return returned

    @cached_property
    def part(self):
        return self.paid_order.parts.get()

    def rated(self, order):
        from rebond.shop.actions.rating import Opinion, rate_part

        part = order.parts.get()
        type(part).objects.filter(pk=part.pk).update(state="delivered", delivered_at=timezone.now())
        part.refresh_from_db()
        return rate_part(part=part, opinion=Opinion(9, "Très bien emballé."))

    @cached_property
    def rating(self):
        return self.rated(self.paid_order)

    @cached_property
    def contested(self):
        from rebond.shop.actions.notice import create_notice, decide_notice
        from rebond.shop.actions.removal import contest_removal
        from tests.factories.shop import paid_order

        rating = self.rated(paid_order(ItemFactory(seller=self.seller, category=self.category, on_sale=True)))
        said = {"explanation": "Un nom y figure.", "name": "Nadia", "email": "nadia@example.org"}
        notice = create_notice(rating=rating, reason="privacy", **said)
        decide_notice(notice=notice, decision="withdrawn", ground="law", statement="Un nom.", by=self.user("manager"))
        return contest_removal(removal=notice.removal, text="Ce nom est le mien.")

    @cached_property
    def part_request(self):
        return self.part.requests.create(cents=1, asked_by_id="x", asked_by="X")

    @cached_property
    def notice(self):
        from rebond.shop.models import Notice

        return Notice.objects.create(
            item=self.item,
            item_title=self.item.title,
            reason="other",
            explanation="Essai",
            name="Nadia",
            email="nadia@example.org",
            is_good_faith=True,
        )

    @cached_property
    def recall(self):
        from rebond.catalogue.models import Recall

        facts = {"label": "Quilles", "risk": "Elles cassent.", "source": "network", "created_by": "Cora"}
        return Recall.objects.create(gtin="03017800238592", **facts)

    @cached_property
    def hold(self):
        from rebond.catalogue.models import Hold

        return Hold.objects.create(
            item=self.item,
            ground="law",
            statement="Rappelé",
            placed_by="Mona",
            complaint="Il ne l’est pas.",
            complaint_state="received",
            complained_at=timezone.now(),
            complained_by="Olivia",
        )

    @cached_property
    def import_run(self):
        from tests.factories.connect import imported, line, template

        return imported(self.seller, template(line("R1")), by=self.users["manager"])

    @cached_property
    def correction(self):
        return self.import_run.corrections.create(line=2, column="Titre", after="Lampe")

    @cached_property
    def station(self):
        return StationFactory(site=self.site)

    @cached_property
    def device(self):
        return DeviceFactory(station=self.station)

    @cached_property
    def place(self):
        return PlaceFactory(site=self.site)

    @cached_property
    def box(self):
        return PlaceFactory(site=self.site, box=True)

    def _step(self, kind, subject_kind, subject_id):
        from rebond.workshop.models import Step

        return Step.objects.create(
            kind=kind,
            organisation=self.seller,
            worker=self.worker,
            status="cddi",
            day=timezone.localdate(),
            subject_kind=subject_kind,
            subject_id=subject_id,
        )

    @cached_property
    def stored_step(self):
        return self._step("warehouse.store", "catalogue.item", self.item.code)

    @cached_property
    def count(self):
        from rebond.warehouse.actions.count import open_count

        return open_count(place=self.place, by=self.user("manager"))

    @cached_property
    def difference(self):
        from rebond.warehouse.models import CountDifference

        return CountDifference.objects.create(
            bin=self.count.bins.get(), item=self.item, item_code=self.item.code, title="x", expected=1, found=0
        )

    @cached_property
    def transport(self):
        from rebond.warehouse.actions.transport import plan_transport

        shop = SiteFactory(organisation=self.seller, name="Le magasin", is_main=False)
        return plan_transport(
            from_site=self.site, to_site=shop, planned_on=timezone.localdate(), by=self.user("manager")
        )

    @cached_property
    def sale(self):
        from rebond.ledger.actions.sale import post_sale
        from tests.factories.ledger import sale_event

        return post_sale(sale=sale_event(self.seller, operator=self.operator))

    @cached_property
    def payout(self):
        from rebond.ledger.models import Payout

        account = self.sale.lines.get().account
        return Payout.objects.create(account=account, cents=100, asked_on=timezone.localdate())

    @cached_property
    def contest(self):
        from rebond.ledger.actions.contest import contest_invoice

        return contest_invoice(invoice=self.paper, reason="x", by=self.user("manager"))

    @cached_property
    def month_job(self):
        """A month of papers asked for by the seller; its treasurer's pages show its own."""
        from rebond.ledger.actions.month_file import start_month

        account = self.sale.lines.get().account
        return start_month(account=account, year=2026, month=3, organisation=self.seller, by=self.user("manager"))

    @cached_property
    def received(self):
        """An invoice that the seller had from a supplier."""
        from rebond.ledger.actions.supplier import add_supplier_invoice
        from tests.factories.invoices import SUPPLIER_XML

        return add_supplier_invoice(
            organisation=self.seller, name="f.xml", content=SUPPLIER_XML, by=self.user("manager")
        )

    @cached_property
    def tax_file(self):
        from rebond.ledger.models import TaxFile

        assert self.sale  # an account with the operator
        return TaxFile.objects.create(organisation=self.seller)

    @cached_property
    def tax_line(self):
        """What was declared of the seller."""
        from rebond.ledger.models import TaxReturn, TaxReturnLine

        year = timezone.localdate().year
        made = TaxReturn(operator=self.operator, year=year, number=1, kind="new", name="x", sellers=1)
        made.file.save("", ContentFile(b"<x/>"))
        said = dict.fromkeys(("name", "address", "postal_code", "city", "country", "tax_number"), "x")
        said |= dict.fromkeys(("register_number", "vat_number", "account_holder", "iban_end"), "")
        said |= {"establishments": []} | {key: [0] * 4 for key in ("sales", "cents", "fees")}
        return TaxReturnLine.objects.create(
            tax_return=made, operator=self.operator, year=year, seller=self.seller, version=1, data=said
        )

    @cached_property
    def fee_rule(self):
        from rebond.ledger.actions.rule import set_rule

        fields = {"name": "R", "part": "listing", "valid_from": timezone.localdate()}
        return set_rule(operator=self.operator, fields=fields, by=None)

    @cached_property
    def markdown_rule(self):
        from rebond.warehouse.actions.markdown import set_rule

        return set_rule(
            organisation=self.seller, category=None, agreed_with="Lucie", agreed_on=timezone.localdate(), by=None
        )

    @cached_property
    def markdown(self):
        from rebond.warehouse.models import Markdown

        return Markdown.objects.create(
            rule=self.markdown_rule, item=self.item, item_code=self.item.code, title="x", kind="cut", number=1,
            old_cents=self.item.price_cents, new_cents=100,
        )  # fmt: skip

    @cached_property
    def loaded_step(self):
        return self._step("warehouse.load", "catalogue.item", self.item.code)

    @cached_property
    def counted_step(self):
        return self._step("warehouse.count", "warehouse.place", self.count.place.code)

    @cached_property
    def places_job(self):
        from rebond.core.models import Job

        return Job.objects.create(
            kind="warehouse.places", owner_kind="network.organisation", owner_id=self.seller.public_id
        )

    @cached_property
    def worker(self):
        """The manager works at the stations too, with an account of their own."""
        return WorkerFactory(organisation=self.seller, user=self.users["manager"])

    @cached_property
    def task(self):
        return TaskFactory(site=self.site, worker=self.worker, state="paused")

    def _listing_task(self, kind):
        item = ItemFactory(seller=self.seller, category=self.category, site=self.site)
        task = TaskFactory(
            site=self.site, worker=self.worker, state="paused", kind=f"workshop.{kind}", subject_id=item.code
        )
        return {"public_id": task.public_id}

    @cached_property
    def write_task(self):
        return self._listing_task("write")

    @cached_property
    def review_task(self):
        return self._listing_task("review")

    @cached_property
    def written(self):
        from rebond.workshop.actions.step import Hands, record_step

        hands = Hands(worker=self.worker)
        return record_step(kind="workshop.write", subject=self.draft, hands=hands, outcome="to_review")

    @cached_property
    def draft(self):
        return ItemFactory(seller=self.seller, category=self.category, site=self.site)

    @cached_property
    def review_note(self):
        from rebond.workshop.models import ReviewNote

        return ReviewNote.objects.create(writer=self.worker, reviewer=self.worker, subject_label="Lampe")

    @cached_property
    def donation(self):
        assert self.worker  # somebody works at the stations
        return DonationFactory(site=self.site)

    @cached_property
    def store_task(self):
        found = {"subject_kind": "catalogue.item", "subject_id": self.item.code}
        return TaskFactory(site=self.site, kind="warehouse.store", worker=self.worker, state="paused", **found)

    @cached_property
    def register_entry(self):
        """The seller keeps its register; one named line, one arrival and one object that wait."""
        from rebond.intake.actions.register import Bringer, Identity
        from rebond.intake.actions.register_keep import switch_register
        from rebond.intake.actions.register_lines import note_object

        switch_register(organisation=self.seller, is_on=True, by=None)
        self.seller.refresh_from_db()
        who = Identity("Léa Martin", "Nantes", "", "passport", "12AB", "2020-02-01", "Préfecture")
        item = ItemFactory(seller=self.seller, category=self.category, site=self.site)
        return note_object(item=item, bringer=Bringer("person", who), by=None)

    @cached_property
    def container(self):
        return ContainerFactory(site=self.site)

    @cached_property
    def sort_task(self):
        found = {"subject_kind": "intake.donation", "subject_id": self.donation.public_id}
        return TaskFactory(site=self.site, kind="intake.sort", worker=self.worker, state="paused", **found)

    @cached_property
    def sorting(self):
        return SortingFactory(site=self.donation.site, category=self.category, outcome="online", item=self.item)

    @cached_property
    def intake_step(self):
        from rebond.workshop.actions.step import Hands, record_step

        return record_step(kind="intake.sort", subject=self.donation, hands=Hands(worker=self.worker))

    @cached_property
    def book_task(self):
        return TaskFactory(
            site=self.site,
            worker=self.worker,
            state="paused",
            kind="workshop.photograph",
            subject_id=ItemFactory(seller=self.seller, category=self.category).code,
            data={"book": {"name": "Le Père Goriot"}},
        )

    @cached_property
    def photo_task(self):
        return TaskFactory(
            site=self.site, worker=self.worker, state="paused", kind="workshop.photograph", subject_id=self.item.code
        )

    @cached_property
    def photo_step(self):
        from rebond.workshop.actions.step import Hands, record_step

        return record_step(kind="workshop.photograph", subject=self.item, hands=Hands(worker=self.worker))

    @cached_property
    def enrolment(self):
        from rebond.workshop.actions.station import start_enrolment

        return start_enrolment(station=self.station, name="Tablette", by=self.users["manager"])

    @cached_property
    def help_call(self):
        from rebond.workshop.actions.sign_in import call_help

        return call_help(worker=self.worker, device=self.device)

    @cached_property
    def sign_in_request(self):
        from rebond.workshop.actions.sign_in import ask_without_badge

        return ask_without_badge(device=self.device, worker=self.worker)

    @cached_property
    def failed_task(self):
        from django_tasks_db.models import DBTaskResult

        return DBTaskResult.objects.create(
            task_path="rebond.network.tasks.purge_trader_files",
            args_kwargs={"args": [], "kwargs": {}},
            status="FAILED",
            queue_name="default",
            backend_name="default",
            exception_class_path="",
            traceback="",
        )


def _code_in(part):
    return part.lines.first().item.code.lower()


def _paid_order_token(world):
    from rebond.shop.queries.orders import token_of

    return token_of(world.paid_order)


def _contested_token(world):
    from rebond.shop.queries.orders import token_of

    return token_of(world.contested.rating.part.order)


def _withdrawal_token(world):
    from rebond.shop.queries.withdrawal import token_of

    return token_of(world.withdrawal)


def _order_token(world):
    from rebond.shop.queries.orders import token_of

    return token_of(world.order)


def _alert_token(world):
    from rebond.shop.queries.alerts import token_of

    return token_of(world.alert)


# (room, parameter): its value everywhere in the room, unless BY_NAME says otherwise.
BY_PARAMETER = {
    ("network", "public_id"): lambda w: w.seller.public_id,
    ("network", "site_id"): lambda w: w.site.public_id,
    ("network", "invitation_id"): lambda w: w.invitation.public_id,
    ("network", "claim_id"): lambda w: w.claim.public_id,
    ("joining", "token"): lambda w: w.admission.token,
    ("catalogue", "code"): lambda w: w.item.code,
    ("catalogue", "pk"): lambda w: w.photo.pk,
    ("catalogue", "public_id"): lambda w: w.job.public_id,
    ("catalogue", "key"): lambda w: w.category.key,
    ("catalogue", "slug"): lambda w: w.collection.slug,
    ("catalogue", "verb"): lambda w: "price",
    ("connect", "public_id"): lambda w: w.import_run.public_id,
    ("connect", "pk"): lambda w: w.correction.pk,
    ("connect", "ending"): lambda w: "csv",
    ("workshop", "public_id"): lambda w: w.task.public_id,
    ("workshop", "code"): lambda w: w.enrolment.code,
    ("workshop", "path"): lambda w: "condition",
    ("workshop-desk", "code"): lambda w: w.draft.code,
    ("intake", "public_id"): lambda w: w.donation.public_id,
    ("intake-desk", "public_id"): lambda w: w.donation.public_id,
    ("intake-desk", "line"): lambda w: w.register_entry.number,
    ("intake-desk", "code"): lambda w: w.register_entry and w.draft.code,
    ("workshop-desk", "public_id"): lambda w: w.station.public_id,
    ("warehouse", "code"): lambda w: w.item.code,
    ("warehouse", "box"): lambda w: w.box.code,
    ("warehouse", "public_id"): lambda w: w.stored_step.public_id,
    ("warehouse-desk", "place"): lambda w: w.place.code,
    ("warehouse-desk", "code"): lambda w: w.item.code,
    ("warehouse-desk", "public_id"): lambda w: w.places_job.public_id,
    ("warehouse", "transport_id"): lambda w: w.transport.public_id,
    ("warehouse-desk", "rule_id"): lambda w: w.markdown_rule.public_id,
    ("warehouse-desk", "markdown_id"): lambda w: w.markdown.pk,
    ("warehouse-desk", "verb"): lambda w: "confirmation",
    ("warehouse-desk", "transport_id"): lambda w: w.transport.public_id,
    ("warehouse-desk", "count_id"): lambda w: w.count.public_id,
    ("warehouse-desk", "difference_id"): lambda w: w.difference.pk,
    ("warehouse-desk", "bin_id"): lambda w: w.count.bins.get().pk,
    ("warehouse-short", "place"): lambda w: w.place.code,
    ("ledger", "public_id"): lambda w: w.sale.lines.get().account.public_id,
    ("ledger", "year"): lambda w: w.sale.on.year,
    ("ledger", "month"): lambda w: w.sale.on.month,
    ("ledger", "payout_id"): lambda w: w.payout.public_id,
    ("ledger", "invoice_id"): lambda w: w.paper.public_id,
    ("ledger", "number"): lambda w: w.sale.entry.pk,
    ("ledger", "received_id"): lambda w: w.received.public_id,
    ("ledger", "job_id"): lambda w: w.month_job.public_id,
    ("ledger", "file_id"): lambda w: w.tax_file.public_id,
    ("ledger", "line_id"): lambda w: w.tax_line.public_id,
    ("ledger", "return_id"): lambda w: w.tax_line.tax_return.public_id,
    ("shop", "code"): lambda w: w.item.code,
    ("shop", "public_id"): lambda w: w.alert.public_id,
    ("shop", "token"): _alert_token,
    ("journal", "public_id"): lambda w: w.mail.public_id,
    ("journal", "task_id"): lambda w: w.failed_task.pk,
} | samples_money.BY_PARAMETER
_question = {"pk": lambda w: w.question.pk}
_collection = {"public_id": lambda w: w.collection.public_id}
_hold = {"public_id": lambda w: w.hold.public_id}
_admission = {"public_id": lambda w: w.admission.public_id}
_agreement = {"public_id": lambda w: w.agreement.public_id}
_attribute = {"pk": lambda w: w.attribute.pk}
_write = {"public_id": lambda w: w.write_task["public_id"]}
_review = {"public_id": lambda w: w.review_task["public_id"]}
_worker = {"public_id": lambda w: w.worker.public_id}


def _repair_task(world):
    from tests.factories.workshop import TaskFactory

    return TaskFactory(kind="shop.repair", site=world.worker and world.site, subject_id=world.returned.line.item.code)


BY_NAME = {
    **{f"shop:address-{verb}": {"public_id": lambda w: w.address.public_id} for verb in ("change", "prefer", "remove")},
    **{f"shop:{name}": {"public_id": lambda w: w.terms.public_id} for name in ("terms", "terms-changes")},
    **{f"shop:{name}": {"public_id": lambda w: w.seller.public_id} for name in ("terms-desk-of", "terms-publish")},
    **{
        f"shop:dispute-{verb}": {
            "public_id": lambda w: w.dispute.public_id,
            "answer_id": lambda w: w.dispute_proof.answer.public_id,
            "file_id": lambda w: w.dispute_proof.public_id,
        }
        for verb in ("detail", "answer", "decide", "file")
    },
    **{
        f"shop:bank-{verb}": {"public_id": lambda w: w.bank_line.public_id}
        for verb in ("detail", "use", "decide", "ignore", "returned")
    },
    **{f"shop:counter-{verb}": {"public_id": lambda w: w.counter_order.public_id} for verb in ("take", "free")},
    "shop:bank-refund": {"public_id": lambda w: w.transfer_refund.public_id},
    "shop:counter-refund": {"public_id": lambda w: w.hand_refund.public_id},
    "shop:reconciliation": {"public_id": lambda w: w.reconciliation.public_id},
    "ledger:contest-answer": {"invoice_id": lambda w: w.contest.invoice.public_id},
    "ledger:rule-stop": {"public_id": lambda w: w.fee_rule.public_id},
    **{f"warehouse:count-{page}": {"place": lambda w: w.count.place.code} for page in ("bin", "change", "finish")},
    "warehouse:transport-undo": {"public_id": lambda w: w.loaded_step.public_id},
    "warehouse:count-undo": {"public_id": lambda w: w.counted_step.public_id},
    **{f"network:admission-{verb}": _admission for verb in ("detail", "open", "vote", "decide")},
    **{f"network:trader-{verb}": _admission for verb in ("detail", "document", "verify")},
    **{f"network:agreement-{verb}": _agreement for verb in ("detail", "change", "sign", "end", "remove")},
    "network:carriage-add": _agreement,
    **{
        f"network:carriage-{verb}": _agreement | {"table_id": lambda w: w.carriage.public_id}
        for verb in ("change", "remove")
    },
    **{f"network:attribute-{verb}": _attribute for verb in ("end", "prove", "file", "verify")},
    **{f"catalogue:attribute-{verb}": _question for verb in ("change", "remove")},
    **{f"catalogue:collection-{verb}": _collection for verb in ("change", "items", "move", "delete")},
    **{f"catalogue:recall-{verb}": {"public_id": lambda w: w.recall.public_id} for verb in ("change", "end")},
    **{f"catalogue:hold-{verb}": _hold for verb in ("detail", "contest", "answer", "lift")},
    **{f"workshop-desk:worker-{verb}": _worker for verb in ("detail", "change", "end")},
    **{f"workshop-desk:{name}": _worker for name in ("badge-issue", "badge-end", "pin-set", "skill-set")},
    **{
        f"workshop-desk:task-{verb}": {"public_id": lambda w: w.task.public_id}
        for verb in ("detail", "give", "order", "free", "cancel")
    },
    "workshop-desk:object-undo": {"public_id": lambda w: w.written.public_id},
    **{f"workshop:write{end}": _write for end in ("", "-check", "-send", "-question")},
    **{f"workshop:review{end}": _review for end in ("", "-correct", "-return")},
    **{f"workshop:write-{end}": {"public_id": lambda w: w.written.public_id} for end in ("done", "undo")},
    "workshop:review-note-read": {"public_id": lambda w: w.review_note.public_id},
    **{
        name: {"public_id": lambda w: w.register_entry and w.donation.public_id}
        for name in ("intake:donor", "intake-desk:register-donation")
    },
    "intake:undo": {"public_id": lambda w: w.intake_step.public_id},
    **{
        f"intake:{name}": {"public_id": lambda w: w.sort_task.public_id}
        for name in ("sort-task", "sort-end", "sort-code-task")
    },
    "intake:sorted": {"public_id": lambda w: w.sorting.public_id},
    "workshop:label": {"code": lambda w: w.item.code},
    "intake:book-condition": {"public_id": lambda w: w.book_task.public_id},
    "intake-desk:container-end": {"public_id": lambda w: w.container.public_id},
    "workshop-desk:device-revoke": {"public_id": lambda w: w.device.public_id},
    "workshop-desk:call-answer": {"public_id": lambda w: w.help_call.public_id},
    "workshop-desk:request-decide": {"public_id": lambda w: w.sign_in_request.public_id},
    **{
        f"workshop:{name}": {"public_id": lambda w: w.photo_task.public_id}
        for name in ("photograph-shoot", "photograph-finish", "photograph-retouch", "photograph-lend")
    },
    "warehouse:store-task": {"public_id": lambda w: w.store_task.public_id},
    "workshop:camera-join": {"token": lambda _w: "a" * 43},
    "workshop:photograph-undo": {"public_id": lambda w: w.photo_step.public_id},
    "workshop:gesture-undo": {"public_id": lambda w: w.photo_step.public_id},
    "workshop:request-wait": {"public_id": lambda w: w.sign_in_request.public_id},
    "network:closure-remove": {"pk": lambda w: w.closure.pk},
    "network:member-end": {"pk": lambda w: w.membership.pk},
    "joining:invitation": {"token": lambda w: w.invitation.token},
    "joining:apply-step": {"step": lambda w: "projet"},
    "shop:aisle": {"slug": lambda w: w.item.category.slug},
    "shop:collection": {"slug": lambda w: w.collection.slug},
    "shop:seller": {"slug": lambda w: w.item.seller.slug},
    "shop:item": {"name": lambda w: f"{w.item.slug}-{w.item.code.lower()}"},
    "shop:alert-change": {"verb": lambda w: "arret"},
    **{
        f"shop:{name}": {"public_id": lambda w: w.order.public_id, "token": _order_token}
        for name in ("order", "order-pay", "order-pay-by", "order-give-up", "order-arrive", "order-withdraw")
    },
    **{
        f"shop:{name}": {"public_id": lambda w: w.withdrawal.public_id, "token": _withdrawal_token}
        for name in ("withdrawal", "withdrawal-paper", "withdrawal-sent", "withdrawal-reason")
    },
    **{
        f"shop:return-{verb}": {"public_id": lambda w: w.withdrawal.back.public_id}
        for verb in ("detail", "arrive", "refund", "surcharge")
    },
    **{
        f"shop:{name}": {
            "public_id": lambda w: w.returned.back.public_id,
            "code": lambda w: w.worker and w.returned.line.item.code.lower(),
            "file_id": lambda w: w.returned.check_in.photos.get().public_id,
            "loss_id": lambda w: w.returned.back.losses.get().public_id,
        }
        for name in (
            *("return-check", "return-photo", "return-loss", "return-loss-decide"),
            *("kiosk-return", "kiosk-return-photos", "kiosk-return-fate", "kiosk-return-condition"),
            *("kiosk-return-weight", "kiosk-return-done"),
        )
    },
    "shop:kiosk-repair": {"public_id": lambda w: _repair_task(w).public_id},
    "shop:order-paper": {
        "public_id": lambda w: w.order.public_id,
        "token": _order_token,
        "paper_id": lambda w: w.paper.public_id,
    },
    **{
        f"shop:part-{name}": {"public_id": lambda w: w.part.public_id, "code": lambda w: _code_in(w.part)}
        for name in ("detail", "ship", "ready", "deliver", "change", "seen")
    },
    "shop:part-decide": {"public_id": lambda w: w.part.public_id, "request_id": lambda w: w.part_request.public_id},
    **{
        f"shop:{name}": {
            "public_id": lambda w: w.paid_order.public_id,
            "token": _paid_order_token,
            "part_id": lambda w: w.conversation.part.public_id,
            "file_id": lambda w: w.attachment.public_id,
            "code": lambda w: _code_in(w.conversation.part),
        }
        for name in ("help", "help-call", "help-mediation", "help-file", "help-received", "help-missing", "order-seen")
    },
    **{
        f"shop:conversation-{verb}": {
            "public_id": lambda w: w.conversation.public_id,
            "file_id": lambda w: w.attachment.public_id,
        }
        for verb in ("detail", "answer", "settle", "call", "close", "hand", "file")
    },
    "shop:notice-detail": {"public_id": lambda w: w.notice.public_id},
    "shop:notice-contest": {"public_id": lambda w: w.contested.notice.public_id},
    **{
        f"shop:{name}": {
            "public_id": lambda w: w.paid_order.public_id,
            "token": _paid_order_token,
            "part_id": lambda w: w.rating.part.public_id,
        }
        for name in ("rating", "rating-take-down")
    },
    "shop:rating-contest": {
        "public_id": lambda w: w.contested.rating.part.order.public_id,
        "token": _contested_token,
        "part_id": lambda w: w.contested.rating.part.public_id,
    },
    **{f"shop:rating-{name}": {"public_id": lambda w: w.rating.public_id} for name in ("report", "detail", "reply")},
    "shop:seller-ratings": {"slug": lambda w: w.item.seller.slug},
    "journal:file-download": {"public_id": lambda w: w.file.public_id},
    "front:demo-enter": {"public_id": lambda w: UserFactory(demo_role="Responsable").public_id},
    "front:sitemap-items": {"number": lambda w: 1},
    "media": {"path": lambda w: "aa/bb/missing-100.jpg"},
} | SLOTS
# Words of an address that name no object of anybody.
WORDS = frozenset({"act", "verb", "ending", "step", "number", "path", "mode", "carrier"})
# Addresses whose object cannot exist in a test, and why: what they answer there is not "found".
MAY_BE_MISSING = {
    "media": "no rendition is on the disk",
    "front:sitemap-items": "the sitemap of an empty index has no part",
    "front:demo-enter": "only where the demonstration is on",
    "front:demo-people": "only where the demonstration is on",
    "front:sign-in": "a shorter address of the sign-in page: it leads there",
    "shop:search": "503 until an index is built, which no test of rights needs",
    "shop:order-pay-by": "404 where this person may not pay later",
    "shop:order-arrive": "404 where the order is not paid by transfer",
    "shop:order-pay": "404 where no provider takes payments, as on a site that set none",
    "shop:aisle": "the tree of categories is remembered by process, and empty here",
    "network:organisation-switch": "the organisation is in the form, which is empty here",
} | samples_extras.MAY_BE_MISSING


def arguments_of(name, parameters, world):
    """Keyword arguments for an address; raise KeyError naming the sample that is missing."""
    room = name.partition(":")[0]
    given = (BY_NAME | samples_extras.BY_NAME).get(name, {})
    found = {}
    for parameter in parameters:
        make = given.get(parameter) or BY_PARAMETER.get((room, parameter))
        if make is None:
            raise KeyError(f"tests/samples.py has no sample for {parameter!r} of {name}")
        found[parameter] = make(world)
    return found
