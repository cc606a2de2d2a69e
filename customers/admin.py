from django.contrib import admin

from common.admin import ReadOnlyAdmin
from customers.models import Contact, Customer, Group, Habit, Limit, Mark, Ownership, Site

admin.site.register([Customer, Group, Ownership, Site, Contact, Habit, Limit, Mark], ReadOnlyAdmin)
