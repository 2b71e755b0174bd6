"""A person's own skills."""

from django.urls import path

from rebond.skills.web.views import own_skills

app_name = "my-skills"
urlpatterns = [
    path("", own_skills.skill_list, name="list"),
    path("<slug:person_id>/mon-travail/", own_skills.log_switch, name="switch"),
    path("<slug:person_id>/<slug:card>/", own_skills.skill_detail, name="card"),
    path("<slug:person_id>/<slug:card>/niveau/", own_skills.skill_assess, name="assess"),
    path("<slug:person_id>/<slug:card>/cacher/", own_skills.skill_hide, name="hide"),
    path("<slug:person_id>/<slug:card>/<slug:assessment_id>/", own_skills.skill_answer, name="answer"),
]
