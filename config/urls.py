"""Every address of the product. A room's own pages stand in its own `urls.py`."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from collections_app.desk import views as desk_views
from config import health
from intake import urls as intake

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("", desk_views.home, name="home"),
    path("", include("staff.urls")),
    path("", include("receivables.urls")),
    path("", include("collections_app.desk.urls")),
    path("", include("collections_app.visits.urls")),
    path("", include("collections_app.letters.urls")),
    path("import/", include(intake)),
    path("admin/", admin.site.urls),
]
