"""The flow of a category, for an organisation: its own choice first, then the file's (rules.md E2)."""

from rebond.catalogue.models import Category
from rebond.catalogue.queries import categories
from rebond.intake.data.flows import OTHER, Flow, default_flow, flows
from rebond.intake.models import CategoryFlow, FlowName
from rebond.network.models import Organisation


def chosen_flows(organisation: Organisation) -> dict[int, str]:
    """Key of a category in the database → the flow that the organisation gave to it."""
    return dict(CategoryFlow.objects.filter(organisation=organisation).values_list("category_id", "flow"))


def flow_of(category: Category, chosen: dict[int, str]) -> str:
    """The nearest answer wins, from the category up to its universe; the organisation's before the file's."""
    for node in reversed(categories.ancestors_of(category)):
        found = chosen.get(node.pk) or default_flow(node.key)
        if found:
            return found
    return OTHER


def flow_names(organisation: Organisation) -> dict[str, tuple[str, str]]:
    """Flow → (body, the body's word), as the organisation wrote them or as the file says."""
    own = {row.flow: (row.body, row.nomenclature) for row in FlowName.objects.filter(organisation=organisation)}
    return {key: own.get(key, (row.body, row.nomenclature)) for key, row in flows().items()}


def kiosk_flows() -> list[Flow]:
    """What the dock may weigh, in the order of the file."""
    return list(flows().values())
