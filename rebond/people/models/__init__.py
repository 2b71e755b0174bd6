from rebond.people.models.consent import Consent
from rebond.people.models.correction import Correction
from rebond.people.models.need import Need, TrustedContact
from rebond.people.models.person import Deadline, NameMark, Person
from rebond.people.models.status import Status

__all__ = ["Consent", "Correction", "Deadline", "NameMark", "Need", "Person", "Status", "TrustedContact"]
