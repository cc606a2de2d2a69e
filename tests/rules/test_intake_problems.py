"""How problems are said and counted."""

from intake.comparing import Comparison
from intake.problems import Problem, grouped
from intake.reading import Reading
from intake.report import of


def test_a_problem_names_line_column_and_value():
    problem = Problem(17, "due_in_date", "31.02.2026", "not a date; expected YYYY-MM-DD")

    assert problem.text == 'line 17, column "due_in_date", value "31.02.2026": not a date; expected YYYY-MM-DD'


def test_two_hundred_problems_are_listed_and_the_others_counted():
    reading = Reading(problems=[Problem(line, "a", "b", "c") for line in range(1, 238)])

    lines = of(reading, Comparison(), customers_added=0).problem_lines

    assert len(lines) == 201
    assert lines[-1] == "and 37 more"


def test_a_long_value_is_cut_and_its_control_characters_are_shown():
    assert Problem(1, "a", "x\x07" + "y" * 100, "c").text == f'line 1, column "a", value "x<U+0007>{"y" * 58}…": c'


def test_equal_findings_are_one_group_though_the_day_in_them_differs():
    early = [
        Problem(line, "due", f"2026-01-{line:02d}", f"before the invoice date 2026-02-{line:02d}; taken as it is")
        for line in range(1, 24)
    ]
    other = Problem(5, "date", "2026-12-01", "after 2026-11-24; taken as it is")

    groups = grouped([*early, other])

    assert [(group.problem, group.count, group.more) for group in groups] == [
        ('column "due": before the invoice date; taken as it is', 23, 3),
        ('column "date": after 2026-11-24; taken as it is', 1, 0),
    ]
    assert groups[0].lines == tuple(range(1, 21))
    assert groups[0].first[0] == early[0].text


def test_groups_count_what_is_beyond_the_listed_ones():
    reading = Reading(warnings=[Problem(line, "a", "b", "c") for line in range(1, 238)])

    [group] = of(reading, Comparison(), customers_added=0).grouped_warnings

    assert (group.count, group.more) == (237, 217)
