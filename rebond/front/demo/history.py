"""Journal entries and transitions of the demo's items, as the actions would have written them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rebond.accounts.models import User
from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Item
from rebond.front.demo.clock import moment
from rebond.front.demo.items import Plan
from rebond.journal.models import Entry, Transition


class History:
    def __init__(self, now: datetime, people: Mapping[str, Sequence[User]]) -> None:
        self.now = now
        self.people = people
        self.entries: list[Entry] = []
        self.moves: list[Transition] = []

    def write(self, pairs: Sequence[tuple[Plan, Item]]) -> None:
        """Creation, publication, price changes, sale or withdrawal of each item: one entry each (rule 26)."""
        for plan, item in pairs:
            self._tell(plan, item)
        Entry.objects.bulk_create(self.entries, batch_size=1_000)
        Transition.objects.bulk_create(self.moves, batch_size=1_000)

    def _facts(self, plan: Plan, item: Item, days: float, place: int) -> dict[str, Any]:
        team = self.people[plan.seller.slug]
        by = team[place % len(team)]
        return {
            "at": moment(self.now, days),
            "subject_kind": "catalogue.item",
            "subject_id": item.code,
            "subject_label": item.title[:200],
            "actor_id": by.public_id,
            "actor_label": by.display_name[:160],
            "organisation_id": item.seller.public_id,
            "organisation_label": item.seller.name[:200],
        }

    def _entry(self, action: str, facts: dict[str, Any], **data: Any) -> None:
        self.entries.append(Entry(action=f"catalogue.item.{action}", data=data, **facts))

    def _move(self, verb: str, from_state: str, to_state: str, facts: dict[str, Any], reason: str = "") -> None:
        self.moves.append(Transition(verb=verb, from_state=from_state, to_state=to_state, reason=reason, **facts))

    def _tell(self, plan: Plan, item: Item) -> None:
        who = plan.number
        self._entry("created", self._facts(plan, item, plan.created, who), price_cents=plan.prices[0].cents)
        if plan.state == ItemState.IN_REVIEW:
            facts = self._facts(plan, item, plan.created * 0.6, who)
            self._entry("submitted", facts, version=2)
            self._move("submit", ItemState.DRAFT, ItemState.IN_REVIEW, facts)
        if plan.published is None:
            return
        facts = self._facts(plan, item, plan.published, who + 1)
        self._entry("published", facts, version=2)
        self._move("publish", ItemState.DRAFT, ItemState.ON_SALE, facts)
        for place, price in enumerate(plan.prices[1:]):
            self._entry(
                "price_changed",
                self._facts(plan, item, price.days, who + 1),
                version=3 + place,
                reason=price.reason,
                changes={"price_cents": [plan.prices[place].cents, price.cents]},
            )
        self._end(plan, item)

    def _end(self, plan: Plan, item: Item) -> None:
        if plan.sold is None:
            return
        facts = self._facts(plan, item, plan.sold, plan.number)
        if plan.state == ItemState.SOLD:
            self._entry("sold", facts, version=item.version, n=plan.quantity)
            self._move("sell", ItemState.ON_SALE, ItemState.SOLD, facts)
        else:
            self._entry("withdrawn", facts, version=item.version, reason=plan.withdraw_reason, note="")
            self._move("withdraw", ItemState.ON_SALE, ItemState.WITHDRAWN, facts, plan.withdraw_reason)
