"""A policy as a document: read whole, refused with every problem at once, and the same again when it is written."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from collections_app.policy import document, keys, reading, words
from collections_app.policy.keys import CATALOGUE, Kind
from collections_app.policy.reading import Why
from collections_app.policy.thresholds import Policy, Thresholds

MANUAL = (Path(__file__).parents[2] / "docs" / "policy.md").read_text()


def refused(source, **known):
    return [(problem.path, problem.why) for problem in reading.from_toml(source, **known).problems]


def said(source):
    return [words.problem(problem) for problem in reading.from_toml(source).problems]


def test_an_empty_file_says_what_is_in_force():
    in_force = Policy().having("thresholds", quasi_bad=45)

    assert reading.from_toml("", base=in_force).policy == in_force


def test_what_a_file_does_not_name_stays_as_it_is():
    in_force = Policy().having("thresholds", quasi_bad=45).having("gate", late_from=20)

    found = reading.from_toml("[thresholds]\nbad = 120\n", base=in_force)

    assert found.policy == in_force.having("thresholds", bad=120)
    assert found.problems == ()


def test_the_efforts_stand_in_a_section_for_each_standing():
    found = reading.from_toml('[efforts.bad]\nchannel = "visit"\nvisitor = "rep"\nrhythm = 7\n').policy

    assert (found.efforts.of("bad").channel, found.efforts.of("bad").rhythm) == ("visit", 7)
    assert found.efforts.of("quasi-bad") == Policy().efforts.quasi_bad


@pytest.mark.parametrize(
    ("line", "path", "why"),
    [
        ("[thresholds]\nbad = 'soon'", "thresholds.bad", Why.KIND),
        ("[thresholds]\nbad = 120.5", "thresholds.bad", Why.KIND),
        ("[thresholds]\nbad = true", "thresholds.bad", Why.KIND),
        ("[thresholds]\nbad = 2026-01-01", "thresholds.bad", Why.KIND),
        ("[thresholds]\nbad = -1", "thresholds.bad", Why.RANGE),
        ("[thresholds]\nbad = 3651", "thresholds.bad", Why.RANGE),
        ("[thresholds]\nquasi_bad = 180", "thresholds.quasi_bad", Why.ORDER),
        ("[thresholds]\nquasi_bad = 200\nbad = 100", "thresholds.quasi_bad", Why.ORDER),
        ("[thresholds]\nworse = 200", "thresholds.worse", Why.UNKNOWN_KEY),
        ("thresholds = 5", "thresholds", Why.NOT_A_SECTION),
        ("worse = 5", "worse", Why.UNKNOWN_KEY),
        ("[worse]\nbad = 5", "worse", Why.UNKNOWN_SECTION),
        ("[efforts.worse]\nrhythm = 5", "efforts.worse", Why.UNKNOWN_SECTION),
        ("[efforts]\nrhythm = 5", "efforts.rhythm", Why.UNKNOWN_KEY),
        ("[efforts.bad]\nchannel = 'fax'", "efforts.bad.channel", Why.CHOICE),
        ("[efforts.bad]\nchannel = 3", "efforts.bad.channel", Why.KIND),
        ("[dunning]\nminimum = '-0.01'", "dunning.minimum", Why.RANGE),
        ("[dunning]\nminimum = nan", "dunning.minimum", Why.KIND),
        ("[dunning]\nminimum = inf", "dunning.minimum", Why.KIND),
        ("[dunning]\nminimum = '5,00'", "dunning.minimum", Why.KIND),
        ("[dunning]\nminimum = '1e12'", "dunning.minimum", Why.RANGE),
        ("[dunning]\nminimum = 5.0005", "dunning.minimum", Why.KIND),
        ("[dunning]\nlevel_from = [1, 21, 21]", "dunning.level_from", Why.RISING),
        ("[dunning]\nlevel_from = [1, 21, 45, 60]", "dunning.level_from", Why.COUNT),
        ("[dunning]\nlevel_from = []", "dunning.level_from", Why.COUNT),
        ("[dunning]\nlevel_from = [0]", "dunning.level_from", Why.RANGE),
        ("[dunning]\nlevel_from = 1", "dunning.level_from", Why.KIND),
        ("buckets = [90, 30]", "buckets", Why.RISING),
        ("[ladder]\nlate_from = [15, 25]", "ladder.late_from", Why.COUNT),
        ("[ladder]\nbatch_share = 0", "ladder.batch_share", Why.RANGE),
        ("[ladder]\nbatch_share = '1.001'", "ladder.batch_share", Why.RANGE),
        ("[travel]\ncircuity = 0.9", "travel.circuity", Why.RANGE),
        ("[travel]\ncircuity = '3.001'", "travel.circuity", Why.RANGE),
        ("[travel]\ncircuity = 'far'", "travel.circuity", Why.KIND),
        ("[travel]\nspeeds = [60, 38, 22]", "travel.speeds", Why.RISING),
        ("[travel]\nbands = [5]", "travel.bands", Why.COUNT),
        ("[worth]\nchance_overdue = [0.5, 0.6]", "worth.chance_overdue", Why.COUNT),
        ("[worth]\nchance_overdue = [0.5, 0, 0.6]", "worth.chance_overdue", Why.RANGE),
        ("[worth]\nchance_overdue = [0.5, 0.6, 1.1]", "worth.chance_overdue", Why.RANGE),
        ("[worth]\nchance_overdue = [0.5, 0.6, 'much']", "worth.chance_overdue", Why.KIND),
        ("[worth]\nchance_overdue = 0.5", "worth.chance_overdue", Why.KIND),
        ("[worth]\nbands_bad = [200]", "worth.bands_bad", Why.COUNT),
        ("[worth]\nurgency_bad = 0.9", "worth.urgency_bad", Why.RANGE),
        ("[worth]\nwarning_severe = 0", "worth.warning_severe", Why.RANGE),
        ("[worth]\ncoming_share = 0", "worth.coming_share", Why.RANGE),
        ("[planning]\nannounce_days = 4", "planning.announce_days", Why.RANGE),
        ("[gate]\nautomatic = 1", "gate.automatic", Why.KIND),
        ("[planning]\nstarts_at = '9 in the morning'", "planning.starts_at", Why.KIND),
        ("[planning]\nstarts_at = 1440", "planning.starts_at", Why.RANGE),
        ("[planning]\nstarts_at = 18:00:00", "planning.starts_at", Why.ORDER),
        ("[segments]\nKEY = 5", "segments.KEY", Why.NOT_A_SECTION),
        ("[segments.KEY]\nbad = 5", "segments.KEY.bad", Why.UNKNOWN_KEY),
        ("[segments.KEY.gate]\nlate_from = 20", "segments.KEY.gate.late_from", Why.NOT_BY_SEGMENT),
        ("[segments.KEY.thresholds]\ngrace_cash = 1", "segments.KEY.thresholds.grace_cash", Why.NOT_BY_SEGMENT),
        ("[segments.KEY.thresholds]\nbad = 60", "segments.KEY.thresholds.quasi_bad", Why.ORDER),
        ('[segments."Key accounts".thresholds]\nbad = 0', 'segments."Key accounts".thresholds.bad', Why.RANGE),
        ('[segments." "]', 'segments." "', Why.NOT_A_SEGMENT),
    ],
)
def test_what_cannot_be_is_refused_with_its_path(line, path, why):
    assert refused(line) == [(path, why)]


@pytest.mark.parametrize("source", ["bad = ", "bad = 1\nbad = 2", "[" * 5000, "bad = " + "9" * 5000, "\x00"])
def test_what_is_no_toml_is_refused_in_a_sentence(source):
    assert [why for _path, why in refused(source)] == [Why.NOT_TOML]
    assert said(source)[0].startswith("The file is not TOML: ")


def test_all_problems_are_named_at_once_with_what_stands_there_and_what_may():
    source = "worse = 5\n[thresholds]\nbad = 0\n[efforts.bad]\nchannel = 'fax'\n[dunning]\nlevel_from = [9, 4]\n"

    assert said(source) == [
        "worse = 5: the policy has no such key; there are buckets, thresholds, efforts, dunning, planning, worth,"
        " travel, conduct, gate, credit, ladder, approvals, segments.",
        "thresholds.bad = 0: expected a whole number of 3 to 3650.",
        "efforts.bad.channel = fax: expected one of visit, call, letter, look.",
        "dunning.level_from = [9, 4]: expected 1 to 3 rising whole numbers of 1 to 3650.",
    ]


def test_thresholds_that_overtake_each_other_name_both():
    assert said("[thresholds]\nquasi_bad = 200") == ["thresholds.quasi_bad = 200: must be below thresholds.bad = 180."]


def test_a_segment_that_no_customer_has_is_a_warning_and_no_refusal():
    source = "[segments.KEY.thresholds]\nbad = 120\n[segments.SHOPS.thresholds]\nbad = 90\n"

    found = reading.from_toml(source, segments=["SHOPS"])

    assert found.problems == ()
    assert [words.problem(warning) for warning in found.warnings] == ["segments.KEY: no customer has this segment yet."]


def test_a_segment_has_its_own_values_and_the_general_ones_for_the_rest():
    source = (
        "[thresholds]\nquasi_bad = 45\n[segments.KEY.thresholds]\nbad = 120\n[segments.KEY.efforts.bad]\nrhythm = 3\n"
    )
    found = reading.from_toml(source).policy

    assert found.for_segment("KEY").thresholds == Thresholds(quasi_bad=45, bad=120)
    assert found.for_segment("KEY").efforts.bad.rhythm == 3
    assert found.for_segment("").thresholds == found.for_segment("OTHER").thresholds == Thresholds(quasi_bad=45)


def test_only_segments_with_other_thresholds_are_told_to_the_classification():
    source = (
        "[segments.A.thresholds]\nbad = 120\n[segments.B.thresholds]\nbad = 180\n[segments.C.efforts.bad]\nrhythm = 3\n"
    )

    assert reading.from_toml(source).policy.thresholds_by_segment() == {"A": Thresholds(bad=120)}


def test_a_segment_that_is_named_is_as_the_file_says_and_the_others_stay():
    first = reading.from_toml("[segments.A.thresholds]\nbad = 120\nquasi_bad = 30\n[segments.B.thresholds]\nbad = 90\n")

    found = reading.from_toml("[segments.A.thresholds]\nbad = 100\n", base=first.policy).policy
    taken = reading.from_toml("[segments.A]\n", base=first.policy).policy

    assert found.for_segment("A").thresholds == Thresholds(bad=100)
    assert found.for_segment("B").thresholds == Thresholds(bad=90)
    assert list(taken.segments) == ["B"]


def test_a_general_change_that_a_segment_cannot_follow_is_refused():
    base = reading.from_toml("[segments.A.thresholds]\nbad = 70\n").policy

    assert refused("[thresholds]\nquasi_bad = 75", base=base) == [("segments.A.thresholds.quasi_bad", Why.ORDER)]


@pytest.mark.parametrize("starts_at", ["08:30:00", "'08:30'", "510"])
def test_a_time_of_day_is_read_as_toml_has_it_and_as_people_write_it(starts_at):
    assert reading.from_toml(f"[planning]\nstarts_at = {starts_at}").policy.planning.starts_at == 510


def test_chances_keep_their_order_and_their_last_digit():
    found = reading.from_toml("[worth]\nchance_overdue = [0.60, '0.5', 0.550]").policy

    assert found.worth.chance_overdue == ("0.60", "0.5", "0.550")


@pytest.mark.parametrize("minimum", ["7.50", "'7.50'"])
def test_an_amount_stays_exact_to_its_last_digit(minimum):
    assert reading.from_toml(f"[dunning]\nminimum = {minimum}").policy.dunning.minimum == "7.50"


def values(key):
    """Values that a key may have."""
    whole = some.integers(int(key.least), int(min(key.most, 10**6)))
    match key.kind:
        case Kind.WHOLE | Kind.TIME:
            return whole
        case Kind.YES_NO:
            return some.booleans()
        case Kind.WORD:
            return some.sampled_from(key.choices)
        case Kind.AMOUNT:
            return some.decimals(0, 10**6, places=2).map(lambda amount: f"{amount:f}")
        case Kind.SHARE:
            return some.decimals("0.001", 1, places=3).map(lambda share: f"{share:f}")
        case Kind.FACTOR:
            return some.decimals(key.least, key.most, places=3).map(lambda factor: f"{factor:f}")
        case Kind.FACTORS:
            factors = some.decimals(key.least, key.most, places=3).map(lambda factor: f"{factor:f}")
            return some.lists(factors, min_size=key.count[0], max_size=key.count[1]).map(tuple)
    return some.lists(whole, min_size=key.count[0], max_size=key.count[1], unique=True).map(
        lambda steps: tuple(sorted(steps))
    )


@some.composite
def policies(draw):
    """Any policy whose keys do not overtake each other."""
    found = Policy()
    for key in draw(some.lists(some.sampled_from(CATALOGUE), max_size=5)):
        found = found.having(key.section, **{key.name: draw(values(key))})
    names = some.text(some.characters(exclude_categories=["Cs"]), min_size=1, max_size=10).map(
        lambda name: name.strip() or "Shops"
    )
    segments = {}
    for name in draw(some.lists(names, max_size=2)):
        key = draw(some.sampled_from([key for key in CATALOGUE if key.by_segment]))
        segments[name] = {key.section: {key.name: draw(values(key))}}
    return replace(found, segments=segments)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(policies())
def test_a_policy_that_is_stored_or_written_reads_as_the_same_one(policy):
    assert document.policy_of(document.document_of(policy)) == policy

    found = reading.from_toml(document.as_toml(policy))

    assert {problem.why for problem in found.problems} <= {Why.ORDER}
    assert found.policy == policy


def test_a_stored_version_keeps_its_values_when_a_default_changes():
    assert document.document_of(Policy())["thresholds"]["bad"] == 180


def test_a_document_that_lacks_a_later_key_has_its_default():
    stored = {"thresholds": {"bad": 120}, "buckets": [15, 45], "of_the_past": {"x": 1}}

    found = document.policy_of(stored)

    assert found == replace(Policy().having("thresholds", bad=120), buckets=(15, 45))


def test_the_digest_is_that_of_the_document_and_not_of_the_order_of_its_keys():
    first, second = document.document_of(Policy()), document.document_of(Policy().having("gate", late_from=16))
    turned = dict(reversed(first.items()))

    assert document.digest(first) == document.digest(turned) != document.digest(second)


# The catalogue, the words and the manual


def test_every_value_of_the_policy_has_its_line_and_its_words():
    assert sorted(keys.written_in()) == sorted(keys.BY_PATH) == sorted(words.KEYS)
    assert set(keys.SECTIONS) == set(words.SECTIONS)


@pytest.mark.parametrize("key", CATALOGUE, ids=lambda key: key.path)
def test_every_default_is_allowed(key):
    assert reading.value_of(key, key.default) == key.default


def rows_of_the_manual():
    """By path: the cells of its row. A heading above a table names its section."""
    found, section = {}, ""
    for line in MANUAL.split("\n## The keys\n")[1].splitlines():
        if line.startswith("### "):
            section = line.split("`")[1].strip("[]") if "`" in line else ""
        if line.startswith("| `"):
            name, *cells = [cell.strip() for cell in line.strip("|").split(" | ")]
            found[f"{section}.{name.strip('` ')}".strip(".")] = cells
    return found


def test_the_manual_names_every_key_with_its_default_and_what_it_may_be():
    rows = rows_of_the_manual()
    shown = {
        key.path: [
            f"`{document.literal(key, key.default)}`",
            words.allowed(key),
            str(words.UNITS[key.unit]) or "–",
            "yes" if key.by_segment else "no",
        ]
        for key in CATALOGUE
    }

    assert {path: cells[1:5] for path, cells in rows.items()} == shown


def test_the_example_of_the_manual_is_a_policy():
    example = MANUAL.split("```toml\n")[1].split("```")[0]

    found = reading.from_toml(example, segments=["Key accounts"])

    assert (found.problems, found.warnings) == ((), ())
    assert found.policy.for_segment("Key accounts").thresholds.bad == 240
