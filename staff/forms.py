from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from staff.models import Density, Theme, User


class ProfileForm(forms.ModelForm):
    """How the pages look to oneself; nothing else of a person is changed here."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices, widget=forms.RadioSelect)
    density = forms.ChoiceField(label=_("Rows"), choices=Density.choices, widget=forms.RadioSelect)

    class Meta:
        model = User
        fields = ("language", "theme", "density")
