from django.urls import path

from collections_app.visits import views
from collections_app.visits.calls import views as calls
from collections_app.visits.comparing import views as comparing
from collections_app.visits.day import views as day
from collections_app.visits.feed import views as feed
from collections_app.visits.plans import views as plans
from collections_app.visits.week import views as week

app_name = "visits"
urlpatterns = [
    path("today/", views.today, name="today"),
    path("today/compare/", comparing.compare, name="compare"),
    path("today/round/", day.day_round, name="round"),
    path("today/round.gpx", day.device_file, name="round-gpx"),
    path("today/print.pdf", day.sheet, name="day-sheet"),
    path("calendar/<str:token>.ics", feed.calendar, name="calendar"),
    path("week/", week.week, name="week"),
    path("week/print.pdf", week.sheet, name="week-sheet"),
    path("week/plan/", week.plan_again, name="plan-week"),
    path("calls/", calls.calls, name="calls"),
    path("calls/<int:pk>/", calls.call, name="call"),
    path("calls/<int:pk>/answer/", calls.answer_call, name="answer-call"),
    path("calls/<int:pk>/take-back/", calls.take_back_call, name="take-back-call"),
    path("stops/<int:pk>/", views.stop, name="stop"),
    path("stops/<int:pk>/outcome/", views.outcome, name="outcome"),
    path("receipts/<int:pk>/", views.receipt, name="receipt"),
    path("today/replan/", plans.replan_today, name="replan-today"),
    path("stops/<int:pk>/skip/", plans.skip, name="skip"),
    path("stops/<int:pk>/lock/", plans.lock, name="lock"),
    path("stops/<int:pk>/unlock/", plans.unlock, name="unlock"),
    path("wishes/<int:pk>/withdraw/", plans.withdraw, name="withdraw"),
    path("plans/", plans.plans, name="plans"),
    path("plans/<str:on>/", plans.plans_of_day, name="plans-of-day"),
    path("plans/<str:on>/replan/", plans.replan, name="replan"),
    path("plans/<str:on>/approve/", plans.approve, name="approve"),
    path("plans/<str:on>/take-back/", plans.take_back_approval, name="take-back-approval"),
    path("plans/<str:on>/pin/", plans.pin, name="pin"),
    path("plans/<str:on>/move/", plans.move, name="move"),
]
