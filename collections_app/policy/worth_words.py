"""The section of the policy on the worth of a visit, in words: for each key its label and its meaning."""

from typing import Any

from django.utils.translation import gettext_lazy as _

BANDS = _("Days late at which the next chance begins.")
URGENCY = _("So many times more pressing, because waiting loses money; it never counts less than 1.")

WORTH: dict[str, tuple[Any, Any]] = {
    "chance_unpaid": (_("Chance: unpaid"), _("How likely a visit brings what is not late.")),
    "bands_overdue": (_("Bands: overdue"), BANDS),
    "chance_overdue": (_("Chances: overdue"), _("How likely a visit brings what is overdue, in each band.")),
    "bands_quasi_bad": (_("Bands: quasi-bad"), BANDS),
    "chance_quasi_bad": (_("Chances: quasi-bad"), _("How likely a visit brings what is quasi-bad, in each band.")),
    "bands_bad": (_("Bands: bad"), BANDS),
    "chance_bad": (_("Chances: bad"), _("How likely a visit brings what is bad, in each band.")),
    "chance_dormant": (_("Chance: dormant"), _("How likely a visit brings what is dormant.")),
    "urgency_unpaid": (_("Urgency: unpaid"), URGENCY),
    "urgency_overdue": (_("Urgency: overdue"), URGENCY),
    "urgency_quasi_bad": (_("Urgency: quasi-bad"), URGENCY),
    "urgency_bad": (_("Urgency: bad"), URGENCY),
    "urgency_dormant": (_("Urgency: dormant"), URGENCY),
    "promise_today": (_("Promised for the day"), _("Factor on what is promised for the day of the visit.")),
    "settlement_day": (_("Settlement day"), _("Factor on a day on which the customer says it pays.")),
    "payout_day": (
        _("Learned pay-out day"),
        _("Factor on a day on which the customer usually paid; a stated settlement day counts in its place."),
    ),
    "other_day": (_("No learned pay-out day"), _("Factor on another day, where pay-out days were learned.")),
    "promises_kept": (
        _("Promises kept"),
        _("So much more when all promises were kept, and less when all were broken; 0: they do not count."),
    ),
    "warning_mild": (_("Slight or marked warning"), _("Factor while such an early warning is live.")),
    "warning_severe": (
        _("Severe warning"),
        _("Factor while a severe warning is live: what is not fetched now may be lost."),
    ),
    "term_bands": (_("Terms up to"), _("Agreed days to pay at which the next factor begins.")),
    "term_factors": (_("Length of the term"), _("Factor up to the first of these terms, the second, and beyond.")),
    "large_from": (_("Large from"), _("What of an item exceeds this amount counts less.")),
    "large_share": (_("Large amounts"), _("The share at which what exceeds it counts.")),
    "kind_instalment": (_("Kind: instalment"), _("Factor on a part of an instalment plan.")),
    "kind_consigned": (_("Kind: consigned"), _("Factor on sales counted from consigned goods.")),
    "kind_uncontracted": (_("Kind: without contract"), _("Factor on what no contract stands behind.")),
    "procedure_step": (
        _("Steps of the procedure"),
        _("Factor for each step of the customer's payment procedure, five at most."),
    ),
    "papers": (
        _("Papers first"),
        _("Factor where an invoice or a reconciliation has to be with the customer first."),
    ),
    "unconfirmed": (
        _("Unconfirmed and far"),
        _("Factor on a far trip whose call ahead found nobody, or was told that nothing will be paid."),
    ),
    "coming_within": (
        _("Coming within"),
        _("Days after the visit in which something falls due that counts beside what is asked for."),
    ),
    "coming_share": (_("What is coming"), _("The share at which what falls due soon counts.")),
    "sure": (_("Never more than"), _("No visit is worth more than this share of what it asks for.")),
}
