"""The demo's after-sales: conversations in each state, a withdrawal on its way back, orders cancelled or never paid."""

import datetime
import random
import uuid
from dataclasses import dataclass

from django.core.files.base import ContentFile

from rebond.accounts.models import User
from rebond.catalogue.models import Item
from rebond.front.demo.admissions import Cast
from rebond.front.demo.buying import member_of
from rebond.front.demo.network import Network
from rebond.front.demo.orders import OrderMaker, forget_tasks
from rebond.front.demo.pictures import all_shots, render
from rebond.network.models import Membership, Site
from rebond.shop.actions.attachment import ready_attachment
from rebond.shop.actions.conversation import (
    Written,
    answer_buyer,
    call_conciliator,
    close_conversation,
    write_to_seller,
)
from rebond.shop.actions.gesture import give_gesture
from rebond.shop.actions.part import CancelLine, change_part
from rebond.shop.actions.provider import make_refund
from rebond.shop.actions.repair import note_repair_here
from rebond.shop.actions.returning import tell_sent
from rebond.shop.actions.settlement import Decision, settle
from rebond.shop.actions.stray import Seen, add_stray_photo, describe_stray, note_stray
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal, explain_withdrawal
from rebond.shop.enums import CancelReason, ConversationReason, OrderState, RefundState, SellerOrderState
from rebond.shop.models import Conversation, Order, OrderLine, Refund, SellerOrder
from rebond.shop.queries.gestures import gesture_left

SELLER, WORKER = "les-ateliers-du-confluent", "Nora Lemaire"
DAY = datetime.timedelta(days=1)
GESTURE_CENTS = 500
CANCELLED_IN, NEVER_PAID = 15, 12  # one order in so many of those to prepare; so many in all


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation: when the buyer wrote, when they were answered, and where it is now."""

    reason: str
    asked: float  # days ago
    words: str
    answered: float = 0
    answer: str = ""
    end: str = ""  # gesture, refused, repair or called


TALKS = (
    Talk("question", 0.15, "Bonjour, la lampe fonctionne-t-elle avec une ampoule LED ? Merci !"),
    Talk("broken", 1.1, "Une anse est arrivée cassée, le carton était enfoncé d’un côté."),
    Talk("missing", 8, "Il manque le couvercle qu’on voit sur la deuxième photo."),
    Talk("not_as_said", 4, "La couleur est bien plus foncée que sur la photo.", 2,
         "Pouvez-vous nous envoyer une photo à la lumière du jour ? Nous regardons ensemble."),
    Talk("not_working", 12, "Une pièce s’est décrochée au bout de deux jours, sans que je force.", 11,
         "Cela se refixe : apportez l’objet à l’atelier, ou renvoyez-le avec l’étiquette que nous offrons.", "repair"),
    Talk("not_as_said", 20, "Une rayure sur le plateau n’était pas dans l’annonce.", 19,
         "Vous avez raison, elle nous a échappé. Nous vous proposons une baisse de prix.", "gesture"),
    Talk("not_working", 24, "Elle s’allume, mais s’arrête au bout de dix minutes.", 23,
         "Apportez-la ou renvoyez-la, l’étiquette est offerte : nous la testons et vous disons.", "called"),
    Talk("other", 40, "Je pensais qu’il y avait deux chaises dans le lot.", 39,
         "L’annonce et les photos en montrent une seule.", "refused"),
)  # fmt: skip

END_WORDS = {
    "gesture": "Voici ce que nous décidons, avec nos excuses.",
    "repair": "Nous le réparons sans frais, et vous le renvoyons.",
}

ASKED = (  # one question in each of the months before, to any seller, and what it answered
    ("Bonjour, quelle est la hauteur exacte ? Merci.", "Bonjour, 74 cm : nous venons de la mesurer."),
    ("Le tissu se lave-t-il en machine ?", "Oui, à 30 degrés, nous l’avons fait avant de le vendre."),
    ("Pouvez-vous garder mon colis jusqu’à lundi ?", "Bien sûr, il vous attend à l’accueil."),
    ("Le livre a-t-il des pages annotées ?", "Trois, au crayon, elles se gomment très bien."),
    ("Les piles sont-elles fournies ?", "Non, il en faut deux rondes, de taille AA."),
    ("Peut-on venir avec une remorque ?", "Oui, la cour est grande et on vous aide à charger."),
)
ASKED_EVERY, FIRST_ASKED, LAST_ASKED = 29, 50, 340  # days


def is_made() -> bool:
    """Whether it was made; what a late parcel opened is not of it."""
    talks = Conversation.objects.exclude(reason=ConversationReason.NOT_RECEIVED)
    return talks.exists() or Order.objects.filter(state=OrderState.LAPSED).exists()


def make_aftersales(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Conversations of one seller, for its after-sales person and the network's conciliator; their number."""
    if is_made():
        return Conversation.objects.count()
    worker = User.objects.filter(name=WORKER, demo_role__gt="").first()
    conciliator = Membership.objects.filter(organisation=network.operator, role="moderator").order_by("pk").first()
    if worker is None or conciliator is None:
        return 0
    cast = Cast(worker, [], now)
    _coming_back(cast, now)
    _unknown_parcel(cast)
    rows = SellerOrder.objects.filter(state=SellerOrderState.DELIVERED, withdrawals=None).select_related("order")
    mine = rows.filter(seller__slug=SELLER) if rows.filter(seller__slug=SELLER).exists() else rows
    parts = list(mine.order_by("-delivered_at", "pk")[: 4 * len(TALKS)])
    for number, talk in enumerate(TALKS):
        part = next((one for one in parts if one.delivered_at and one.delivered_at < now - talk.asked * DAY), None)
        if part is not None:
            parts.remove(part)
            _talk(cast, part, talk, number)
            if talk.end == "refused":
                _network_gesture(network, part, now)
    _long_ago(cast, now)
    _cancel(cast)
    _never_paid(rng, now)
    _give_back()
    forget_tasks()
    return Conversation.objects.count()


