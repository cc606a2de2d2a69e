from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from common.forms import DayField
from intake import shipped


class UploadForm(forms.Form):
    """A file and the profile by which it is read. Size and shape are judged here, the content by the reader."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, at most 10 MB."),
        max_length=200,
        allow_empty_file=True,  # said by the reader, in its own words
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )
    kind = forms.ChoiceField(
        label=_("Content"),
        required=False,
        choices=[("", _("As the profile says")), *shipped.LABELS.items()],
        help_text=_("What the file holds. The profile must be one for it."),
    )
    profile = forms.ChoiceField(
        label=_("Profile"), help_text=_("How the file of this system is written."), initial="generic"
    )

    as_of = DayField(
        label=_("Day of the list"),
        required=False,
        help_text=_("Of a full list of open items that does not say its day itself. Empty: today."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["profile"].choices = shipped.choices  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is not None and file.size > settings.UPLOAD_LIMIT_BYTES:
            raise forms.ValidationError(
                _("The file is larger than 10 MB. Cut it into several, or use the command import_book.")
            )
        return file


class ConfirmForm(forms.Form):
    """The decision after the preview; taking the good rows alone, or a large fall, needs its own tick."""

    good_rows = forms.BooleanField(
        label=_("Leave the refused rows out"),
        error_messages={"required": _("Tick this to import the good rows alone, or correct the file.")},
    )

    fall = forms.BooleanField(
        label=_("The list is complete: settle what is missing from it"),
        error_messages={"required": _("Tick this if the list is complete, or drop the file.")},
    )

    def __init__(self, *args: Any, has_problems: bool, has_doubt: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["good_rows"].required = has_problems
        self.fields["fall"].required = has_doubt
