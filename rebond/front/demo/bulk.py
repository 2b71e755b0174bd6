"""Write the planned items with their whole history in bulk: the same rows that the actions would have written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import batched
from typing import Any

from rebond.accounts.models import User
from rebond.catalogue.actions.item_shared import place_of, slug_of
from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Category, Item, ItemFlaw, Photo, PhotoAsset, PriceChange
from rebond.catalogue.queries.categories import tree
from rebond.catalogue.validators import clean_attributes, safety_rules_at_stake
from rebond.core.codes import codes_in_bulk
from rebond.front.demo.clock import moment
from rebond.front.demo.history import History
from rebond.front.demo.items import Plan
from rebond.front.demo.pictures import Shot
from rebond.network.models import Organisation, Site

BATCH = 1_000
PROOFS = {
    "proof-helmet": "Aucun choc\u00a0: déclaration signée du donateur, norme EN 1078, moins de cinq ans",
    "proof-recall": "RappelConso consulté à la mise en ligne\u00a0: rien trouvé",
    "proof-species": "Objet antérieur à 1947, expertise jointe au dossier",
    "ce-mark": True,
    "tested": "ok",
    "erased": True,
}
VIEWS = {"main": "", "back": ", vue de l’autre côté", "wear": ", le défaut de près", "detail": ", un détail"}


class Writer:
    """Holds what all items share: sellers' rows, their people, codes, assets, the moment of the run."""

    def __init__(
        self,
        *,
        now: datetime,
        organisations: dict[str, Organisation],
        sites: dict[str, Site],
        people: Mapping[str, Sequence[User]],
        assets: dict[Shot, PhotoAsset],
    ) -> None:
        self.now = now
        self.organisations = organisations
        self.sites = sites
        self.people = people
        self.assets = assets
        self.categories: dict[str, Category] = tree().by_key
        self.codes = {slug: codes_in_bulk(row.letters or "XX", 1) for slug, row in organisations.items()}

    def write(self, plans: Iterable[Plan], *, skip: int = 0, tick: Callable[[int], None] = lambda _n: None) -> int:
        """Insert the items from number `skip` on; return how many. The caller holds the transaction."""
        done = 0
        for chunk in batched(plans, BATCH):
            pairs = [(plan, self.item(plan)) for plan in chunk]
            fresh = [(plan, item) for plan, item in pairs if plan.number >= skip]
            Item.objects.bulk_create([item for _plan, item in fresh], batch_size=500)
            self._details(fresh)
            History(self.now, self.people).write(fresh)
            done += len(fresh)
            tick(len(chunk))
        return done

    def item(self, plan: Plan) -> Item:
        """The row of a plan. Each call takes the seller's next code."""
        seller = self.organisations[plan.seller.slug]
        site = self.sites[plan.seller.slug]
        code = next(self.codes[plan.seller.slug])
        category = self.categories[plan.line.leaf]
        last = min([plan.prices[-1].days, plan.created, plan.published or plan.created, plan.sold or plan.created])
        return Item(
            code=code,
            seller=seller,
            site=site,
            category=category,
            title=plan.text.title,
            slug=slug_of(plan.text.title),
            description=plan.text.description,
            condition=plan.condition,
            state=plan.state,
            withdraw_reason=plan.withdraw_reason,
            quantity=plan.quantity,
            reserved=plan.sold_units,
            price_cents=plan.price_cents,
            previous_price_cents=plan.previous_cents,
            weight_g=plan.weight_g,
            is_weight_estimated=plan.is_weight_estimated,
            brand=plan.text.brand,
            color=plan.text.color,
            size=plan.text.size,
            attributes=self._attributes(plan, category),
            origin="unsold" if plan.condition == "new_unsold" else "refurbished" if "r" in plan.line.flags else "gift",
            delivery_modes=plan.modes,
            external_ref=plan.external_ref,
            created_at=moment(self.now, plan.created),
            updated_at=moment(self.now, last),
            published_at=None if plan.published is None else moment(self.now, plan.published),
            sold_at=moment(self.now, plan.sold) if plan.state == ItemState.SOLD and plan.sold else None,
            version=len(plan.prices) + (plan.published is not None) + (plan.sold is not None),
            place=place_of(site),
            **self._cover(plan),
            **self._measures(plan),
        )

    def _measures(self, plan: Plan) -> dict[str, int]:
        return dict(zip(("length_mm", "width_mm", "height_mm"), plan.dims, strict=False))

    def _cover(self, plan: Plan) -> dict[str, Any]:
        shots = [shot for shot in plan.shots if shot in self.assets]
        if not shots:
            return {}
        asset = self.assets[shots[0]]
        return {
            "cover": asset.sha256,
            "cover_color": asset.color,
            "cover_placeholder": asset.placeholder,
            "photo_count": len(shots),
        }

    def _attributes(self, plan: Plan, category: Category) -> dict[str, Any]:
        """Cleaned as the actions clean them; what the safety rules ask is filled in (rules.md F6)."""
        held = tree()
        values = dict(plan.text.attributes)
        named = {key for node in held.ancestors(category) for key in node.safety_rules}
        text = f"{plan.text.brand}\n{plan.text.description}"
        for rule in safety_rules_at_stake(rules=named, title=plan.text.title, text=text):
            if rule.proof in PROOFS:
                values.setdefault(rule.proof, PROOFS[rule.proof])
        if plan.condition == "to_repair" and values.get("tested"):
            values["tested"] = "no"
        return clean_attributes(held.attributes(category), values)

    def _details(self, pairs: Sequence[tuple[Plan, Item]]) -> None:
        photos, flaws, prices = [], [], []
        for plan, item in pairs:
            shots = [shot for shot in plan.shots if shot in self.assets]
            photos += [
                Photo(
                    item=item, asset=self.assets[shot], position=place, alt=f"{plan.text.alt}{VIEWS[shot.view]}"[:160]
                )
                for place, shot in enumerate(shots)
            ]
            flaws += [
                ItemFlaw(item=item, kind=kind, detail=detail, position=place, photo_position=shown)
                for place, (kind, detail, shown) in enumerate(plan.flaws)
            ]
            by = self.people[plan.seller.slug][0].display_name
            prices += [
                PriceChange(
                    item=item,
                    price_cents=price.cents,
                    at=moment(self.now, price.days),
                    by_label=by,
                    reason=price.reason,
                )
                for price in plan.prices
            ]
        Photo.objects.bulk_create(photos, batch_size=BATCH)
        ItemFlaw.objects.bulk_create(flaws, batch_size=BATCH)
        PriceChange.objects.bulk_create(prices, batch_size=BATCH)