def _long_ago(cast: Cast, now: datetime.datetime) -> None:
    """Questions about orders just received, answered the day after: nothing was asked back."""
    for number, days in enumerate(range(FIRST_ASKED, LAST_ASKED, ASKED_EVERY)):
        words, answer = ASKED[number % len(ASKED)]
        rows = SellerOrder.objects.filter(state=SellerOrderState.DELIVERED, conversation=None, withdrawals=None)
        rows = rows.filter(delivered_at__lt=now - (days + 1) * DAY).select_related("order", "seller")
        part = rows.order_by("-delivered_at", "pk").first()
        if part is None:
            return
        talk = Talk("question", days, words, days - 1, answer)
        by = member_of(part.seller, "seller") or member_of(part.seller, "manager") or cast.coordinator
        made = _talk(Cast(by, [], now), part, talk, 100 + number)
        with cast.at(days - 2) as when:
            close_conversation(conversation=Conversation.objects.get(pk=made.pk), by=by, now=when)


def _network_gesture(network: Network, part: SellerOrder, now: datetime.datetime) -> None:
    """The seller was right to refuse; the network gives the buyer something all the same (decision 34)."""
    people = Membership.objects.filter(organisation=network.operator, role="coordinator").select_related("user")
    by, cents = people.order_by("pk").first(), min(GESTURE_CENTS, gesture_left(part.order))
    if by is None or cents <= 0:
        return
    words = "L’annonce était juste, mais la photo pouvait tromper : voici un geste de notre part."
    with Cast(by.user, [], now).at(38) as when:
        give_gesture(
            part=part, cents=cents, words=_typo(words), by=by.user, operation=_operation(0, "gesture"), now=when
        )


def _operation(number: int, what: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"demo after-sales {number} {what}")


def _talk(cast: Cast, part: SellerOrder, talk: Talk, number: int) -> Conversation:
    by, line = cast.coordinator, part.lines.order_by("pk").first()
    with cast.at(talk.asked) as when:
        made = write_to_seller(
            part=part, reason=talk.reason, line=line, now=when, name=part.order.name,
            written=Written(_typo(talk.words), _operation(number, "ask")),
        )  # fmt: skip
    if talk.answer:
        with cast.at(talk.answered) as when:
            answer_buyer(
                conversation=made, by=by, now=when, written=Written(_typo(talk.answer), _operation(number, "answer"))
            )
    if talk.end == "called":
        with cast.at(2) as when:
            call_conciliator(conversation=made, now=when)
    elif talk.end and line is not None:
        with cast.at(talk.answered - 1) as when:
            words = END_WORDS.get(talk.end, talk.answer)
            cents = min(300, line.left_cents)
            decision = Decision(talk.end, line, words, _operation(number, "end"), cents if talk.end == "gesture" else 0)
            settled = settle(conversation=made, decision=decision, by=by, now=when)
            if talk.end != "repair":
                close_conversation(conversation=Conversation.objects.get(pk=made.pk), by=by, now=when)
                return made
        with cast.at(3) as when:
            note_repair_here(repair=settled.repair, by=by, now=when)
    return made


