"""The linter of settlement clauses: what it finds, what it must leave alone, and how often it is right."""

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from contracts import clause_words, clauses, terms
from contracts.clause_grammar import LANGUAGES, Kind

LISTS = Path(__file__).parents[1] / "data" / "clauses"
LISTED = (
    "own.toml",
    "written_apart.toml",
    "written_apart_later.toml",
    "written_unseen.toml",
    "written_after.toml",
    "written_unread.toml",
    "written_by_a_lawyer.toml",
    "written_by_a_sales_director.toml",
    "written_by_a_teacher.toml",
    "written_by_practitioners.toml",
)


def listed(name):
    return tomllib.loads((LISTS / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", LISTED)
def test_bad_clauses_are_found_and_good_ones_left_alone(name, capsys):
    clauses_of = listed(name)

    missed = [bad for bad in clauses_of["bad"] if not clauses.lint(bad["text"], bad["language"]).is_blocked]
    blocked = [good for good in clauses_of["good"] if clauses.lint(good["text"], good["language"]).is_blocked]

    bad, good = len(clauses_of["bad"]), len(clauses_of["good"])
    with capsys.disabled():
        print(f"\n{name}: bad found {bad - len(missed)} of {bad}, good blocked {len(blocked)} of {good}")
    assert bad - len(missed) >= 0.95 * bad, [clause["text"] for clause in missed]
    assert blocked == []


def test_the_lists_are_long_enough_in_every_language():
    together = {kind: [clause for name in LISTED for clause in listed(name)[kind]] for kind in ("bad", "good")}

    for kind, clauses_of in together.items():
        assert len(clauses_of) >= 60, kind
        for language in LANGUAGES:
            assert sum(clause["language"] == language for clause in clauses_of) >= 20, (kind, language)


@pytest.mark.parametrize(
    ("language", "text", "words", "kind"),
    [
        ("en", "Payment after sale.", "after sale", Kind.SALE),
        ("en", "Net 30, provided our customers have paid.", "provided our customers", Kind.COLLECTION),
        ("en", "Payment when funds allow.", "when funds", Kind.FUNDS),
        ("en", "Payment  AFTER   October.", "AFTER   October", Kind.MONTH),
        ("en", "Payment is made about 60 days after delivery.", "about 60 days after delivery", Kind.ESTIMATE),
        ("en", "Payment against the next order.", "against the next order", Kind.REORDER),
        ("en", "Payment by bank transfer. ", "Payment by bank transfer", Kind.NO_DATE),
        ("es", "Se pagará después de vender la mercancía.", "después de vender", Kind.SALE),
        ("es", "Pago pasado octubre.", "pasado octubre", Kind.MONTH),
        ("zh", "货物售出后付款。", "售出", Kind.SALE),
        ("zh", "資金寬裕時付清餘款。", "資金寬裕", Kind.FUNDS),
        ("zh", "十 月 后 付 款。", "十 月 后", Kind.MONTH),
    ],
)
def test_the_marked_words_are_those_of_the_text_as_written(language, text, words, kind):
    finding = clauses.lint(text, language).findings[0]

    assert text[finding.start : finding.end] == finding.words
    assert finding.words.startswith(words)
    assert finding.kind == kind


@pytest.mark.parametrize(
    ("language", "text", "method", "parameters"),
    [
        ("en", "Payment after sale.", "consignment", {"max_days": 90}),
        ("en", "Payable after October.", "fixed", {"date": None}),
        ("en", "Payment when funds allow.", "net", {"days": 30, "from": "delivery"}),
        ("en", "Payment about six weeks after the invoice.", "net", {"days": 42, "from": "invoice"}),
        ("en", "Payment with the next order.", "two_deliveries", {"max_days": 30, "open_batches": 1}),
        ("es", "Pago aproximadamente a sesenta días.", "net", {"days": 60, "from": "invoice"}),
        ("zh", "售后付款", "consignment", {"max_days": 90}),
        ("zh", "约四十五天付款", "net", {"days": 45, "from": "invoice"}),
    ],
)
def test_a_computable_rule_is_proposed_and_takes_the_days_the_clause_names(language, text, method, parameters):
    proposal = clauses.lint(text, language).proposals[0]

    assert (proposal.method, proposal.terms) == (method, parameters)
    filled = {name: date(2027, 3, 31) if name == "date" else value for name, value in parameters.items()}
    assert terms.is_computable(method, filled)


@pytest.mark.parametrize(
    ("text", "is_blocked"),
    [
        ("Payment when the goods are sold.", True),
        ("Payment when the goods are sold, at the latest 60 days after delivery.", False),
        ("Payment when the goods are sold, at the latest 60 days after the sale.", True),
        ("At the latest 60 days after delivery, provided the goods are sold.", True),
        ("Payment 60 days after delivery, whether or not the goods are sold.", False),
        ("30 % in advance, the rest 30 days after delivery.", False),
        ("30 % in advance, the rest by bank transfer.", True),
        ("Payment 30 days after the count.", True),
        ("Stock is counted on the 25th of each month; payment 30 days after the count.", False),
        ("Payment 30 days after the parade.", True),
        ("Payment after sale, at the latest 60 days after delivery.", False),
        ("Payment after sale, usually at the latest 60 days after delivery.", True),
        ("Payment after sale, usually 60 days after delivery at the latest.", True),
        ("Normally paid after sale, at the latest 60 days after delivery.", False),
        ("Payment on receipt of the goods.", False),
        ("Payment as soon as possible on receipt of the goods.", True),
        ("On receipt of the goods the buyer pays as soon as possible.", True),
        ("Payment as soon as possible on receipt of the goods, at the latest 30 days after delivery.", False),
        ("Payment in advance; the goods stay here until the money is in our account.", False),
        ("Payment in advance; the goods stay here until the buyer has the money.", True),
        ("Payment 30 days after acceptance of the goods.", True),
        ("Payment 30 days after acceptance of the delivered goods.", True),
        ("Payment 30 days after acceptance of the order.", False),
        ("Payment 30 days after inspection, 2 % discount within 10 days.", True),
        ("The buyer inspects within 5 days of delivery; payment 30 days after acceptance.", False),
        ("Net 30 from invoice. If goods are resold before payment, the claims are assigned to the seller.", False),
        ("Net 30 from invoice. If goods are resold before payment, the claims are paid to the seller.", True),
        ("If the goods are resold the buyer pays within 10 days of the resale, and claims are assigned.", True),
        ("Net 30, in cash or by transfer as the buyer prefers.", False),
        ("Payment in cash or by transfer when the buyer prefers.", True),
        ("30 days from invoice; the buyer may pay earlier at its convenience.", False),
        ("The buyer pays at its convenience, not earlier than 30 days from invoice.", True),
        ("30 days from invoice. Prices include installation, carried out as soon as the site is ready.", False),
        ("Net 30 from invoice; bonuses are paid when the season's sales are known.", False),
        ("Payment on 31 March and 30 June 2027.", False),
        ("Payment on 31 March and 30 June.", True),
        ("Invoiced on 1 June, payment on 15 July and 15 September.", False),
        ("Paid when the season is over. The Buyer inspects within 5 days of receipt.", True),
        ("Paid when the season is over. Warranty: 24 months from delivery.", True),
        ("Paid when the season is over, to the account shown on the invoice.", True),
        ("Payment in cash against receipt.", True),
        ("A discount of 2 % for payment within 10 days of invoice.", True),
        ("A discount of 2 % for payment within 10 days of invoice, otherwise 45 days net.", False),
        ("The Buyer inspects within 10 days of arrival and pays once the goods are released by head office.", True),
        ("Net 30 from invoice. Title passes only when the price has been paid.", False),
        ("Net 30 from invoice. Any extension of this term must be agreed in writing.", False),
        ("Cash on delivery; the driver does not unload until the money has been paid.", False),
        ("60 days from invoice or on sale, whichever is earlier.", False),
        ("60 days from invoice or on sale, whichever is later.", True),
        ("Monthly instalments of 500 euros from 1 May 2027.", False),
        ("Payment from 1 May 2027.", True),
        ("30 % on signature. The balance is paid by transfer.", True),
        ("Payment 30 days after delivery to the end customer.", True),
        ("", False),
    ],
)
def test_a_clause_is_judged_by_what_its_date_hangs_on(text, is_blocked):
    assert clauses.lint(text, "en").is_blocked is is_blocked


def test_a_language_nobody_taught_is_refused_and_a_variant_is_understood():
    assert clauses.lint("售后付款", "zh-hans").is_blocked

    with pytest.raises(ValueError, match="en, es, zh"):
        clauses.lint("Zahlung nach Verkauf", "de")


TRICKY = (
    *(" ", ",", ".", "(", "30 %", "30 days", "after", "sale", "invoice", "the rest", "售后", "款", "30天", "10月"),
    *("İ", "ß", "ﬁ", "\u0301", "\u200b", "…", "—", "½", "\n", "２０２６年"),
)


@given(st.one_of(st.text(), st.lists(st.sampled_from(TRICKY)).map("".join)), st.sampled_from(LANGUAGES))
def test_any_text_is_judged_and_its_marks_lie_inside_it_one_after_another(text, language):
    found = clauses.lint(text, language)

    end = 0
    for finding in found.findings:
        assert end <= finding.start < finding.end <= len(text)
        assert finding.words == text[finding.start : finding.end]
        end = finding.end
    assert bool(found.findings) == bool(found.proposals)


def test_every_kind_has_its_reason_and_every_rule_its_sentence():
    with translation.override("en"):
        reasons = {clause_words.reason(kind) for kind in Kind}
        sale = clauses.lint("Payment after sale, about 1 day after delivery.", "en").proposals

        assert len(reasons) == len(Kind)
        assert [clause_words.proposed(proposal) for proposal in sale] == [
            "Goods are due when they are counted as sold; the rest comes back or is bought after 90 days.",
            "1 day after the invoice.",
        ]


def test_the_command_says_what_blocks_and_exits_with_one(capsys):
    with pytest.raises(SystemExit) as stopped:
        call_command("lint_clause", "Payment after sale.", "--language", "en", "--json")

    assert stopped.value.code == 1
    document = json.loads(capsys.readouterr().out)
    assert document["blocked"] is True
    assert document["findings"] == [{"start": 8, "end": 18, "words": "after sale", "kind": "sale"}]
    assert document["proposals"][0]["method"] == "consignment"
    assert document["proposals"][0]["terms"] == {"max_days": 90}


def test_the_command_is_content_with_a_good_clause(capsys):
    call_command("lint_clause", "Net 30 from invoice.", "--language", "en", "--json")

    assert json.loads(capsys.readouterr().out) == {"blocked": False, "findings": [], "proposals": []}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Cash against goods at the door."),
        ("en", "Payment against the goods."),
        ("es", "Efectivo contra mercancía en la puerta."),
    ],
)
def test_money_against_goods_is_a_day(language, text):
    assert not clauses.lint(text, language).is_blocked


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Payment follows; claims against goods are excluded."),
        ("en", "Payment against goods once resold."),
        ("en", "Cash against goods sold by the buyer."),
        ("es", "Pago contra mercancía vendida."),
    ],
)
def test_money_against_goods_that_are_sold_is_no_day(language, text):
    assert clauses.lint(text, language).is_blocked


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "The goods are ours until sold.", ""),  # whose they are, and no day
        ("en", "The Dealer insures the goods against fire.", ""),
        ("en", "Both sides count every 30 days; what is sold is paid for then, the rest comes back after 90 days.", ""),
        ("en", "Goods are deemed sold after more than 90 days.", ""),
        ("en", "Goods are deemed sold when the season is over.", '"when the season"'),
        ("en", "The goods are counted from time to time.", '"from time to time"'),
        ("en", "Unsold goods come back when the season is over.", '"when the season"'),
        ("en", "The Dealer pays after he has sold them.", '"after he has sold"'),
        ("es", "El género es nuestro hasta que se venda.", ""),
        ("es", "Se cuenta de vez en cuando.", '"de vez en cuando"'),
        ("zh", "寄售货物在售出前归我方所有。", ""),
        ("zh", "存放超过90天的货物视为售出。", ""),
        ("zh", "货物不定期盘点。", '"不定期"'),
        ("de", "Die Ware wird gelegentlich gezählt.", ""),  # nobody reads it here
    ],
)
def test_beside_the_settlement_clause_another_one_is_judged_where_it_counts_pays_or_ends(language, text, words):
    assert clauses.elastic_words(text, language, is_beside=True) == words
