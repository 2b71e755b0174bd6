"""Words of the room that the database and programs keep. French official terms: docs/glossary.md."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class StructureKind(models.TextChoices):
    """rules.md B1: the kinds of structure that hire under a PASS IAE; the values are the official codes."""

    ACI = "ACI", _("Insertion workshop (ACI)")
    EI = "EI", _("Insertion company (EI)")
    AI = "AI", _("Intermediary association (AI)")
    ETTI = "ETTI", _("Temporary work agency for insertion (ETTI)")
    EITI = "EITI", _("Insertion by self-employed work (EITI)")


class PassState(models.TextChoices):
    """rules.md B3: told by the dates, never stored."""

    FUTURE = "future", pgettext_lazy("pass", "Not begun")
    VALID = "valid", pgettext_lazy("pass", "Valid")
    SUSPENDED = "suspended", pgettext_lazy("pass", "Suspended")
    EXPIRED = "expired", pgettext_lazy("pass", "Over")


class SuspensionReason(models.TextChoices):
    """rules.md B3: those that may be given today."""

    CONTRACT_SUSPENDED = "contract_suspended", _("Contract suspended for more than 15 days")
    CONTRACT_BROKEN = "contract_broken", _("Contract broken")
    CONTRACT_ENDED = "contract_ended", _("Contract finished")
    COMMITTEE = "committee", _("Agreement of the local committee (CTA)")
    BRIDGE = "bridge", _("Bridge contract (ACI and EI only)")


class ProlongationReason(models.TextChoices):
    """rules.md B3, table of reasons and ceilings."""

    SENIOR_CDI = "senior_cdi", _("Permanent insertion contract, from 57 years of age")
    COMPLETE_TRAINING = "complete_training", _("To finish a training")
    RQTH = "rqth", _("Recognised as a disabled worker (RQTH)")
    SENIOR = "senior", _("50 years of age or more")
    PARTICULAR_DIFFICULTIES = "particular_difficulties", _("Particular difficulties (ACI and AI only)")


class ExitCategory(models.TextChoices):
    """rules.md B7: how the State counts an exit. `withdrawn` is out of both parts of the rate."""

    DURABLE = "durable", pgettext_lazy("exit", "Lasting job")
    TRANSITION = "transition", pgettext_lazy("exit", "Job of transition")
    POSITIVE = "positive", pgettext_lazy("exit", "Positive exit")
    OTHER = "other", pgettext_lazy("exit", "Other exit")
    WITHDRAWN = "withdrawn", pgettext_lazy("exit", "Withdrawn from the exits seen")


DYNAMIC = frozenset({ExitCategory.DURABLE, ExitCategory.TRANSITION, ExitCategory.POSITIVE})


class Counting(models.TextChoices):
    """Whether an exit counts for the State, else why not (rules.md B7, thresholds)."""

    COUNTED = "counted", pgettext_lazy("exit", "Counted")
    TOO_SHORT = "too_short", pgettext_lazy("exit", "Stayed 3 months or less")
    NO_HOUR = "no_hour", pgettext_lazy("exit", "Not one hour in the year of the exit")
    FEW_HOURS = "few_hours", pgettext_lazy("exit", "Fewer than 150 hours in all")
    NO_CONTRACT = "no_contract", pgettext_lazy("exit", "No insertion contract")


class ContractKind(models.TextChoices):
    """rules.md B1: contracts of employment. A companion, a volunteer and who is self-employed (EITI) have none."""

    CDDI = "cddi", _("Insertion contract (CDDI)")
    CDDU = "cddu", _("Usage contract (CDDU)")
    MISSION = "mission", _("Mission contract")
    CDI_INCLUSION = "cdi_inclusion", _("Permanent insertion contract (CDI inclusion)")


class TermsKind(models.TextChoices):
    """What was signed: the contract, or a paper that goes with it."""

    FIRST = "first", pgettext_lazy("contract", "Contract")
    RENEWAL = "renewal", pgettext_lazy("contract", "Renewal")
    AMENDMENT = "amendment", pgettext_lazy("contract", "Amendment")


class Exemption(models.TextChoices):
    """rules.md B2: from the 4 months of a first contract, or from the 24 months of all."""

    SENTENCE = "sentence", _("Less than 4 months: adjusted sentence")
    TRAINING = "training", _("More than 24 months: to finish a training")
    SENIOR = "senior", _("More than 24 months: 50 years of age or more")
    RQTH = "rqth", _("More than 24 months: recognised as a disabled worker (RQTH)")
    DIFFICULTIES = "difficulties", _("More than 24 months: particularly serious difficulties (ACI and AI only)")


class PauseReason(models.TextChoices):
    """Why a contract is suspended (rules.md B2, B8). Nothing of health is written."""

    IMMERSION = "immersion", _("Immersion (PMSMP)")
    TRIAL = "trial", _("Trial period for another job")
    OTHER = "other", pgettext_lazy("suspension", "Another reason")


class EndReason(models.TextChoices):
    TERM = "term", _("Its last day has come")
    HIRED = "hired", _("Hired by another employer")
    WORKER = "worker", _("The person leaves")
    AGREED = "agreed", _("Agreed by both")
    TRIAL = "trial", _("During the trial period")
    EMPLOYER = "employer", _("The employer breaks it")
    OTHER = "other", pgettext_lazy("end", "Another reason")


class ContractState(models.TextChoices):
    """Told by the dates, never stored."""

    FUTURE = "future", pgettext_lazy("contract", "Not begun")
    RUNNING = "running", pgettext_lazy("contract", "Under way")
    PAUSED = "paused", pgettext_lazy("contract", "Suspended")
    OVER = "over", pgettext_lazy("contract", "Last day passed")
    ENDED = "ended", pgettext_lazy("contract", "Ended")


class Moment(models.TextChoices):
    """rules.md B7, C2: when news are asked of somebody who left; one calendar for the State and the ESF+."""

    END = "end", pgettext_lazy("news", "On leaving")
    WEEKS4 = "weeks4", pgettext_lazy("news", "4 weeks after")
    MONTHS3 = "months3", pgettext_lazy("news", "3 months after")
    MONTHS6 = "months6", pgettext_lazy("news", "6 months after")


class Situation(models.TextChoices):
    """What the person says of themself, or that they said nothing."""

    EMPLOYED = "employed", pgettext_lazy("news", "Has a job")
    TRAINING = "training", pgettext_lazy("news", "In training")
    SEARCHING = "searching", pgettext_lazy("news", "Looks for a job")
    NEITHER = "neither", pgettext_lazy("news", "Something else")
    NOT_REACHED = "not_reached", pgettext_lazy("news", "Not reached")
    REFUSED = "refused", pgettext_lazy("news", "Does not want to answer")


class JobContract(models.TextChoices):
    CDI = "cdi", pgettext_lazy("news", "Permanent contract (CDI)")
    LONG = "long", pgettext_lazy("news", "Fixed term or mission, more than 6 months")
    SHORT = "short", pgettext_lazy("news", "Fixed term or mission, 6 months at most")
    AIDED = "aided", pgettext_lazy("news", "Aided contract")
    INSERTION = "insertion", pgettext_lazy("news", "Insertion contract, elsewhere")
    PUBLIC = "public", pgettext_lazy("news", "Public service")
    OWN = "own", pgettext_lazy("news", "Works for themself")
    UNKNOWN = "unknown", pgettext_lazy("news", "Not said")


class HowAsked(models.TextChoices):
    PHONE = "phone", pgettext_lazy("news", "By telephone")
    MET = "met", pgettext_lazy("news", "Face to face")
    WRITTEN = "written", pgettext_lazy("news", "In writing")
    LINK = "link", pgettext_lazy("news", "Alone, by the link")
