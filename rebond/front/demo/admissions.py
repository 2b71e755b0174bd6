"""Candidatures of the demo in every state, made by the real actions and then dated back."""

import datetime
import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyvips
from django.core.files.base import ContentFile
from django.utils import translation
from django.utils.text import slugify

from rebond.accounts.models import User
from rebond.front.demo.clock import moment
from rebond.front.demo.network import DOMAIN, Network
from rebond.front.demo.sellers import DATA, communes, luhn
from rebond.journal.models import Entry, OutgoingMail, Transition
from rebond.network.actions import admission as admissions
from rebond.network.actions import decision
from rebond.network.actions.membership import invite_member
from rebond.network.actions.trader import verify_trader_file, write_trader_file
from rebond.network.models import Admission, Invitation, Membership, Organisation
from rebond.network.queries.criteria import criteria
from rebond.network.queries.places import communes_of

IBAN = "FR7630006000011234567890189"  # the specimen of banking manuals
ANSWERS = {
    "no_private_profit": "L’article 14 de nos statuts\u00a0: les excédents sont mis en réserve ou investis dans l’activité.",
    "inclusion": "Les objets sont triés et réparés par des personnes en parcours, encadrées par des professionnels.",
    "reuse_first": "Dons d’habitants et de déchèteries. 62\u00a0% du poids reçu repart en usage, 30\u00a0% en recyclage.",
    "shared_decision": "Une personne, une voix. La dernière assemblée s’est tenue en juin\u00a0; les salariés y votent.",
    "pay_gap": "De 1 à 2,1 entre le plus bas et le plus haut salaire.",
    "lawful_seller": "Nous adhérons à la Médiation du réemploi. Le compte bancaire est au nom de la structure.",
    "able_to_ship": "Une table de photo, trente mètres de rayonnages, deux personnes formées à l’emballage.",
}
REASONS = {
    "yes": "Un projet clair, tenu par des personnes du métier. Les objets sont décrits avec soin.",
    "yes_if": "Oui, si le médiateur est en place avant la première vente.",
    "no": "L’achat de fins de série pour les revendre n’est pas du réemploi. Rien n’est prévu pour l’insertion.",
}


@dataclass(slots=True)
class Cast:
    """Who decides in the demo."""

    coordinator: User
    committee: list[User]
    now: datetime.datetime

    @contextmanager
    def at(self, days: float) -> Iterator[datetime.datetime]:
        """What the actions write inside is dated `days` before now."""
        when = moment(self.now, days)
        last = {
            model: model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            for model in (Entry, Transition, OutgoingMail)
        }
        with translation.override("fr"):
            yield when
        Entry.objects.filter(pk__gt=last[Entry]).update(at=when)
        Transition.objects.filter(pk__gt=last[Transition]).update(at=when)
        OutgoingMail.objects.filter(pk__gt=last[OutgoingMail]).update(created_at=when)


