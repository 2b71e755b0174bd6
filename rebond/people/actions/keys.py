"""The keyed marks of names follow the key of today (`rebond rotate-keys`)."""

from rebond.core.resealing import Count, batches
from rebond.people.actions.person import mark_names, marks_of
from rebond.people.models import Person


def renew_marks(count: Count) -> None:
    """Write anew the marks that an older key made. Raise SealBrokenError for a name that no key opens."""
    rows = Person.objects.defer("born", "phone", "email", "address", "notes").select_related("organisation")
    for batch in batches(rows.prefetch_related("name_marks")):
        for person in batch:
            count.rows += 1
            if {row.mark for row in person.name_marks.all()} != marks_of(person):
                mark_names(person)
                count.resealed += 1
