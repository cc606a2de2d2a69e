"""One row of cells into one contract, with everything that keeps it from being one."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from contracts import clauses, terms
from contracts.parameters import Doubled, NotComputable, only_once
from intake.agreed.cells import LONGEST_NUMBER, AgreedReader
from intake.agreed.fields import CONSIGNED_TITLES, COUNTERS, EXECUTIONS, STATES, TITLES
from intake.agreed.rows import ContractRow
from intake.sheet import Cell

LONGEST = {
    "language": 10,
    "settlement_clause": 40,
    "consignment_clause": 40,
    "interest_clause": 40,
    "signed_by": 100,
    "terms_accepted_by": 100,
}
LACKS = {
    "settlement_text": "does not say when payment is due",
    "consignment_text": "leaves open when goods are counted, paid or go back",
}
DONE = {
    "signed_on": "a contract counts from the day it was signed",
    "terms_accepted_on": "nobody has accepted them yet",
}


class ContractReader(AgreedReader):
    whose = "whose contract is it?"

    def read(self, line: int, cells: Sequence[Cell]) -> ContractRow:
        self._begin(line, cells)
        customer, _name = self._customer()
        number = self._code("number", "a contract needs its number")
        currency = self._currency_code()
        self._need("currency", currency, "amounts without a currency say nothing")
        starts_on = self._day("starts_on")
        self._need("starts_on", starts_on, "from which day does the contract hold?")
        ends_before = self._until(starts_on)
        stated = self._texts() | self._days() | self._words_said()
        state = self._state(ends_before)
        stated |= {"currency": currency, "starts_on": starts_on} | self._terms_said(state)
        if self._has("ends_before") or self._has("ends_on"):
            stated["ends_before"] = ends_before
        if state == "draft":
            self._note_wording(stated)
        self._check_title(stated)
        return ContractRow(
            line=line,
            cells=self._written(),
            is_good=self._is_good,
            customer=customer,
            number=number[:LONGEST_NUMBER],
            state=state,
            stated=stated,
        )

    def _texts(self) -> dict[str, Any]:
        written = {name: self._limited(name, longest) for name, longest in LONGEST.items()}
        written["language"] = written["language"].lower()
        written |= {name: self._text(name) for name in ("settlement_text", "consignment_text")}
        return {name: text for name, text in written.items() if text}

    def _days(self) -> dict[str, Any]:
        days: dict[str, date | None] = {name: self._past(name, why) for name, why in DONE.items()}
        days |= {name: self._day(name) for name in ("title_agreed_on", "title_registered_on")}
        return {name: day for name, day in days.items() if day is not None}

    def _words_said(self) -> dict[str, Any]:
        profile = self.profile
        words: dict[str, Any] = {
            "execution": self._word_of("execution", profile.executions, EXECUTIONS) or None,
            "title": self._word_of("title", profile.titles, TITLES) or None,
            "counter": self._word_of("counter", profile.counters, COUNTERS) or None,
            "consigned_title": self._word_of("consigned_title", profile.consigned_titles, CONSIGNED_TITLES) or None,
            "count_every": self._days_between("count_every"),
        }
        words |= {name: self._yes(name) for name in ("has_authority", "rest_callable", "benefits_while_current")}
        return {name: word for name, word in words.items() if word is not None}

    def _days_between(self, name: str) -> int | None:
        days = self._whole(name)
        if days == 0:
            self._wrong(name, "goods are counted after a day or more")
        return days or None

    def _state(self, ends_before: date | None) -> str:
        """Files hold what was agreed: without a word a contract is active, and ended once its last day is over."""
        state = self._word_of("state", self.profile.states, STATES) or "active"
        is_over = ends_before is not None and ends_before <= self.today
        if state == "active" and is_over:
            return "ended"
        if state == "ended" and not is_over:
            self._wrong("state", "ended, but its last day is not over; state the day on which it ended")
        return state

    # --- when is it due? ------------------------------------------------------------------------

    def _terms_said(self, state: str) -> dict[str, Any]:
        """Method and parameters, by a code of the profile or as they stand in the file."""
        code, method = self._text("terms"), self._word("method").replace(" ", "_")
        name = "terms" if code else "method"
        if code and method:
            self._wrong("method", "both a terms code and a method; leave one of them empty")
            return {}
        if code:
            found = self._meant(code)
            if found is None:
                self._wrong("terms", "not a code of the profile; add it to [terms]")
                return {}
            method, parameters = found
        elif method:
            written = self._parameters()
            if written is None:
                return {}
            parameters = written
        else:
            if state != "draft":
                shown = "terms" if self._has("terms") else "method"
                self._need(shown, "", "no due date follows without a settlement method; only a draft may leave it open")
            return {}
        return self._computed(name, method, _plain(parameters))

    def _computed(self, name: str, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        try:
            terms.schedule(method, parameters, terms.Basis(terms.LEAP_DAY))
        except NotComputable as why:
            shown = "parameters" if name == "method" and self._text("parameters") else name
            self._wrong(shown, f"no due date follows from {_said(method, parameters)}: {why}")
            return {}
        found: dict[str, Any] = {"method": method, "parameters": parameters}
        if method == "consignment":
            found["consignment_rest"] = parameters.get("rest", "returned")
        return found

    def _parameters(self) -> dict[str, Any] | None:
        """As they stand in the file; None where nobody can tell which they are."""
        written = self._text("parameters")
        try:
            found = json.loads(written or "{}", object_pairs_hook=only_once)
        except Doubled as key:
            self._wrong("parameters", f"{key} stands twice; keep the one that was agreed")
            return None
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            self._wrong("parameters", 'not written as {"days": 30}; see docs/terms.md')
            return None
        return found

    # --- what it says ---------------------------------------------------------------------------

    def _note_wording(self, stated: dict[str, Any]) -> None:
        """A clause from which no day follows makes no contract active; a draft with one is told so."""
        for name, lacks in LACKS.items():
            is_beside = name == "consignment_text"
            words = clauses.elastic_words(stated.get(name, ""), stated.get("language", "en"), is_beside=is_beside)
            if words:
                self._note(name, f"{lacks}: {words}; it cannot become active with this wording")

    def _check_title(self, stated: dict[str, Any]) -> None:
        """A clause of the contract was agreed on the day on which the contract was signed."""
        if stated.get("title", "none") == "none":
            return
        if "title_agreed_on" not in stated and "signed_on" in stated:
            stated["title_agreed_on"] = stated["signed_on"]
        if "title_agreed_on" not in stated:
            self._wrong("title", "on which day was it agreed? State title_agreed_on, or the day of the signature")


def _plain(parameters: dict[str, Any]) -> dict[str, Any]:
    """As JSON keeps them: a profile may hold a day."""
    found: dict[str, Any] = json.loads(json.dumps(parameters, default=str))
    return found


def _said(method: str, parameters: dict[str, Any]) -> str:
    return f"{method} {json.dumps(parameters, ensure_ascii=False)}"
