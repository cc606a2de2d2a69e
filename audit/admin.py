from django.contrib import admin

from audit.models import Entry
from common.admin import ReadOnlyAdmin

admin.site.register([Entry], ReadOnlyAdmin)
