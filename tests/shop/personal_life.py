"""A buyer with one of everything: whatever is typed by them or about them says "Camille", to be looked for later."""

import datetime
import uuid

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from rebond.journal.actions.files import store_file
from rebond.journal.actions.mail import mark_bounced
from rebond.journal.models import OutgoingMail
from rebond.ledger.actions.invoice import issue_waiting
from rebond.network.models import Invitation
from rebond.shop import models as shop
from rebond.shop.actions.address import add_address
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.conversation import Written, answer_buyer, write_to_seller
from rebond.shop.actions.invoices import ask_invoices
from rebond.shop.actions.notice import create_notice, decide_notice
from rebond.shop.actions.part import CancelLine, change_part
from rebond.shop.actions.rating import Opinion, rate_part, reply_to_rating
from rebond.shop.actions.removal import answer_contest, contest_removal
from rebond.shop.queries.keeper import Keeper
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory
from tests.factories.invoices import make_issuer
from tests.factories.network import AgreementFactory
from tests.factories.shop import paid_order
from tests.factories.skills import given_badge

EMAIL = "camille@example.org"
PHONE = "06 11 22 33 44"
NEEDLES = ("camille", "vasseur", "18 rue de la lib", PHONE, "6a12345")


def whole_life(*, seller, operator, owner, colleague, category):
    """The buyer, with two orders received: in one an object was cancelled, in the other something of each kind."""
    buyer = UserFactory(name="Camille Vasseur", email=EMAIL)
    EmailAddress.objects.create(user=buyer, email=buyer.email, verified=True, primary=True)
    AgreementFactory(organisation=seller, operator=operator)
    make_issuer(seller, operator, by=owner)
    one, two, three, four = (ItemFactory(seller=seller, category=category, on_sale=True) for _n in range(4))
    order = paid_order(one, two, user=buyer)
    change_part(
        part=order.parts.get(),
        changes=[CancelLine(order.parts.get().lines.get(item=two).pk, "damaged")],
        by=owner,
        operation=uuid.uuid4(),
        note="Cassée, désolée Camille",
    )
    garden = shop.SolidarityProject.objects.create(name="Jardin", sentence="Des outils.", receiver=operator)
    shop.RoundUp.objects.create(order=order, project=garden, cents=60, told={"project": "Jardin", "receiver": "X"})
    given_badge(seller, user=buyer, proof="Camille a préparé douze colis", keeps_role=False)
    voucher = shop.Voucher.objects.create(
        code="ABCDEFGHJKMN", name="Bon", amount_cents=500, ends_on=timezone.localdate(), uses_max=9
    )
    shop.VoucherUse.objects.create(order=order, voucher=voucher, cents=500, told={"code": "ABCD", "says": "5 €"})
    gone = paid_order(three, email="CAMILLE@example.org")
    change_part(
        part=gone.parts.get(),
        changes=[CancelLine(gone.parts.get().lines.get().pk, "not_found")],
        by=owner,
        operation=uuid.uuid4(),
        note="Introuvable, désolée Camille",
    )
    shop.Order.objects.filter(pk=order.pk).update(phone=PHONE)
    ask_invoices(order_id=order.pk)
    issue_waiting()
    day = timezone.now() - datetime.timedelta(days=30)
    order.parts.update(state="delivered", shipped_at=day, delivered_at=day, tracking="6A12345")
    _around(buyer, seller, operator, owner, four)
    part = order.parts.get()
    _gave(buyer, operator)
    _met(part)
    _talked(part, owner)
    _came_back(part, owner)
    _contested(part, owner, colleague)
    _rated(part, owner, colleague)
    shop.Refund.objects.update(state="made", made_at=timezone.now())
    return buyer


def _around(buyer, seller, operator, owner, item):
    """What hangs on the account and on the address."""
    home = {"phone": PHONE, "address": "18 rue de la Libération", "postal_code": "47200", "city": "Marmande"}
    add_address(user=buyer, fields={"name": "Camille Vasseur", **home})
    take_item(keeper=Keeper(user=buyer), item=item)
    shop.Favourite.objects.create(user=buyer, item=item)
    shop.Alert.objects.create(user=buyer, email="Camille@example.org", digest="d", label="lampe pour Camille")
    shop.Alert.objects.create(email=EMAIL, digest="e", label="table pour Camille")
    UserSession.objects.create(user=buyer, ip="203.0.113.7", user_agent="Navigateur de Camille", session_key="k" * 32)
    Authenticator.objects.create(user=buyer, type="totp", data={"secret": "x"})
    Invitation.objects.create(organisation=seller, email=EMAIL, role="seller", invited_by=owner, token="t" * 43)
    mail = OutgoingMail.objects.create(kind="x", to=EMAIL, subject="Bonjour Camille", text="Chère Camille")
    mark_bounced(mail=mail, reason=f"550 <{EMAIL}> unknown")
    version = shop.TermsVersion.objects.create(organisation=operator, number=1, text="Conditions")
    shop.Order.objects.filter(user=buyer).update(terms=version)
    create_notice(item=item, reason="counterfeit", explanation="Camille doute", name="Camille Vasseur", email=EMAIL)


