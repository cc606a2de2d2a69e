from django.urls import path

from collections_app.letters import views

app_name = "letters"
urlpatterns = [
    path("dunning/", views.dunning, name="dunning"),
    path("dunning/review/", views.review, name="review"),
    path("dunning/runs/<int:pk>/", views.run, name="run"),
    path("letters/", views.letters, name="letters"),
    path("letters/<int:pk>.pdf", views.letter, name="letter"),
]
