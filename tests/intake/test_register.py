"""The register of objects: a chain that nothing changes, and an identity that can leave it (rules.md F6; decision 14)."""

import json
import threading
import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from rebond.catalogue.actions.item import begin_item, change_item, publish_item
from rebond.catalogue.errors import PublishRefused
from rebond.catalogue.models import Item
from rebond.intake.actions.donation import receive_donation
from rebond.intake.actions.register import Bringer, add_entry, cancel_entry, lock_register
from rebond.intake.actions.register_keep import erase_donors, look_at_donor, set_group_limit, switch_register
from rebond.intake.actions.register_lines import correct_entry, note_donor, note_object
from rebond.intake.actions.sorting import Thing, sort_thing
from rebond.intake.errors import EntryChangedMeanwhile, FieldInvalid, NotedAlready, RegisterClosed
from rebond.intake.models import Donor, NeverChangedError, Register, RegisterEntry
from rebond.intake.queries.register import Identity, group_limit_of, said_of
from rebond.intake.queries.register_check import check_register
from rebond.intake.tasks import check_registers
from rebond.journal.models import Entry
from rebond.workshop.actions.step import undo_step
from rebond.workshop.models import Step
from tests.factories.catalogue import ItemFactory
from tests.factories.intake import DonationFactory
from tests.factories.network import OrganisationFactory, SiteFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
LEA = Identity(
    name="Léa Martin",
    address="3 rue des Lilas, 44000 Nantes",
    document_kind="id_card",
    document_number="X4RTBPFW4",
    document_on="2024-03-05",
    document_by="Préfecture de Loire-Atlantique",
)
PERSON = Bringer("person", LEA)
LEFT = Bringer("abandoned", reason="door")


@pytest.fixture
def kept(seller, owner):
    """The seller's register, open."""
    switch_register(organisation=seller, is_on=True, by=owner, declaration="2026-44-0173")
    return Register.objects.get()


@pytest.fixture
def arrival(kept, seller, site):
    return DonationFactory(site=site, organisation=seller, flow="textile")


@pytest.fixture
def sort(kept, site, hands, categories):
    def act(donation=None, **given):
        thing = Thing(category=categories["vases"], weight_g=300, **given)
        return sort_thing(site=site, thing=thing, outcome="online", donation=donation, hands=hands())

    return act


def faults(register=None):
    report = check_register(register or Register.objects.get())
    return [(fault.what, fault.number) for fault in report.faults]


def test_it_opens_with_a_line_and_closes_with_another(kept, seller, owner):
    switch_register(organisation=seller, is_on=True, by=owner)  # twice is once
    switch_register(organisation=seller, is_on=False, by=owner)
    rows = list(RegisterEntry.objects.order_by("number").values_list("number", "kind", "description"))
    assert rows == [(1, "opened", "2026-44-0173"), (2, "closed", "")]
    seller.refresh_from_db()
    assert not seller.is_register_kept
    assert faults() == []


def test_an_arrival_and_its_objects_have_their_lines(arrival, sort, owner):
    before = sort(arrival)
    note_donor(donation=arrival, bringer=PERSON, by=owner)
    after = sort(arrival, quantity=2)
    rows = list(RegisterEntry.objects.order_by("number").values_list("kind", "code", "nature", "quantity", "weight_g"))
    name = before.category.name
    assert rows[1:] == [
        ("lot", arrival.public_id, "Textiles, linen, shoes", None, 12_400),
        ("object", before.item.code, name, 1, 300),
        ("object", after.item.code, name, 2, 300),
    ]
    assert len(set(RegisterEntry.objects.exclude(number=1).values_list("commitment", flat=True))) == 1
    assert faults() == []


def test_more_weighed_of_a_noted_arrival_has_its_line(arrival, site, hands, owner):
    note_donor(donation=arrival, bringer=LEFT, by=owner)
    receive_donation(site=site, source="", flow="books", gross_g=3_000, hands=hands(), donation=arrival)
    last = RegisterEntry.objects.latest("number")
    assert (last.kind, last.weight_g, last.donor_kind, last.donor_reason) == ("lot", 3_000, "abandoned", "door")


def test_nothing_is_written_while_the_register_is_off(site, hands, categories, seller, owner):
    donation = DonationFactory(site=site, organisation=seller)
    thing = Thing(category=categories["vases"], weight_g=300)
    row = sort_thing(site=site, thing=thing, outcome="online", donation=donation, hands=hands())
    assert not RegisterEntry.objects.exists()
    with pytest.raises(RegisterClosed):
        note_donor(donation=donation, bringer=LEFT, by=owner)
    with pytest.raises(RegisterClosed):
        note_object(item=row.item, bringer=LEFT, by=owner)


