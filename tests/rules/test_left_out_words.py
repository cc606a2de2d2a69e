"""Why somebody was left out, in words for whoever reads it: the rep, and the manager."""

from collections_app.visits import sentences


def test_who_cannot_be_reached_in_time_is_not_said_to_pay_at_other_hours():
    assert sentences.left_out({"because": "window closed"}) == "Cannot be reached within its hours on this day"
