"""People, teams and the business itself are set up here; there is no other page for it yet."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.utils.translation import gettext_lazy as _

from staff.models import BankAccount, Business, Team, User


class PersonAdmin(UserAdmin):
    list_display = ("username", "first_name", "last_name", "role", "team", "is_active")
    list_filter = ("role", "team", "is_active")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email", "phone", "language")}),
        (_("Role"), {"fields": ("role", "team", "led_teams", "is_active", "is_staff")}),
        (_("Start of the day"), {"fields": ("latitude", "longitude")}),
    )
    filter_horizontal = ("led_teams",)


admin.site.register(User, PersonAdmin)
admin.site.register([Business, BankAccount, Team])