def test_a_donor_is_noted_once(arrival, owner):
    note_donor(donation=arrival, bringer=PERSON, by=owner)
    with pytest.raises(NotedAlready):
        note_donor(donation=arrival, bringer=LEFT, by=owner)
    assert Donor.objects.count() == 1


@pytest.mark.parametrize(
    ("bringer", "field"),
    [
        (Bringer("moon"), "kind"),
        (Bringer("abandoned"), "reason"),
        (Bringer("person"), "name"),
        (Bringer("company", Identity(name="Le Grand Magasin")), "address"),
        (Bringer("person", Identity(name="Léa", address="Nantes", document_kind="library")), "document_kind"),
        (
            Bringer("person", Identity("Léa", "Nantes", "", "id_card", "X", "2999-01-01", "Préfecture")),
            "document_on",
        ),
        (
            Bringer("person", Identity("Léa", "Nantes", "", "id_card", "X", "2024-02-31", "Préfecture")),
            "document_on",
        ),
        (Bringer("person", Identity("L" * 161, "Nantes", "", "id_card", "X", "2024-02-01", "Préfecture")), "name"),
    ],
)
def test_what_lacks_is_told_on_its_field(arrival, owner, bringer, field):
    with pytest.raises(FieldInvalid) as refused:
        note_donor(donation=arrival, bringer=bringer, by=owner)
    assert refused.value.field == field
    assert not Donor.objects.exists()


def test_publishing_waits_for_who_brought_it(arrival, sort, owner):
    item = sort(arrival).item
    ready(item)
    with pytest.raises(PublishRefused, match="note who brought it") as refused:
        publish_item(item=item, by=owner)
    assert refused.value.url == f"/bureau/registre/objet/{item.code.lower()}/"
    note_donor(donation=arrival, bringer=PERSON, by=owner)
    assert publish_item(item=item, by=owner).state == "on_sale"
    said = said_of(item.seller, item.code)
    assert (said.kind, said.description, said.value_cents) == ("precision", "Chemise à carreaux", 900)
    assert faults() == []


def ready(item, price_cents=900):
    Item.objects.filter(pk=item.pk).update(title="Chemise à carreaux", condition="good", price_cents=price_cents)
    item.refresh_from_db()


def test_things_written_together_are_worth_less_than_the_threshold(arrival, sort, owner):
    note_donor(donation=arrival, bringer=Bringer("grouped"), by=owner)
    dear, cheap = sort(arrival).item, sort(arrival).item
    ready(dear, 6_000)
    ready(cheap, 5_999)
    assert publish_item(item=cheap, by=owner).state == "on_sale"
    with pytest.raises(PublishRefused, match="60"):
        publish_item(item=dear, by=owner)


def test_what_was_made_before_the_register_waits_for_nothing(seller, owner, categories):
    item = ItemFactory(seller=seller, category=categories["vases"], created_at=timezone.now() - timedelta(days=1))
    switch_register(organisation=seller, is_on=True, by=owner)
    item.refresh_from_db()
    ready(item)
    item.seller.refresh_from_db()
    assert publish_item(item=item, by=owner).state == "on_sale"


def test_an_object_of_the_desk_gets_its_own_line(kept, seller, owner, categories, site):
    seller.refresh_from_db()
    item = begin_item(seller=seller, category=categories["vases"], site=site, by=owner, weight_g=250)
    entry = note_object(item=item, bringer=PERSON, by=owner)
    assert (entry.number, entry.kind, entry.code, entry.weight_g) == (2, "object", item.code, 250)
    with pytest.raises(NotedAlready):
        note_object(item=item, bringer=PERSON, by=owner)


def test_what_is_taken_back_is_cancelled_by_a_line(arrival, sort, owner):
    note_donor(donation=arrival, bringer=LEFT, by=owner)
    row = sort(arrival)
    undo_step(step=Step.objects.get(kind="intake.sort"), hands=_hands_of(row))
    last = RegisterEntry.objects.latest("number")
    assert (last.kind, last.refers_to, last.code) == ("cancelled", 3, row.item.code)
    assert said_of(row.organisation, row.item.code) is None
    assert cancel_entry(entry=RegisterEntry.objects.get(number=3), reason="x") == last  # twice is once


def _hands_of(row):
    from rebond.workshop.actions.step import Hands

    step = Step.objects.get(operation_id=row.operation_id)
    return Hands(worker=step.worker, operation_id=uuid.uuid4())


