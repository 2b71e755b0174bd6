"""The two public figures: sums of finished days, honest below a minimum, with their causes and alerts (rules.md 0.2)."""

import datetime
import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from rebond.core.dates import midnight
from rebond.journal.models import OutgoingMail
from rebond.shop.actions.conversation import Written, write_to_seller
from rebond.shop.actions.quality import close_quality, watch_quality
from rebond.shop.actions.quality_mail import write_quality_mail
from rebond.shop.actions.rating import Opinion, rate_part
from rebond.shop.actions.settlement import Decision, settle
from rebond.shop.enums import ConversationReason, WithdrawalReason
from rebond.shop.models import OrderLine, QualityAlert, QualityCause, QualityDay, SellerOrder, Withdrawal
from rebond.shop.queries.quality import Figures, by_month, causes_of, figures_of, rolling_year, sellers_of
from rebond.shop.reasons import STEPS, reason_label, step_of
from rebond.workshop.models import Crew
from tests.factories.catalogue import ItemFactory
from tests.factories.network import AgreementFactory, OrganisationFactory, SiteFactory
from tests.factories.shop import paid_order

pytestmark = [pytest.mark.page, pytest.mark.django_db]
DAY = datetime.timedelta(days=1)
TODAY = datetime.date(2026, 11, 27)
YESTERDAY = TODAY - DAY
SPAN = rolling_year(YESTERDAY)


def noon(day):
    return midnight(day) + DAY / 2


def delivered(seller, day, category=None, **more):
    item = ItemFactory(seller=seller, on_sale=True, **({"category": category} if category else {}), **more)
    part = paid_order(item, email=f"{uuid.uuid4().hex}@example.org", now=noon(day) - 3 * DAY).parts.get()
    at = noon(day)
    type(part).objects.filter(pk=part.pk).update(state="delivered", shipped_at=at - DAY, delivered_at=at)
    part.refresh_from_db()
    return part


def withdrawn(part, day, reason=""):
    made = Withdrawal.objects.create(
        part=part, name="Camille", email="c@example.org", declared_at=noon(day), reason=reason
    )
    made.lines.create(line=part.lines.get())
    return made


def settled(part, owner, outcome, day, reason="broken"):
    written = Written("Cassé.", uuid.uuid4())
    made = write_to_seller(part=part, reason=reason, line=None, written=written, name="C", now=noon(day))
    decision = Decision(outcome, OrderLine.objects.get(part=part), "Voici pourquoi.", uuid.uuid4(), 100)
    return settle(conversation=made, decision=decision, by=owner, now=noon(day))


def sums(seller, count, *, answers=0, score_sum=0, requests=0, day=YESTERDAY):
    return QualityDay.objects.create(
        seller=seller, day=day, month=day.replace(day=1), delivered=count,
        answers=answers, score_sum=score_sum, requests=requests,
    )  # fmt: skip


def test_a_year_ends_yesterday():
    assert (SPAN.since, SPAN.until) == (datetime.date(2025, 11, 27), YESTERDAY)


@pytest.mark.parametrize(
    ("figures", "mean", "rate", "low", "high"),
    [
        (Figures(1000, 0, 0, 29), None, Decimal("2.9"), False, False),  # rules.md, case 34
        (Figures(1000, 0, 0, 30), None, Decimal("3.0"), False, True),
        (Figures(100, 10, 90, 0), Decimal("9.0"), Decimal("0.0"), False, False),
        (Figures(100, 1000, 8999, 0), Decimal("8.9"), Decimal("0.0"), True, False),
        (Figures(29, 9, 0, 29), None, None, False, False),  # too few to say anything
        (Figures(), None, None, False, False),
    ],
)
def test_figures_are_cut_and_honest(figures, mean, rate, low, high):
    assert (figures.satisfaction, figures.rate) == (mean, rate)
    assert (figures.is_low, figures.is_high) == (low, high)


def test_sums_are_of_deliveries_answers_and_first_requests(seller, owner, index):
    first, second, third = (delivered(seller, YESTERDAY - n * DAY) for n in (3, 3, 2))
    delivered(seller, TODAY)  # not finished
    rate_part(part=first, opinion=Opinion(10), now=noon(YESTERDAY))
    rate_part(part=second, opinion=Opinion(7), now=noon(YESTERDAY))
    withdrawn(first, YESTERDAY, "mind")
    settled(first, owner, "refund", TODAY)  # asked already
    settled(second, owner, "refused", YESTERDAY)
    settled(third, owner, "repair", YESTERDAY)  # no money asked back

    close_quality(today=TODAY)
    close_quality(today=TODAY)  # the same again

    assert figures_of(seller, SPAN) == Figures(delivered=3, answers=2, score_sum=17, requests=2)
    close_quality(today=TODAY + DAY)
    assert figures_of(seller, rolling_year(TODAY)) == Figures(delivered=4, answers=2, score_sum=17, requests=2)
    causes = QualityCause.objects.exclude(reason="").order_by("reason")
    assert [(row.reason, row.requests) for row in causes] == [("c.broken", 1), ("w.mind", 1)]


