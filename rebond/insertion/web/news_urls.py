"""Where somebody who left gives their news, by a signed link."""

from django.urls import path

from rebond.insertion.web.views import news_public

app_name = "news"
urlpatterns = [path("<str:token>/", news_public.answer, name="answer")]