def test_a_correction_is_a_newer_line(arrival, sort, owner):
    note_donor(donation=arrival, bringer=PERSON, by=owner)
    item = sort(arrival).item
    old = said_of(item.seller, item.code)
    new = correct_entry(entry=old, reason="Une montre", changes={"nature": "Montre", "value_cents": 8_000}, by=owner)
    assert (new.kind, new.refers_to, new.nature, new.commitment) == ("correction", old.number, "Montre", old.commitment)
    assert RegisterEntry.objects.get(pk=old.pk).nature == old.nature
    with pytest.raises(EntryChangedMeanwhile):
        correct_entry(entry=old, reason="Encore", changes={}, by=owner)
    with pytest.raises(FieldInvalid):
        correct_entry(entry=new, reason=" ", changes={}, by=owner)
    other = correct_entry(entry=new, reason="Mauvaise personne", changes={}, bringer=LEFT, by=owner)
    assert (other.donor_kind, other.commitment) == ("abandoned", "")
    assert faults() == []


def test_no_code_changes_a_line(kept):
    entry = RegisterEntry.objects.get()
    for change in (entry.save, entry.delete, RegisterEntry.objects.all().delete):
        with pytest.raises(NeverChangedError):
            change()
    with pytest.raises(NeverChangedError):
        RegisterEntry.objects.update(nature="x")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE intake_registerentry SET weight_g = 1 WHERE number = 2", [("content", 2)]),
        ("UPDATE intake_registerentry SET donor_reason = 'gone' WHERE number = 3", [("content", 3)]),
        ("DELETE FROM intake_registerentry WHERE number = 2", [("gap", 3), ("link", 3)]),
        ("DELETE FROM intake_registerentry WHERE number = 3", [("end", 3)]),
        ("UPDATE intake_registerentry SET number = 9 WHERE number = 3", [("gap", 9), ("content", 9), ("end", 3)]),
        ("UPDATE intake_donor SET identity = ''", [("erased_early", 0)]),
        ("UPDATE intake_donor SET identity = 'x'", [("identity", 0)]),
    ],
)
def test_what_is_changed_behind_the_code_is_found(arrival, sort, owner, statement, found):
    note_donor(donation=arrival, bringer=PERSON, by=owner)
    sort(arrival)
    assert faults() == []
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert faults() == found