def _typo(words: str) -> str:
    return words.replace(" ?", "\u00a0?").replace(" !", "\u00a0!").replace(" :", "\u00a0:")


def _coming_back(cast: Cast, now: datetime.datetime) -> None:
    """A buyer withdrew six days after the delivery; the parcel is on its way back."""
    rows = SellerOrder.objects.filter(state=SellerOrderState.DELIVERED, delivered_at__gt=now - 13 * DAY)
    rows = rows.filter(delivered_at__lt=now - 3 * DAY).select_related("order").order_by("-delivered_at", "pk")
    part = rows.filter(seller__slug=SELLER).first() or rows.first()
    line = part.lines.order_by("pk").first() if part is not None else None
    if part is None or line is None:
        return
    with cast.at(2) as when:
        said = Declaration({line.pk}, part.order.name, part.order.email, _operation(0, "withdraw"))
        made = declare_withdrawal(order=part.order, said=said, now=when)[0]
        explain_withdrawal(withdrawal=made, reason="size", comment="")
    with cast.at(1) as when:
        tell_sent(back=made.back, way="parcel", tracking="CD4700012518", now=when)


def _unknown_parcel(cast: Cast) -> None:
    """A parcel whose label is torn came back without a word; its picture and what was read on it wait at the desk."""
    part = SellerOrder.objects.filter(seller__slug=SELLER, delivered_at__isnull=False).order_by("-pk").first()
    site = Site.objects.filter(organisation__slug=SELLER).order_by("-is_main", "pk").first()
    if part is None or site is None:
        return
    seen = Seen("8R40011902837")
    with cast.at(1) as when:
        stray = note_stray(
            seller=part.seller, site=site, seen=seen, by=cast.coordinator, operation=_operation(0, "stray"), now=when
        )
        picture = ready_attachment(upload=ContentFile(render(all_shots()[0]), name="colis.jpg"))
        add_stray_photo(
            stray=stray, kind="parcel", upload=picture, operation=_operation(0, "picture"), by=cast.coordinator
        )
        town = part.order.city or "France"
        describe_stray(stray=stray, note=_typo(f"Étiquette déchirée, on lit seulement : « {town} »."))


def _cancel(cast: Cast) -> None:
    """Objects that could not be found at the moment to pack them."""
    rows = SellerOrder.objects.filter(state=SellerOrderState.TO_PREPARE).select_related("order", "seller")
    for number, part in enumerate(rows.order_by("created_at", "pk")[: rows.count() // CANCELLED_IN]):
        with cast.at(0.5) as when:
            lines = [CancelLine(pk, CancelReason.NOT_FOUND) for pk in part.lines.values_list("pk", flat=True)]
            change_part(part=part, changes=lines, by=cast.coordinator, operation=_operation(number, "cancel"), now=when)


def _never_paid(rng: random.Random, now: datetime.datetime) -> None:
    """Orders whose payment never came: they lapsed, and their objects are on sale."""
    maker = OrderMaker(rng, now)
    items = list(Item.objects.on_sale().filter(price_cents__gt=0).select_related("seller").order_by("pk")[:NEVER_PAID])
    for number, item in enumerate(items):
        cents = item.price_cents or 0
        at = now - (2 + 23 * number) * DAY
        order = Order.objects.create(
            **maker.buyer(10_000 + number), state=OrderState.LAPSED, total_cents=cents, created_at=at
        )
        part = SellerOrder.objects.create(order=order, seller=item.seller, state=SellerOrderState.LAPSED, created_at=at)
        OrderLine.objects.create(part=part, item=item, title=item.title, unit_cents=cents)


def _give_back() -> None:
    """The refunds that were decided above are made, as the worker would."""
    for refund in Refund.objects.filter(state=RefundState.ASKED).order_by("pk"):
        make_refund(refund_id=refund.pk)
        Refund.objects.filter(pk=refund.pk).update(made_at=refund.created_at)
