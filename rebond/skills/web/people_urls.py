"""Skills of people who are followed, at the desk of their organisation."""

from django.urls import path

from rebond.skills.web.views import desk_skills

app_name = "skills-people"
urlpatterns = [
    path("<slug:person_id>/", desk_skills.person_skills, name="person"),
    path("<slug:person_id>/<slug:card>/", desk_skills.person_skill, name="card"),
    path("<slug:person_id>/<slug:card>/niveau/", desk_skills.level_observe, name="observe"),
    path("<slug:person_id>/<slug:card>/<slug:assessment_id>/", desk_skills.level_confirm, name="confirm"),
]
