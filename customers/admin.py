from django.contrib import admin

from common.admin import ReadOnlyAdmin
from customers.models import Contact, Customer, CustomerAbsence, Group, Habit, Limit, Mark, Ownership, Site

admin.site.register([Customer, Group, Ownership, Site, Contact, Habit, CustomerAbsence, Limit, Mark], ReadOnlyAdmin)
