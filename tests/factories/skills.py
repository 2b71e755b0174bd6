"""Badges and what was given."""

from rebond.network.models import Membership
from rebond.skills.actions.award import issue_award
from rebond.skills.actions.badge import Words, make_badge
from rebond.skills.queries.documents import Proof
from tests.factories.accounts import UserFactory
from tests.factories.network import MembershipFactory

WORDS = Words("Préparer un colis fragile", "Emballer sans casse.", "Dix colis partis, aucun retour.")


def badge_of(organisation, **changes):
    words = Words(**{name: changes.get(name, getattr(WORDS, name)) for name in Words.__dataclass_fields__})
    return make_badge(organisation=organisation, words=words, by=None)


def given_badge(organisation, *, user=None, proof="", keeps_role=True, badge=None, **kwargs):
    """An award; without `keeps_role` the person acts for the organisation no more."""
    user = user or UserFactory(name="Amina Diallo", email="amina@example.org")
    role = MembershipFactory(organisation=organisation, user=user, role="worker")
    proofs = [Proof(proof)] if proof else []
    made = issue_award(badge=badge or badge_of(organisation), user=user, proofs=proofs, by=None, **kwargs)
    if not keeps_role:
        Membership.objects.filter(pk=role.pk).delete()
    return made