def _gave(buyer, operator):
    """A card that the buyer paid for themselves, and was mailed."""
    issuer = shop.GiftIssuer.objects.create(
        organisation=operator, legal_basis="x", conditions="x", months=12, min_cents=100, max_cents=9_000
    )
    now = timezone.now()
    order = shop.Order.objects.create(user=buyer, email=EMAIL, total_cents=2_000, state="paid", paid_at=now)
    card = shop.GiftCard.objects.create(
        issuer=issuer,
        order=order,
        state="live",
        amount_cents=2_000,
        code_hash="h",
        recipient_email=EMAIL,
        sender_name="Camille Vasseur",
        message="De la part de Camille",
        sold_at=now,
        sent_at=now,
        expires_on=now.date(),
    )
    shop.GiftSpend.objects.create(card=card, order=buyer.orders.order_by("pk").first(), cents=100, state="spent")


def _file(subject, owner, name="lettre de Camille.pdf"):
    upload = SimpleUploadedFile(name, b"%PDF-1.7 essai", content_type="application/pdf")
    return store_file(
        upload=upload,
        organisation=None,
        permission="shop.dispute.view",
        by=owner,
        subject=subject,
        kinds=frozenset({"pdf"}),
        max_bytes=1000,
    )


def _met(part):
    day = timezone.now() - datetime.timedelta(days=30)
    agenda = shop.Agenda.objects.create(organisation=part.seller, mode="local", name="Marmande", zone=["472"])
    slot = shop.Slot.objects.create(agenda=agenda, starts_at=day, ends_at=day + datetime.timedelta(hours=1), capacity=2)
    parcel = part.order.parcels.first()
    shop.Appointment.objects.create(parcel=parcel, slot=slot, state="done", code="AB12CD", ended_at=day)


def _talked(part, owner):
    written = Written("Où est ma chaise ? Camille", uuid.uuid4())
    talk = write_to_seller(part=part, reason="question", line=None, written=written, name="Camille Vasseur")
    answer_buyer(conversation=talk, written=Written("Bonjour Camille", uuid.uuid4()), by=owner)
    note = Written("Camille est pressée", uuid.uuid4())
    answer_buyer(conversation=talk, written=note, by=owner, is_internal=True)
    message = talk.messages.order_by("pk").first()
    shop.Attachment.objects.create(message=message, stored=_file(message, owner))
    shop.Settlement.objects.create(
        conversation=talk, outcome="gesture", cents=200, words="Un geste pour Camille", decided_by="Olivia"
    )
    shop.Conversation.objects.update(state="closed", closed_at=timezone.now())


def _came_back(part, owner):
    today, now = timezone.localdate(), timezone.now()
    line = part.lines.order_by("pk").first()
    withdrawal = shop.Withdrawal.objects.create(
        part=part,
        name="Camille Vasseur",
        email=EMAIL,
        comment="Trop grande pour Camille",
        said={"part": part.public_id, "buyer_address": "18 rue de la Libération"},
    )
    shop.WithdrawnLine.objects.create(withdrawal=withdrawal, line=line)
    back = shop.Return.objects.create(
        part=part, withdrawal=withdrawal, state="closed", tracking="6A12345", due_on=today, closed_at=now
    )
    returned = shop.ReturnLine.objects.create(back=back, line=line)
    check = shop.ReturnCheck.objects.create(
        returned=returned, found="whole", opened_by="Ana", opened_on=today, note="Camille l'a cirée"
    )
    shop.CheckPhoto.objects.create(check_in=check, stored=_file(check, owner))
    stray = shop.StrayParcel.objects.create(
        seller=part.seller, state="tied", number="6A12345", note="Au nom de Camille Vasseur", part=part, back=back,
        noted_by="Ana", noted_on=today, closed_by="Ana", closed_on=today,
    )  # fmt: skip
    shop.StrayPhoto.objects.create(stray=stray, kind="label", stored=_file(stray, owner))
    shop.ReturnLoss.objects.create(
        back=back, check_in=check, cents=100, reason="Usée par Camille", asked_by_id="u", asked_by="Ana", asked_on=today
    )
    shop.PartRequest.objects.create(
        part=part,
        cents=100,
        note="Camille insiste",
        state="granted",
        asked_by_id="u",
        asked_by="Ana",
        decided_at=now,
        changes=[],
    )


def _contested(part, owner, colleague):
    payment, now = part.order.payments.get(), timezone.now()
    dispute = shop.Dispute.objects.create(
        provider="test", provider_id="du_1", payment=payment, state="won", cents=2500, closed_at=now
    )
    shop.DisputeShare.objects.create(dispute=dispute, part=part, cents=2500)
    answer = shop.DisputeAnswer.objects.create(
        dispute=dispute,
        choice="defend",
        text="Livrée à Camille Vasseur",
        asked_by_id="u",
        asked_by="Tina",
        state="sent",
        sent_at=now,
    )
    shop.DisputeProof.objects.create(answer=answer, kind="delivery", stored=_file(dispute, owner))
    shop.BankLine.objects.create(
        key="v1", booked_on=timezone.localdate(), cents=2500, payer="VASSEUR CAMILLE", payment=payment, state="used"
    )


def _rated(part, owner, colleague):
    rating = rate_part(part=part, opinion=Opinion(9, "Camille est ravie", is_signed=True))
    reply_to_rating(rating=rating, text="Merci Camille", by=owner)
    about = {"reason": "other", "explanation": "Faux", "name": "Autre", "email": "autre@example.org"}
    notice = create_notice(rating=rating, **about)
    decide_notice(notice=notice, decision="withdrawn", ground="law", statement="Hors sujet.", by=colleague)
    removal = shop.CommentRemoval.objects.get()
    contest_removal(removal=removal, text="Camille a dit vrai")
    removal.refresh_from_db()
    answer_contest(removal=removal, is_upheld=False, answer="Non.", by=colleague)