def make_admissions(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """One candidature or more in each state of the table of moves."""
    if Admission.objects.exists():
        return Admission.objects.count()
    team = Membership.objects.filter(organisation=network.operator, ended_at=None).select_related("user").order_by("pk")
    by_role: dict[str, list[User]] = {}
    for row in team:
        by_role.setdefault(row.role, []).append(row.user)
    cast = Cast(by_role["coordinator"][0], by_role["committee"], now)
    rows = json.loads((DATA / "admissions.json").read_text(encoding="utf-8"))
    for number, row in enumerate(rows):
        _follow(cast, _written(cast, row, number), row)
    return len(rows)


def _written(cast: Cast, row: dict[str, Any], number: int) -> Admission:
    """A draft with its answers and, unless it stays one, its sealed trader file."""
    town = next(c for c in communes() if c.name == row["town"])
    found = communes_of(town.postal_code)
    email = f"contact@{slugify(row['name'].replace('’', ' '))}.{DOMAIN}"
    with cast.at(row["days"] + 4) as when:
        made = admissions.start_admission(name=row["name"], email=email)
        answers = {
            "kind": row["kind"], "legal_form": "sas" if row["kind"] == "ei" else "association_1901", "siren": luhn(f"0008{number:04d}"),
            "address": f"{number + 3} rue de la Gare", "postal_code": town.postal_code, "commune": found[0].code if found else "",
            "city": town.name, "phone": "02 61 91 24 10", "website": "", "contact_name": row["contact"], "goods": row["goods"],
            "story": row["story"], "weekly": row["weekly"], "team": row["team"],
        }  # fmt: skip
        if row["until"] != "draft":
            answers |= {c.key: ANSWERS.get(c.key, "") for c in criteria(made.grid_version)}
        admissions.save_answers(admission=made, answers=answers)
        Admission.objects.filter(pk=made.pk).update(created_at=when)
        if row["until"] != "draft":
            _trader(made, row, when)
    made.refresh_from_db()
    return made


def _trader(made: Admission, row: dict[str, Any], when: datetime.datetime) -> None:
    fields = {
        "legal_name": row["name"], "representative": row["contact"], "address": f"{made.answers['address']}, {made.answers['city']}",
        "phone": made.answers["phone"], "email": made.email, "identity_kind": "id_card", "account_holder": row["name"],
        "iban": IBAN, "register": "rcs" if row["kind"] == "ei" else "rna", "register_number": f"W{made.answers['siren']}",
    }  # fmt: skip
    document = ContentFile(specimen(row["contact"]), name="piece.jpg")
    write_trader_file(admission=made, fields=fields, document=document, document_type="image/jpeg", now=when)


def specimen(name: str) -> bytes:
    """An identity document that says that it is none."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="860" height="540"><rect width="860" height="540" rx="30" fill="#d6e0f6"/>'
        '<circle cx="170" cy="230" r="90" fill="#fff"/><text x="310" y="210" font-size="44" font-family="sans-serif">'
        f'{name}</text><text x="310" y="300" font-size="54" font-family="sans-serif" fill="#a63815">SPÉCIMEN</text></svg>'
    )
    data: bytes = pyvips.Image.svgload_buffer(svg.encode()).flatten(background=[255, 255, 255]).jpegsave_buffer(Q=80)
    return data


def _follow(cast: Cast, made: Admission, row: dict[str, Any]) -> None:
    """Each further step up to the state that the row asks for."""
    until, days = row["until"], float(row["days"])
    if until == "draft":
        return
    with cast.at(days) as when:
        admissions.submit_admission(admission=made, department=_department(row), now=when)
    made.refresh_from_db()
    if until in STEPS:
        STEPS[until](cast, made, row)


def _department(row: dict[str, Any]) -> str:
    return next(c for c in communes() if c.name == row["town"]).department


def _review(cast: Cast, made: Admission, row: dict[str, Any], *, votes: list[str]) -> None:
    days = float(row["days"])
    with cast.at(days - 1) as when:
        verify_trader_file(admission=made, by=cast.coordinator, now=when)
        admissions.start_review(admission=made, by=cast.coordinator)
    for place, (member, vote) in enumerate(zip(cast.committee, votes, strict=False)):
        with cast.at(days - 2 - place) as when:
            scores = {c.key: 1 if vote == "no" else 2 + (place + len(c.key)) % 2 for c in criteria(made.grid_version)}
            notes = (
                {"reuse_first": "Chiffres relus dans le rapport annuel."}
                if vote != "no"
                else {"inclusion": "Rien dans le dossier."}
            )
            decision.save_reading(
                admission=made, scores=scores, notes=notes, vote=vote, reason=REASONS[vote], by=member, now=when
            )


def _in_review(cast: Cast, made: Admission, row: dict[str, Any]) -> None:
    _review(cast, made, row, votes=["yes", "yes_if"][: row["votes"]])


def _more_info(cast: Cast, made: Admission, row: dict[str, Any]) -> None:
    _review(cast, made, row, votes=["yes_if"])
    with cast.at(row["days"] - 4):
        said = admissions.ask_information(admission=made, text=row["question"], by=cast.coordinator)
    type(said).objects.filter(pk=said.pk).update(at=moment(cast.now, row["days"] - 4))


def _answered(cast: Cast, made: Admission, row: dict[str, Any]) -> None:
    _more_info(cast, made, row)
    with cast.at(row["days"] - 9):
        said = admissions.answer_information(admission=made, text=row["answer"])
    type(said).objects.filter(pk=said.pk).update(at=moment(cast.now, row["days"] - 9))


def _admitted(cast: Cast, made: Admission, row: dict[str, Any]) -> None:
    _review(cast, made, row, votes=["yes", "yes", "yes_if"])
    with cast.at(row["days"] - 10) as when:
        reasons = "Le comité a reconnu un chantier solide, utile aux personnes, et des objets décrits avec soin."
        decision.admit_admission(
            admission=made,
            reasons=reasons,
            conditions="Un médiateur déclaré avant la première vente.",
            by=cast.coordinator,
            now=when,
        )


def _refused(cast: Cast, made: Admission, row: dict[str, Any]) -> None:
    _review(cast, made, row, votes=["no", "no", "yes_if"])
    with cast.at(row["days"] - 10) as when:
        reasons = "La revente de fins de série achetées n’est pas du réemploi, et rien n’est prévu pour les personnes éloignées de l’emploi."
        decision.refuse_admission(admission=made, reasons=reasons, by=cast.coordinator, now=when)


def _appealed(cast: Cast, made: Admission, row: dict[str, Any]) -> None:
    _refused(cast, made, row)
    made.refresh_from_db()
    with cast.at(row["days"] - 16) as when:
        admissions.appeal_admission(admission=made, text=row["appeal"], now=when)


def _withdrawn(cast: Cast, made: Admission, row: dict[str, Any]) -> None:
    with cast.at(row["days"] - 2) as when:
        admissions.withdraw_admission(admission=made, now=when)


STEPS: dict[str, Callable[[Cast, Admission, dict[str, Any]], None]] = {
    "in_review": _in_review,
    "more_info": _more_info,
    "answered": _answered,
    "admitted": _admitted,
    "refused": _refused,
    "appealed": _appealed,
    "withdrawn": _withdrawn,
}


def make_invitations(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Colleagues invited and not yet there."""
    if network.operator.invitations.exists():
        return Invitation.objects.count()
    cast = Cast(network.people[network.operator.slug][0], [], now)
    wanted = [
        ("recyclerie-du-grand-bain", "seller", "lea.castaing"),
        ("les-ateliers-du-confluent", "seller", "omar.diop"),
        ("rebond", "moderator", "irene.salvan"),
    ]
    for place, (slug, role, name) in enumerate(wanted):
        organisation = Organisation.objects.filter(slug=slug).first()
        if organisation is not None:
            with cast.at(2 + place) as when:
                invite_member(
                    organisation=organisation,
                    email=f"{name}@{DOMAIN}",
                    role=role,
                    by=network.people[slug][-1],
                    now=when,
                )
    return Invitation.objects.count()