def test_a_changed_answer_and_a_late_reason_are_written_again(seller, index):
    part = delivered(seller, YESTERDAY - 5 * DAY)
    rating = rate_part(part=part, opinion=Opinion(2), now=noon(YESTERDAY - DAY))
    made = withdrawn(part, YESTERDAY - DAY)
    close_quality(today=TODAY)
    assert QualityCause.objects.get(requests=1).reason == "w."

    rate_part(part=part, opinion=Opinion(9), now=rating.answered_at + DAY / 2)
    Withdrawal.objects.filter(pk=made.pk).update(reason="defect")
    close_quality(today=TODAY)

    assert figures_of(seller, SPAN).score_sum == 9
    assert QualityCause.objects.get(requests=1).reason == "w.defect"


def test_a_parcel_said_to_have_come_long_after_is_counted_once(seller, index):
    """Presumed received in the summer; the buyer says now that it came yesterday."""
    part, *_others = (delivered(seller, YESTERDAY - n * DAY) for n in (100, 120, 1))
    close_quality(today=TODAY)
    SellerOrder.objects.filter(pk=part.pk).update(delivered_at=noon(YESTERDAY))

    close_quality(today=TODAY + DAY)  # a Saturday: the old day is too far back
    close_quality(today=TODAY + 2 * DAY)  # Sunday

    assert figures_of(seller, rolling_year(TODAY + DAY)).delivered == 3


def test_nothing_delivered_writes_nothing():
    assert close_quality(today=TODAY) == 0


def test_the_network_and_a_platform_are_the_sum_of_their_sellers(seller, operator):
    other = OrganisationFactory()
    sums(seller, 40, answers=10, score_sum=95, requests=1)
    sums(other, 60, answers=20, score_sum=180, requests=1, day=SPAN.since - DAY)

    assert figures_of(None, SPAN) == Figures(40, 10, 95, 1)
    assert figures_of(sellers_of(operator, YESTERDAY), SPAN) == Figures()
    months = by_month(seller, SPAN)
    assert (len(months), months[-1]) == (13, (datetime.date(2026, 11, 1), Figures(40, 10, 95, 1)))


def test_causes_name_steps_and_merge_small_places(seller, index):
    site, small, shop = (
        SiteFactory(organisation=seller, name=name, is_main=False) for name in ("Atelier", "Cabane", "Boutique")
    )
    for place, reason in ((site, "c.broken"), (small, "w.pictured"), (shop, "w.mind")):
        QualityCause.objects.create(seller=seller, day=YESTERDAY, site=place, delivered=20, answers=10, score_sum=90)
        QualityCause.objects.create(seller=seller, day=YESTERDAY, site=place, reason=reason, requests=1)
    for place, people in ((site, 5), (shop, 4), (small, 2)):
        Crew.objects.create(site=place, span="week", start=YESTERDAY, universe="*", people=people)

    causes = causes_of(seller, SPAN)

    assert {cause.label for cause in causes.steps} == {str(STEPS[key]) for key in ("pack", "tell", "choice")}
    assert [(cause.figures.delivered, cause.merged) for cause in causes.sites] == [(20, 0), (40, 2)]
    assert "Cabane" not in {cause.label for cause in causes.sites}
    assert causes_of(None, SPAN).sites == []


def test_every_reason_has_its_words_and_a_step():
    for kind, reasons in (("w", WithdrawalReason), ("c", ConversationReason)):
        for reason in reasons:
            assert str(reason.label) in reason_label(f"{kind}.{reason}")
            assert step_of(f"{kind}.{reason}") in STEPS
    assert step_of("w.") == "unknown"


def test_an_alert_opens_once_for_each_crossing(seller, operator):
    operator.email, seller.email = "reseau@example.org", "atelier@example.org"
    operator.save()
    seller.save()
    row = sums(seller, 100, answers=20, score_sum=170, requests=3)

    assert [watch_quality(until=YESTERDAY) for _ in range(2)] == [4, 0]  # the seller's and the network's
    for alert in QualityAlert.objects.all():
        for _ in range(2):
            write_quality_mail(alert_id=alert.pk)
    assert OutgoingMail.objects.filter(kind="shop.quality").count() == 6  # the seller is not told the network's
    QualityDay.objects.filter(pk=row.pk).update(score_sum=200, requests=2)
    assert watch_quality(until=TODAY) == 0
    assert QualityAlert.objects.filter(closed_on=TODAY).count() == 4
    QualityDay.objects.filter(pk=row.pk).update(score_sum=100)
    assert watch_quality(until=TODAY) == 2


