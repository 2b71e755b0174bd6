"""What a buyer may add to an order, and the desks that keep it."""

from django.urls import URLPattern, path

from rebond.shop.web.views import desk_projects

PROJECTS = "bureau/projets/"
ONE = f"{PROJECTS}<slug:public_id>/"

patterns: list[URLPattern] = [
    path(PROJECTS, desk_projects.project_list, name="project-list"),
    path(f"{PROJECTS}nouveau/", desk_projects.project_create, name="project-create"),
    path(ONE, desk_projects.project_detail, name="project-detail"),
    path(f"{ONE}modification/", desk_projects.project_change, name="project-change"),
    path(f"{ONE}versement/", desk_projects.project_pay, name="project-pay"),
]
