from django.urls import path

from intake import views

app_name = "intake"
urlpatterns = [
    path("", views.files, name="files"),
    path("receivables/", views.upload, name="upload"),
    path("differences/", views.differences, name="differences"),
    path("differences/<int:pk>/", views.difference, name="difference"),
    path("differences/<int:pk>/accept/", views.accept, name="accept"),
    path("differences/<int:pk>/keep/", views.keep, name="keep"),
    path("<int:pk>/", views.file, name="file"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/drop/", views.drop, name="drop"),
    path("<int:pk>/refused.csv", views.refused, name="refused_rows"),
]
