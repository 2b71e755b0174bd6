from django.urls import URLPattern, URLResolver, path

from rebond.intake.web import kept
from rebond.intake.web.views import book, donor, receive, sort, sort_code

app_name = "intake"
kept.register()
urlpatterns: list[URLPattern | URLResolver] = [
    path("arrivage/", receive.receive, name="receive"),
    path("arrivage/<slug:public_id>/", receive.received, name="received"),
    path("arrivage/<slug:public_id>/photo/", receive.photo, name="photo"),
    path("arrivage/<slug:public_id>/bon/", receive.slip, name="slip"),
    path("arrivage/<slug:public_id>/apporteur/", donor.donor, name="donor"),
    path("tri/fait/<slug:public_id>/", sort.sorted_one, name="sorted"),
    path("tri/code/", sort_code.sort_code, name="sort-code"),
    path("tri/", sort.sort, name="sort"),
    path("tri/<slug:public_id>/", sort.sort, name="sort-task"),
    path("tri/<slug:public_id>/code/", sort_code.sort_code, name="sort-code-task"),
    path("tri/<slug:public_id>/fin/", sort.sort_end, name="sort-end"),
    path("livres/", book.book, name="book"),
    path("livres/<slug:public_id>/", book.book_condition, name="book-condition"),
    path("geste/<slug:public_id>/annuler/", receive.undo, name="undo"),
]
