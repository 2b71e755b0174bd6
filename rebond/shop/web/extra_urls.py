"""What a buyer may add to an order, the desks that keep it, and the lists of a buyer's account."""

from django.urls import URLPattern, path

from rebond.shop.web.views import buyer_lists, desk_projects

PROJECTS = "bureau/projets/"
ONE = f"{PROJECTS}<slug:public_id>/"

patterns: list[URLPattern] = [
    path("commandes/", buyer_lists.order_list, name="orders"),
    path("mes-factures/", buyer_lists.paper_list, name="my-papers"),
    path("mes-retours/", buyer_lists.return_list, name="my-returns"),
    path("mes-messages/", buyer_lists.conversation_list, name="my-conversations"),
    path(PROJECTS, desk_projects.project_list, name="project-list"),
    path(f"{PROJECTS}nouveau/", desk_projects.project_create, name="project-create"),
    path(ONE, desk_projects.project_detail, name="project-detail"),
    path(f"{ONE}modification/", desk_projects.project_change, name="project-change"),
    path(f"{ONE}versement/", desk_projects.project_pay, name="project-pay"),
]
