"""How problems are said and counted."""

from intake.comparing import Comparison
from intake.problems import Problem
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