def test_small_sellers_together_alert_their_platform_and_the_network(as_user, coordinator, operator, owner, seller):
    """Each under the minimum; the one outside the platform makes the network worse, not the platform."""
    operator.email = "reseau@example.org"
    operator.save()
    small = [OrganisationFactory() for _ in range(4)]
    for one in small:
        AgreementFactory(organisation=one, operator=operator, starts_on=SPAN.since, signed_on=SPAN.since)
        sums(one, 29, answers=9, score_sum=72, requests=0)
    sums(OrganisationFactory(), 29, answers=9, score_sum=45, requests=9)

    assert [watch_quality(until=YESTERDAY) for _ in range(2)] == [3, 0]
    found = QualityAlert.objects.order_by("pk").values_list("seller", "figure", "part", "whole")
    platform = (operator.pk, "satisfaction", 288, 36)
    assert list(found) == [platform, (None, "satisfaction", 333, 45), (None, "requests", 9, 145)]
    for alert in QualityAlert.objects.order_by("pk"):
        write_quality_mail(alert_id=alert.pk)
    mails = OutgoingMail.objects.filter(kind="shop.quality")
    assert set(mails.values_list("to", flat=True)) == {"reseau@example.org"}
    whose = sorted(subject.partition(" : ")[0] for subject in mails.values_list("subject", flat=True))
    assert whose == ["Plateforme de Rebond, la coopérative", "Tout le réseau", "Tout le réseau"]

    for path in ("/bureau/", "/bureau/qualite/"):
        page = as_user(coordinator).get(path).content.decode()
        assert ("Tout le réseau" in page, "Plateforme de Rebond" in page) == (True, True)
        assert "Tout le réseau" not in as_user(owner).get(path).content.decode()
    page = as_user(coordinator).get(f"/bureau/qualite/?vendeur={operator.slug}").content.decode()
    assert ("Plateforme de Rebond" in page, "Tout le réseau" in page) == (True, False)

    QualityDay.objects.update(score_sum=90, requests=0)
    assert watch_quality(until=TODAY) == 0
    assert not QualityAlert.objects.filter(closed_on__isnull=True).exists()


def test_the_network_has_one_open_alert_of_a_figure(db):
    one = {"figure": "requests", "part": 4, "whole": 100, "opened_on": YESTERDAY}
    QualityAlert.objects.create(closed_on=TODAY, **one)
    QualityAlert.objects.create(**one)
    with pytest.raises(IntegrityError), transaction.atomic():
        QualityAlert.objects.create(**one)


def test_an_alert_waits_at_the_desk_of_its_seller(as_user, owner, stranger, seller):
    QualityAlert.objects.create(seller=seller, figure="requests", part=4, whole=100, opened_on=YESTERDAY)

    said = "4 demandes de remboursement pour 100 livraisons"
    assert said in as_user(owner).get("/bureau/").content.decode()
    assert said in as_user(owner).get("/bureau/qualite/").content.decode()
    for path in ("/bureau/", "/bureau/qualite/"):
        assert said not in as_user(stranger).get(path).content.decode()


def test_the_network_reads_every_seller_and_a_seller_itself_only(as_user, owner, coordinator, seller):
    yesterday = timezone.localdate() - DAY
    sums(seller, 50, answers=12, score_sum=114, requests=1, day=yesterday)
    other = OrganisationFactory(name="Autre atelier")
    sums(other, 50, answers=30, score_sum=60, requests=9, day=yesterday)

    whole = as_user(coordinator).get("/bureau/qualite/").content.decode()
    assert "10 pour 100 livraisons" in whole
    one = as_user(coordinator).get(f"/bureau/qualite/?vendeur={other.slug}").content.decode()
    assert "9 pour 50 livraisons" in one
    own = as_user(owner).get(f"/bureau/qualite/?vendeur={other.slug}").content.decode()
    assert ("1 pour 50 livraisons" in own, "Autre atelier" in own) == (True, False)
    assert as_user(coordinator).get("/bureau/qualite/?vendeur=personne").status_code == 404
    lines = b"".join(as_user(owner).get("/bureau/qualite/?export=csv").streaming_content).decode("utf-8-sig")
    assert "Autre atelier" not in lines


def test_everybody_reads_the_figures_with_their_formula(client, seller):
    shown = client.get("/qualite/").content.decode()
    assert "Pas encore assez de réponses" in shown
    sums(seller, 100, answers=40, score_sum=366, requests=2, day=timezone.localdate() - DAY)

    for path in ("/qualite/?x=1", f"/vendeurs/{seller.slug}/", f"/vendeurs/{seller.slug}/avis/"):
        shown = client.get(path).content.decode()
        assert "9,1" in shown
        assert "2 pour 100 livraisons" in shown
    assert "Somme des notes" in client.get("/qualite/?x=2").content.decode()


def test_the_page_reads_sums_not_orders(client, seller, django_assert_max_num_queries):
    for n in range(3):
        sums(seller, 10, day=timezone.localdate() - (n + 1) * DAY)
    client.get("/qualite/?y=1")
    with django_assert_max_num_queries(6):
        client.get("/qualite/?y=2")
