"""Kinds of actors, roles and ties of the network. French official terms: docs/glossary.md."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrganisationKind(models.TextChoices):
    EMMAUS_COMMUNITY = "emmaus_community", _("Emmaüs community")
    RECYCLING_SHOP = "recycling_shop", _("Recycling shop")
    ACI = "aci", _("Insertion workshop (ACI)")
    EI = "ei", _("Insertion company (EI)")
    AI = "ai", _("Intermediary association (AI)")
    ASSOCIATION = "association", _("Association")
    DONOR_COMPANY = "donor_company", _("Company that gives goods")
    SCHOOL = "school", _("School")
    FUND = "fund", _("Endowment fund")
    AGENCY = "agency", _("Web agency")
    CARRIER = "carrier", _("Carrier")
    FUNDER = "funder", _("Funder")
    OPERATOR = "operator", _("Platform operator")


class AttributeKind(models.TextChoices):
    """What an organisation may have for a time, with a proof (architecture.md, main nouns)."""

    LEGAL_FORM = "legal_form", _("Legal form")
    ESUS = "esus", _("ESUS approval")
    RUP = "rup", _("Recognised as being of public utility (RUP)")
    VAT_REGIME = "vat_regime", _("VAT regime")
    VAT_RHYTHM = "vat_rhythm", _("How often VAT is declared")
    GIFT_RECEIPTS = "gift_receipts", _("Right to issue gift receipts")
    INSERTION_AGREEMENT = "insertion_agreement", _("Insertion agreement with the State")


class LegalForm(models.TextChoices):
    ASSOCIATION_1901 = "association_1901", _("Association (law of 1901)")
    SCIC = "scic", _("Cooperative of collective interest (SCIC)")
    SCOP = "scop", _("Workers' cooperative (SCOP)")
    SAS = "sas", _("Simplified joint-stock company (SAS)")
    SARL = "sarl", _("Limited company (SARL)")
    SA = "sa", _("Joint-stock company (SA)")
    FOUNDATION = "foundation", _("Foundation")
    ENDOWMENT_FUND = "endowment_fund", _("Endowment fund")
    PUBLIC_BODY = "public_body", _("Public body")


class VatRegime(models.TextChoices):
    """rules.md F7: each regime has its legal mention (`network.queries.vat`)."""

    MARGIN = "margin", _("Margin scheme")
    STANDARD = "standard", _("Ordinary VAT")
    FRANCHISE_293B = "franchise_293B", _("Small-business exemption (293 B)")
    EXEMPT_261_7 = "exempt_261_7", _("Exempt social work (261-7)")
    OUT_OF_SCOPE = "out_of_scope", _("Outside VAT")


class VatRhythm(models.TextChoices):
    """rules.md F7: it says in which periods sales to consumers are told (e-reporting). None recorded: each month."""

    MONTHLY = "monthly", _("Each month")
    QUARTERLY = "quarterly", _("Each quarter")
    SIMPLIFIED = "simplified", _("Once a year (simplified scheme)")


class Role(models.TextChoices):
    MANAGER = "manager", _("Manager")
    SELLER = "seller", _("Online seller")
    READER = "reader", _("Reader")
    SUPERVISOR = "supervisor", _("Supervisor")
    COUNSELLOR = "counsellor", _("Insertion counsellor")
    WORKER = "worker", _("Works at the workshop")
    COORDINATOR = "coordinator", _("Network coordinator")
    CATALOGUE_MANAGER = "catalogue_manager", _("Catalogue manager")
    COMMITTEE = "committee", _("Admission committee")
    MODERATOR = "moderator", _("Moderator")
    FINANCE = "finance", _("Treasurer of the network")


NETWORK_ROLES = frozenset({Role.COORDINATOR, Role.CATALOGUE_MANAGER, Role.COMMITTEE, Role.MODERATOR, Role.FINANCE})
SELLER_ROLES = frozenset({Role.MANAGER, Role.SELLER, Role.READER, Role.SUPERVISOR, Role.COUNSELLOR, Role.WORKER})
DESK_ROLES = frozenset(Role) - {Role.WORKER}  # a worker has the kiosk, not the desk


class AgreementKind(models.TextChoices):
    """rules.md 0.9: how an organisation is tied to the platform's operator."""

    INTEGRATED = "integrated", _("Integrated platform")
    BRICK = "brick", _("E-commerce brick")
    FRANCHISE = "franchise", _("Franchise")
    TUTORED = "tutored", _("Tutored")


class CarriageMode(models.TextChoices):
    """The ways that somebody carries: the same keys as the catalogue's ways to receive an object."""

    RELAY = "relay", _("Pick-up point")
    HOME = "home", _("Home delivery")
    LOCAL = "local", _("By the seller, in its own zone (van, cargo bike)")


class AdmissionState(models.TextChoices):
    DRAFT = "draft", _("Being written")
    SUBMITTED = "submitted", pgettext_lazy("admission", "Received")
    IN_REVIEW = "in_review", _("Under review")
    MORE_INFO = "more_info", _("More information asked")
    ADMITTED = "admitted", pgettext_lazy("admission", "Admitted")
    REFUSED = "refused", pgettext_lazy("admission", "Refused")
    APPEALED = "appealed", _("Appeal under review")
    WITHDRAWN = "withdrawn", pgettext_lazy("admission", "Withdrawn")


class SellerState(models.TextChoices):
    """Only `admitted` sells."""

    NONE = "none", _("Does not sell")
    CANDIDATE = "candidate", _("Candidate")
    ADMITTED = "admitted", pgettext_lazy("seller", "Admitted")
    SUSPENDED = "suspended", pgettext_lazy("seller", "Suspended")
    ENDED = "ended", pgettext_lazy("seller", "Ended")


def roles_for(kind: str) -> frozenset[str]:
    """The roles that exist in a kind of organisation: the network's own only at its operator."""
    if kind == OrganisationKind.OPERATOR:
        return frozenset({Role.MANAGER, Role.READER}) | NETWORK_ROLES
    return frozenset(SELLER_ROLES)


class Vote(models.TextChoices):
    """A committee member's vote; `recused` is not counted."""

    YES = "yes", pgettext_lazy("vote", "Yes")
    YES_IF = "yes_if", pgettext_lazy("vote", "Yes, if")
    NO = "no", pgettext_lazy("vote", "No")
    RECUSED = "recused", _("Steps aside: tied to it")