def test_a_chain_made_again_whole_lacks_its_anchor(arrival, owner, kept):
    """Whoever owns the database can compute all hashes again: what was printed still tells."""
    note_donor(donation=arrival, bringer=LEFT, by=owner)
    printed = RegisterEntry.objects.get(number=2)
    forged = RegisterEntry.objects.get(number=2)
    forged.weight_g = 1
    from rebond.intake.data.chain import line_hash
    from rebond.intake.queries.register import facts_of

    forged.hash = line_hash(
        facts_of(forged, forged.organisation.public_id, forged.site.public_id), forged.previous_hash
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_registerentry SET weight_g = 1, hash = %s WHERE number = 2", [forged.hash])
        cursor.execute("UPDATE intake_register SET last_hash = %s", [forged.hash])
    register = Register.objects.get()
    assert faults(register) == []
    report = check_register(register, anchor=(2, printed.hash))
    assert [fault.what for fault in report.faults] == ["anchor"]
    assert not check_register(register, anchor=(7, printed.hash)).is_right


def test_another_identity_under_the_same_line_is_found(arrival, owner):
    donor = note_donor(donation=arrival, bringer=PERSON, by=owner)
    kept = json.loads(donor.identity)
    donor.identity = json.dumps(kept | {"name": "Somebody else"})
    donor.save()
    assert faults() == [("identity", 0)]


def test_an_identity_leaves_after_its_time_and_the_chain_still_proves_itself(arrival, sort, owner):
    donor = note_donor(donation=arrival, bringer=PERSON, by=owner)
    sort(arrival)
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity FROM intake_donor")
        assert "Martin" not in cursor.fetchone()[0]
    assert donor.keep_until.year == timezone.localdate().year + 10
    assert erase_donors() == 0
    Donor.objects.update(keep_until=timezone.localdate() - timedelta(days=1))
    assert erase_donors() == 1
    assert erase_donors() == 0
    donor.refresh_from_db()
    assert (donor.identity, donor.erased_on) == ("", timezone.localdate())
    last = RegisterEntry.objects.latest("number")
    assert (last.kind, last.quantity) == ("erased", 1)
    assert faults() == []


def test_each_look_is_in_the_journal_and_no_name_is(arrival, owner):
    note_donor(donation=arrival, bringer=PERSON, by=owner)
    assert look_at_donor(entry=RegisterEntry.objects.get(number=2), by=owner) == LEA
    entry = Entry.objects.get(action="intake.donor.looked")
    assert (entry.actor_label, entry.data) == ("Olivia Owner", {"line": 2})
    assert not [row for row in Entry.objects.all() if "Martin" in f"{row.data}{row.subject_label}"]


def test_the_command_tells_and_fails(arrival, seller, owner):
    note_donor(donation=arrival, bringer=PERSON, by=owner)
    out = StringIO()
    call_command("check_register", "--json", stdout=out)
    said = json.loads(out.getvalue())
    assert said["ok"]
    assert said["registers"][0] | {"last_hash": ""} == {
        "organisation": seller.public_id,
        "name": seller.name,
        "entries": 2,
        "donors": 1,
        "erased": 0,
        "last_number": 2,
        "last_hash": "",
        "fault_count": 0,
        "faults": [],
        "ok": True,
    }
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_registerentry SET nature = 'Or' WHERE number = 2")
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_register", stdout=out)
    assert "content at line 2" in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_docks_that_write_at_once_get_numbers_that_follow():
    """Eight threads, five lines each, two organisations: no gap, no double, each chain right."""
    places = [SiteFactory(organisation=OrganisationFactory(admitted=True)) for _n in range(2)]
    for site in places:
        switch_register(organisation=site.organisation, is_on=True, by=None)
    gate, broken = threading.Barrier(8), []

    def write(site):
        try:
            gate.wait()
            for _n in range(5):
                with transaction.atomic():
                    add_entry(lock_register(site.organisation), kind="lot", site=site, nature="Livres", weight_g=1_000)
        except Exception as error:  # noqa: BLE001 -- the test says what broke in a thread
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[places[n % 2]]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    for site in places:
        rows = RegisterEntry.objects.filter(organisation=site.organisation).order_by("number")
        assert list(rows.values_list("number", flat=True)) == list(range(1, 22))
        assert faults(site.organisation.register) == []


def test_the_newest_lines_alone_may_be_checked(arrival, sort, owner):
    note_donor(donation=arrival, bringer=PERSON, by=owner)
    sort(arrival)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_registerentry SET nature = 'Or' WHERE number = 2")
    register = Register.objects.get()
    report = check_register(register, start=3)
    assert (report.entries, report.donors, report.is_right) == (1, 1, True)
    assert not check_register(register).is_right
    with pytest.raises(RuntimeError, match="Confluent"):
        check_registers.func()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_donor SET identity = 'x'")
    assert [fault.what for fault in check_register(register, start=3).faults] == ["identity"]


def test_the_threshold_is_the_organisations_own_with_who_said_so(kept, seller, owner):
    assert group_limit_of(seller) == 6_000  # our reading: the law gives no amount
    set_group_limit(organisation=seller, limit_cents=4_000, source="  Courrier du\n4 mars ", by=owner)
    set_group_limit(organisation=seller, limit_cents=4_000, source="Courrier du 4 mars", by=owner)
    assert group_limit_of(seller) == 4_000
    kept.refresh_from_db()
    assert kept.group_limit_source == "Courrier du 4 mars"
    first = Entry.objects.filter(action="intake.register.limited").order_by("pk")[0]
    assert first.data == {"old": 6_000, "new": 4_000, "source": "Courrier du 4 mars"}
    for limit_cents, source in ((4_000, " "), (99, "x"), (100_001, "x")):
        with pytest.raises(FieldInvalid):
            set_group_limit(organisation=seller, limit_cents=limit_cents, source=source, by=owner)
    assert group_limit_of(seller) == 4_000
    assert check_register(kept).is_right


def test_what_is_worth_the_threshold_asks_who_brought_it(kept, seller, site, owner, categories):
    item = begin_item(seller=seller, category=categories["chairs"], site=site, by=owner, weight_g=900)
    item = change_item(item=item, changes={"title": "Chaise", "condition": "good", "price_cents": 4_500}, by=owner)
    note_object(item=item, bringer=Bringer("grouped"), by=owner)
    set_group_limit(organisation=seller, limit_cents=4_500, source="Courrier du 4 mars", by=owner)
    with pytest.raises(PublishRefused, match="45"):
        publish_item(item=item, by=owner)
    set_group_limit(organisation=seller, limit_cents=4_501, source="Courrier du 4 mars", by=owner)
    assert publish_item(item=item, by=owner).state == "on_sale"


def test_a_register_that_was_never_opened_has_no_threshold_to_set(seller, owner):
    with pytest.raises(RegisterClosed):
        set_group_limit(organisation=seller, limit_cents=4_000, source="x", by=owner)
