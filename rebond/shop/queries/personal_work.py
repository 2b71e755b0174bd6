"""What a person did at the stations of an organisation: theirs to take along (rules.md F8)."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.people.file_parts import facts_of
from rebond.people.models import Consent, Correction, Need, Status, TrustedContact
from rebond.people.models import Person as FollowedPerson
from rebond.shop.queries.person import Person
from rebond.shop.queries.personal_shape import Rows, Section
from rebond.skills.models import Award
from rebond.workshop.models import Step, Worker, WorkerSkill


def _workers(person: Person) -> "QuerySet[Worker]":
    rows: QuerySet[Worker] = Worker.objects.filter(user=person.user)
    return rows


def _work(person: Person) -> Rows:
    names = "first_name", "status", "is_name_public", "consent_at", "started_on", "ended_on"
    return _workers(person).order_by("pk").values_list("organisation__name", *names)


def _skills(person: Person) -> Rows:
    rows = WorkerSkill.objects.filter(worker__in=_workers(person)).order_by("pk")
    return rows.values_list("worker__organisation__name", "kind", "level", "wish")


def _steps(person: Person) -> Rows:
    """Days only: hours are not kept for everybody, and nobody's are handed on."""
    mine = Step.objects.filter(worker__in=_workers(person)) | Step.objects.filter(partner__in=_workers(person))
    return mine.order_by("pk").values_list("organisation__name", "day", "kind", "subject_label", "result")


def _badges(person: Person) -> Rows:
    """The signed file is in the row: the person takes the badge along with their data."""
    rows = Award.objects.of_person(person.user).order_by("pk")
    names = "organisation__name", "badge__name", "issued_at", "valid_until", "state", "revoked_reason", "is_shared"
    found: Rows = rows.values_list(*names, "credential")
    return found


def _followed(person: Person) -> Rows:
    """All that a counsellor wrote: the person may read it and take it along (GDPR art. 15; rules.md F8)."""
    names = "first_name", "family_name", "born", "phone", "email", "address", "notes", "opened_at", "left_on"
    found: Rows = FollowedPerson.objects.of_user(person.user).order_by("pk").values_list("organisation__name", *names)
    return found


def _statuses(person: Person) -> Rows:
    rows = Status.objects.filter(person__user=person.user).order_by("pk")
    return rows.values_list("person__organisation__name", "kind", "starts_on", "ends_on")


def _consents(person: Person) -> Rows:
    rows = Consent.objects.filter(person__user=person.user).order_by("pk")
    return rows.values_list("person__organisation__name", "kind", "how", "given_on", "withdrawn_on")


def _needs(person: Person) -> Rows:
    """In words: the codes are sealed, and say nothing to who reads the file."""
    rows = Need.objects.filter(person__user=person.user).select_related("person__organisation").order_by("pk")
    return [
        (row.person.organisation.name, row.kind, ", ".join(row.labels), row.words, row.noted_on, row.review_on)
        for row in rows
    ]


def _trusted(person: Person) -> Rows:
    rows = TrustedContact.objects.filter(person__user=person.user).order_by("pk")
    return rows.values_list("person__organisation__name", "name", "link", "phone", "noted_on")


def _corrections(person: Person) -> Rows:
    rows = Correction.objects.filter(person__user=person.user).order_by("pk")
    names = "asked_on", "words", "state", "answered_on", "answer"
    return rows.values_list("person__organisation__name", *names)


def _path(person: Person) -> Rows:
    """What rooms above tell the person of their path: the PASS and its dates."""
    files = FollowedPerson.objects.of_user(person.user).select_related("organisation").order_by("pk")
    return [(file.organisation.name, about, said) for file in files for about, said in facts_of(file)]


_at = _("Organisation")
WORK: tuple[Section, ...] = (
    Section(
        "work",
        _("Work at the stations"),
        (
            ("organisation", _at),
            ("first_name", _("First name")),
            ("status", _("Status")),
            ("is_name_public", _("First name shown to buyers")),
            ("consent_at", pgettext_lazy("consent", "Agreed on")),
            ("started_on", pgettext_lazy("period", "From")),
            ("ended_on", _("Until")),
        ),
        _work,
        of_account=True,
    ),
    Section(
        "skills",
        _("Skills"),
        (("organisation", _at), ("kind", _("Kind")), ("level", _("Level")), ("wish", _("Wish"))),
        _skills,
        of_account=True,
    ),
    Section(
        "followed",
        _("What your counsellor wrote"),
        (
            ("organisation", _at),
            ("first_name", _("First name")),
            ("family_name", _("Family name")),
            ("born", _("Date of birth")),
            ("phone", _("Telephone")),
            ("email", _("E-mail")),
            ("address", _("Address")),
            ("notes", _("Notes")),
            ("opened_at", _("Opened on")),
            ("left_on", _("Left on")),
        ),
        _followed,
        of_account=True,
    ),
    Section(
        "path",
        _("Your path"),
        (("organisation", _at), ("about", _("About")), ("said", pgettext_lazy("path", "Written"))),
        _path,
        of_account=True,
    ),
    Section(
        "statuses",
        _("Statuses over time"),
        (
            ("organisation", _at),
            ("kind", _("Status")),
            ("starts_on", pgettext_lazy("period", "From")),
            ("ends_on", _("Until")),
        ),
        _statuses,
        of_account=True,
    ),
    Section(
        "needs",
        _("What I need"),
        (
            ("organisation", _at),
            ("kind", pgettext_lazy("need", "About")),
            ("points", pgettext_lazy("need", "What is so")),
            ("words", _("In a few words")),
            ("noted_on", pgettext_lazy("need", "Noted on")),
            ("review_on", pgettext_lazy("need", "To look at again on")),
        ),
        _needs,
        of_account=True,
    ),
    Section(
        "trusted",
        _("Whom to call for me"),
        (
            ("organisation", _at),
            ("name", _("Name")),
            ("link", pgettext_lazy("trusted", "Who it is")),
            ("phone", _("Telephone")),
            ("noted_on", pgettext_lazy("need", "Noted on")),
        ),
        _trusted,
        of_account=True,
    ),
    Section(
        "corrections",
        _("What I said is wrong"),
        (
            ("organisation", _at),
            ("asked_on", _("Asked on")),
            ("words", _("Text")),
            ("state", _("State")),
            ("answered_on", pgettext_lazy("correction", "Answered on")),
            ("answer", pgettext_lazy("correction", "Answer")),
        ),
        _corrections,
        of_account=True,
    ),
    Section(
        "consents",
        _("What I agree to"),
        (
            ("organisation", _at),
            ("kind", pgettext_lazy("consent", "What")),
            ("how", pgettext_lazy("consent", "How")),
            ("given_on", pgettext_lazy("consent", "Agreed on")),
            ("withdrawn_on", pgettext_lazy("consent", "Taken back on")),
        ),
        _consents,
        of_account=True,
    ),
    Section(
        "badges",
        _("Badges"),
        (
            ("organisation", _at),
            ("badge", pgettext_lazy("award", "Badge")),
            ("issued_at", pgettext_lazy("award", "Given on")),
            ("valid_until", _("Valid until")),
            ("state", _("State")),
            ("revoked_reason", _("Why it was taken back")),
            ("is_shared", _("Shown by its address")),
            ("credential", _("Signed file")),
        ),
        _badges,
        of_account=True,
    ),
    Section(
        "steps",
        _("What you did"),
        (
            ("organisation", _at),
            ("day", _("Date")),
            ("kind", _("Kind")),
            ("about", _("About")),
            ("result", _("Result")),
        ),
        _steps,
        of_account=True,
    ),
)
