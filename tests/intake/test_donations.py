"""A donation is weighed once, in grams; companions keep no hour; the slip is no tax receipt."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from rebond.intake.actions.donation import add_container, add_photo, end_container, receive_donation
from rebond.intake.actions.origin import Origin
from rebond.intake.errors import FieldInvalid
from rebond.intake.models import Container, Donation, Weighing
from rebond.journal.actions.record import day_only
from rebond.journal.models import Entry, StoredFile
from rebond.workshop.actions.step import undo_step
from rebond.workshop.errors import NotUndoable
from rebond.workshop.models import Step, Task
from tests.factories.intake import ContainerFactory, DonationFactory, SortingFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
RECEIVE = "/atelier/arrivage/"


@pytest.fixture
def receive(site, hands):
    def act(**given):
        facts = {"site": site, "source": "drop_off", "flow": "textile", "gross_g": 12_400, "hands": hands()}
        return receive_donation(**(facts | given))

    return act


def test_a_weighing_takes_the_container_off(receive, site):
    donation = receive(gross_g=20_400, container=ContainerFactory(site=site, tare_g=8_000))
    weighing = donation.weighings.get()
    assert (weighing.gross_g, weighing.tare_g, weighing.net_g) == (20_400, 8_000, 12_400)
    step = Step.objects.get()
    assert (step.kind, step.data, step.site) == ("intake.receive", {"flow": "textile", "grams": 12_400}, site)
    assert Task.objects.get().kind == "intake.sort"
    assert Entry.objects.filter(action="intake.donation.received").count() == 1


def test_a_donation_goes_on_with_a_second_weighing(receive):
    donation = receive()
    again = receive(donation=donation, source="", flow="books", gross_g=3_000)
    assert again == donation
    assert sorted(donation.weighings.values_list("flow", "net_g")) == [("books", 3_000), ("textile", 12_400)]
    assert Task.objects.count() == 1


def test_the_same_operation_is_one_donation(receive, hands):
    operation = uuid.uuid4()
    first, second = (receive(hands=hands(operation_id=operation)) for _n in range(2))
    assert first == second
    assert (Donation.objects.count(), Weighing.objects.count(), Step.objects.count()) == (1, 1, 1)


def test_two_requests_at_once_are_one_donation(receive, hands):
    """The second one looked before the first had written: the database stops it."""
    from rebond.intake.actions import once

    operation = uuid.uuid4()
    first = receive(hands=hands(operation_id=operation))
    looks = iter([None])
    act = once.once(lambda key: next(looks, first))(receive_donation.__wrapped__)
    facts = {"source": "home", "flow": "books", "gross_g": 1, "hands": hands(operation_id=operation)}
    assert act(site=first.site, **facts) == first
    assert Donation.objects.count() == 1


@pytest.mark.parametrize(
    ("source", "facts"),
    [
        ("drop_off", {"postcode": "44000"}),
        ("home", {"postcode": "44000"}),
        ("waste_site", {"place": "Déchèterie Nord", "slip": "B-12"}),
        ("retailer", {"place": "Le Grand Magasin", "slip": "R 7"}),
        ("unsold", {"place": "La Fabrique", "slip": "U1"}),
        ("structure", {"place": "La Bascule", "slip": "T-3"}),
    ],
)
def test_each_origin_keeps_its_facts_and_no_other(receive, source, facts):
    """rules.md E2: by origin, with its geography or its slip."""
    all_of_them = {"place": "x", "slip": "y", "postcode": "75000"} | facts
    made = receive(source=source, origin=Origin(**all_of_them))
    kept = {name: getattr(made, name) for name in ("place", "slip", "postcode")}
    assert kept == {"place": "", "slip": "", "postcode": ""} | facts


def test_the_dock_asks_which_shop_which_slip_then_what(at_dock, receive):
    receive(source="retailer", origin=Origin(place="Le Grand Magasin"))
    page = at_dock.get(f"{RECEIVE}?de=retailer")
    assert 'name="lieu" value="Le Grand Magasin"' in page.text
    page = at_dock.get(f"{RECEIVE}?de=retailer&lieu=Le+Grand+Magasin")
    assert 'name="bon"' in page.text
    page = at_dock.get(f"{RECEIVE}?de=retailer&lieu=Le+Grand+Magasin&bon=")  # skipped
    assert "?de=retailer&amp;lieu=Le+Grand+Magasin&amp;bon=&amp;quoi=electrical" in page.text
    address = f"{RECEIVE}?de=retailer&lieu=Le+Grand+Magasin&bon=R7&quoi=electrical"
    assert 'name="place" value="Le Grand Magasin"' in at_dock.get(address).text
    at_dock.post(address, {"gross_g": "3"})
    made = Donation.objects.latest("pk")
    assert (made.place, made.slip) == ("Le Grand Magasin", "R7")
    assert "R7" in at_dock.get(f"{RECEIVE}{made.public_id}/bon/").text


def test_a_home_has_a_postcode_of_five_figures_or_none(at_dock):
    assert at_dock.get(f"{RECEIVE}?de=home&cp=4400").status_code == 422
    assert "quoi=textile" in at_dock.get(f"{RECEIVE}?de=home&cp=44000").text
    assert "quoi=textile" in at_dock.get(f"{RECEIVE}?de=home&cp=").text
    assert "quoi=textile" in at_dock.get(f"{RECEIVE}?de=drop_off").text  # who comes to the door is asked nothing more


def test_the_desk_says_later_where_it_comes_from(as_user, owner, reader, receive):
    made = receive(source="structure")
    path = f"/bureau/arrivages/{made.public_id}/provenance/"
    assert as_user(reader).post(path, {"place": "La Bascule"}).status_code == 403
    assert as_user(owner).post(path, {"place": "La Bascule", "slip": "T-3", "postcode": "44000"}).status_code == 302
    made.refresh_from_db()
    assert (made.place, made.slip, made.postcode) == ("La Bascule", "T-3", "")
    as_user(owner).post(path, {"place": "La Bascule", "slip": "T-3"})
    assert Entry.objects.filter(action="intake.donation.placed").count() == 1
    home = receive(source="home")
    refused = as_user(owner).post(f"/bureau/arrivages/{home.public_id}/provenance/", {"postcode": "Nante"})
    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"gross_g": None}, "gross_g"),
        ({"gross_g": 0}, "gross_g"),
        ({"gross_g": 2_000_001}, "gross_g"),
        ({"source": "moon"}, "source"),
        ({"flow": "gold"}, "flow"),
    ],
)
def test_what_cannot_be_is_refused_on_its_field(receive, given, field):
    with pytest.raises(FieldInvalid) as refused:
        receive(**given)
    assert refused.value.field == field
    assert not Donation.objects.exists()


@pytest.mark.parametrize("gross_g", [7_000, 8_000])
def test_a_container_is_never_heavier_than_the_whole(receive, site, gross_g):
    with pytest.raises(FieldInvalid, match=r"seul pèse 8\skg"):
        receive(gross_g=gross_g, container=ContainerFactory(site=site, tare_g=8_000))


def test_the_database_refuses_a_net_that_is_not_gross_less_tare(receive):
    weighing = receive().weighings.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Weighing.objects.filter(pk=weighing.pk).update(net_g=1)


def test_a_companion_keeps_no_hour(receive, hands, jo):
    receive(hands=hands(jo))
    step = Step.objects.get()
    assert (step.started_at, step.ended_at) == (None, None)


def test_no_column_of_the_way_in_holds_an_hour():
    from django.apps import apps
    from django.db.models import DateTimeField

    fields = [f for model in apps.get_app_config("intake").get_models() for f in model._meta.get_fields()]
    assert [f.name for f in fields if isinstance(f, DateTimeField)] == []


def test_a_weighing_is_taken_back_while_nothing_followed(receive, hands):
    donation = receive()
    undo_step(step=Step.objects.get(), hands=hands())
    assert not donation.weighings.kept().exists()
    assert Task.objects.get().state == "cancelled"


def test_a_weighing_stays_once_sorting_began(receive, hands, site):
    donation = receive()
    SortingFactory(site=site, donation=donation)
    with pytest.raises(NotUndoable):
        undo_step(step=Step.objects.get(), hands=hands())
    assert donation.weighings.kept().exists()


def test_containers_have_a_weight_and_one_name(site, owner):
    made = add_container(site=site, name="Chariot", tare_g=8_000, by=owner)
    for given, field in (({"name": "chariot", "tare_g": 1}, "name"), ({"name": "Bac", "tare_g": 0}, "tare_g")):
        with pytest.raises(FieldInvalid) as refused:
            add_container(site=site, by=owner, **given)
        assert refused.value.field == field
    for _n in range(2):
        end_container(container=made, by=owner)
    assert Entry.objects.filter(action="intake.container.ended").count() == 1


# pages


def test_the_dock_is_three_plain_pages_and_a_form(at_dock, site):
    trolley = ContainerFactory(site=site, name="Chariot", tare_g=8_000)
    text = at_dock.get(RECEIVE).content.decode()
    assert "D’où ça vient" in text
    assert "?de=home" in text
    assert "?de=home&amp;cp=&amp;quoi=textile" in at_dock.get(f"{RECEIVE}?de=home&cp=").content.decode()
    weigh = f"{RECEIVE}?de=home&quoi=textile"
    page = at_dock.get(weigh).content.decode()
    assert "8 kg en moins" in page.replace("\u00a0", " ")
    operation = re.search(r'name="operation" value="([^"]+)"', page)[1]
    form = {"gross_g": "20,4", "container": trolley.public_id, "operation": operation}
    answers = [at_dock.post(weigh, form) for _n in range(2)]
    donation = Donation.objects.get()
    assert {answer.url for answer in answers} == {reverse("intake:received", args=[donation.public_id])}
    assert "12,4" in at_dock.get(answers[0].url).content.decode()
    assert Weighing.objects.get().container == trolley


@pytest.mark.parametrize(("gross", "said"), [("", "Écrivez le poids"), ("7", "seul pèse"), ("abc", "Écrivez un poids")])
def test_a_wrong_weight_is_said_next_to_the_field(at_dock, site, gross, said):
    trolley = ContainerFactory(site=site, name="Chariot", tare_g=8_000)
    answer = at_dock.post(f"{RECEIVE}?de=home&quoi=textile", {"gross_g": gross, "container": trolley.public_id})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-describedby="id_gross_g_error"' in text
    assert said in text[text.index('id="id_gross_g_error"') :][:300]
    assert not Donation.objects.exists()


def test_another_sites_container_is_not_known(at_dock):
    other = ContainerFactory()
    answer = at_dock.post(f"{RECEIVE}?de=home&quoi=textile", {"gross_g": "20", "container": other.public_id})
    assert answer.status_code == 422


def test_taking_back_is_one_button(at_dock, receive):
    donation = receive()
    page = at_dock.get(reverse("intake:received", args=[donation.public_id])).content.decode()
    undo = re.search(r"/atelier/geste/\w+/annuler/", page)[0]
    assert at_dock.post(undo, {"next": "intake:receive"}).url == RECEIVE
    assert "C’est annulé" in at_dock.get(RECEIVE).content.decode()
    assert not donation.weighings.kept().exists()


def test_the_slip_says_that_it_is_no_tax_receipt(at_dock, receive, owner, as_user):
    donation = receive()
    for browser, name in ((at_dock, "intake:slip"), (as_user(owner), "intake-desk:donation-slip")):
        text = browser.get(reverse(name, args=[donation.public_id])).content.decode()
        assert "n’est pas un reçu fiscal" in text
        assert "12,4" in text


def test_nothing_is_asked_about_the_donor(at_dock):
    text = at_dock.get(f"{RECEIVE}?de=home&quoi=textile").content.decode()
    names = set(re.findall(r'<input[^>]* name="(\w+)"', text))
    kept = {"act", "label", "source", "flow", "postcode"}  # what a device without network keeps with the act
    assert names <= {"csrfmiddlewaretoken", "operation", "gross_g", "container", "scale"} | kept


def test_another_organisations_donation_does_not_exist(at_dock, owner, as_user):
    other = DonationFactory()
    for name in ("received", "slip"):
        assert at_dock.get(reverse(f"intake:{name}", args=[other.public_id])).status_code == 404
    for name in ("donation-detail", "donation-slip"):
        assert as_user(owner).get(reverse(f"intake-desk:{name}", args=[other.public_id])).status_code == 404
    assert at_dock.get(f"{RECEIVE}?don={other.public_id}").status_code == 404


def test_the_desk_shows_the_day_by_flow(owner, reader, as_user, receive):
    donation = receive()
    receive(donation=donation, source="", flow="books", gross_g=3_000)
    for user in (owner, reader):
        text = as_user(user).get(reverse("intake-desk:donation-list")).content.decode().replace("\u00a0", " ")
        assert "15,4 kg" in text
        assert "12,4 kg" in text
    assert "Rien n’est arrivé" in as_user(owner).get("/bureau/arrivages/?day=2020-01-01").content.decode()
    detail = as_user(owner).get(reverse("intake-desk:donation-detail", args=[donation.public_id]))
    assert "Pesées" in detail.content.decode()


def test_containers_are_set_up_at_the_desk(owner, reader, as_user, site):
    url = reverse("intake-desk:containers")
    assert as_user(reader).post(url, {}).status_code == 403
    desk = as_user(owner)
    assert desk.post(url, {"site": site.pk, "name": "Chariot", "tare_g": "0"}).status_code == 422
    desk.post(url, {"site": site.pk, "name": "Chariot", "tare_g": "8 kg"})
    made = Container.objects.get()
    assert made.tare_g == 8_000
    desk.post(reverse("intake-desk:container-end", args=[made.public_id]))
    made.refresh_from_db()
    assert made.ended_on is not None


def test_one_picture_of_the_pile_is_kept_privately(at_dock, receive, owner, stranger, as_user):
    donation = receive()
    url = reverse("intake:photo", args=[donation.public_id])
    at_dock.post(url, {})
    at_dock.post(url, {"photo": SimpleUploadedFile("pile.jpg", b"no picture")})
    assert not StoredFile.objects.exists()
    for _n in range(2):
        at_dock.post(url, {"photo": SimpleUploadedFile("pile.jpg", b"\xff\xd8\xff\xe0 pixels")})
    kept = StoredFile.objects.get()
    assert kept.public_id in as_user(owner).get(reverse("intake-desk:donation-detail", args=[donation.public_id])).text
    assert as_user(stranger).get(reverse("journal:file-download", args=[kept.public_id])).status_code in {403, 404}


def test_the_picture_of_the_pile_is_taken_back_and_taken_again(at_dock, receive, django_capture_on_commit_callbacks):
    donation = receive()
    url, page = (reverse(f"intake:{name}", args=[donation.public_id]) for name in ("photo", "received"))
    at_dock.post(url, {"photo": SimpleUploadedFile("pile.jpg", b"\xff\xd8\xff\xe0 pixels")})
    kept = StoredFile.objects.get()
    path, storage = str(kept.file.name), kept.file.storage
    assert storage.exists(path)
    assert 'value="remove"' in at_dock.get(page).text
    with django_capture_on_commit_callbacks(execute=True):
        for _n in range(2):
            at_dock.post(url, {"do": "remove"})
    assert (StoredFile.objects.exists(), storage.exists(path)) == (False, False)
    at_dock.post(url, {"photo": SimpleUploadedFile("pile.jpg", b"\xff\xd8\xff\xe0 other")})
    assert StoredFile.objects.count() == 1


def test_a_companions_picture_keeps_no_name(receive, jo):
    with day_only(is_on=True):
        kept = add_photo(donation=receive(), upload=SimpleUploadedFile("a.jpg", b"\xff\xd8\xff\xe0"), by=jo.user)
    assert kept.uploaded_by_id == ""


def test_a_note_is_about_the_things(owner, reader, as_user, receive):
    donation = receive()
    url = reverse("intake-desk:donation-note", args=[donation.public_id])
    assert as_user(reader).post(url, {"note": "x"}).status_code == 403
    assert as_user(owner).post(url, {"note": "x" * 201}).status_code == 422
    for _n in range(2):
        as_user(owner).post(url, {"note": "Un carton  mouillé"})
    donation.refresh_from_db()
    assert donation.note == "Un carton mouillé"
    assert Entry.objects.filter(action="intake.donation.noted").count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_as_many_queries_for_one_as_for_three(owner, site, as_user, django_assert_num_queries, number):
    DonationFactory.create_batch(number, site=site)
    desk = as_user(owner)
    desk.get(reverse("intake-desk:donation-list"))
    with django_assert_num_queries(LIST_QUERIES):
        desk.get(reverse("intake-desk:donation-list"))


LIST_QUERIES = 5
