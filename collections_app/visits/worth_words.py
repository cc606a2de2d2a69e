"""The worth of a visit in words: its terms, and where its chances come from."""

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from collections_app.visits import worth
from collections_app.visits.models import Chances
from common.templatetags.ui import day, number

TERMS: dict[str, Any] = {
    worth.ASKED: _("What is asked for"),
    worth.COMING: _("What falls due soon"),
    worth.CHANCE: _("Chance that a visit brings it, by standing and days late"),
    worth.LEARNED: _("How this customer has paid before"),
    worth.URGENCY: _("Waiting loses money"),
    worth.PROMISE: _("A promise is due today"),
    worth.SETTLEMENT: _("It is a settlement day"),
    worth.PAYOUT: _("Its usual pay-out day, or not"),
    worth.WORD_KEPT: _("Promises kept before"),
    worth.WARNING: _("An early warning is live"),
    worth.TERM: _("Length of the agreed term"),
    worth.AMOUNT_AND_KIND: _("Large amounts, and what they are for"),
    worth.PROCEDURE: _("Steps and papers of its payment procedure"),
    worth.UNCONFIRMED: _("Far, and not confirmed by a call"),
    worth.OTHER_CURRENCIES: _("Asked for in other currencies"),
    worth.TRAVEL: _("Way there"),
}


def term(name: str) -> str:
    """In the reader's language; a term of an older plan that is not known any more keeps its name."""
    return str(TERMS.get(name, name))


def where_chances_come_from(learned: Chances | None) -> str:
    """One sentence with the number of observations."""
    if learned is None or learned.uses == Chances.Uses.TABLE:
        return _t("Chances are those of the policy: too little was learned yet that foretells better.")
    said = {"count": number(learned.outcomes), "day": day(learned.adopted_on)}
    if learned.uses == Chances.Uses.OWN_RATE:
        return _t("Chances are each customer's own past rate, out of %(count)s outcomes known on %(day)s.") % said
    if learned.source == Chances.Source.VISITS:
        return _t("Chances were learned on %(day)s from %(count)s visits.") % said
    return _t("Chances were learned on %(day)s from %(count)s times that an item was due or late.") % said
