from rebond.people.models.person import Deadline, NameMark, Person
from rebond.people.models.status import Status

__all__ = ["Deadline", "NameMark", "Person", "Status"]
