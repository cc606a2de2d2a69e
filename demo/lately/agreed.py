"""What was agreed lately: papers on file, drafts whose wording leaves the day open, who has no contract at all."""

from datetime import date

from django.db import transaction

from collections_app.gate import uncontracted
from common.refusals import Refused
from contracts import services as contracts
from contracts.models import Contract, Method
from customers.models import Customer
from demo import papers
from demo.lately.shelf import Shelf

ON_FILE = 4  # contracts of each method whose signed paper is filed
ELASTIC = {
    "en": "Payment is due after the goods have been sold.",
    "es": "El pago se efectuará después de vender la mercancía.",
    "zh-hans": "甲方在货物售后付款。",
}


@transaction.atomic
def file_papers(shelf: Shelf) -> None:
    """The signed contract is on file: of every method a few, the others are still in the cabinet."""
    signed = Contract.objects.filter(state=Contract.State.ACTIVE, document=None).exclude(execution="none")
    for method in Method.values:
        for contract in signed.filter(method=method).order_by("number", "pk")[:ON_FILE]:
            [paper] = papers.store([papers.contract(contract.number, str(contract.signed_on))])
            contracts.attach(contract=contract, document=paper, by=shelf.finance)


def draft_anew(shelf: Shelf) -> None:
    """The contract of next year, as the customer would word it: it stays a draft, because no day follows from it."""
    for language, clause in ELASTIC.items():
        holders = Customer.objects.filter(contracts__state=Contract.State.ACTIVE, language=language)
        customer = holders.order_by("code").first()
        if customer is None:
            continue
        year = shelf.as_of.year + 1
        draft = contracts.draft(
            contract=Contract(
                customer=customer, number=f"SC-{year}-{customer.code}", language=language, starts_on=date(year, 1, 1),
                currency=customer.contracts.order_by("pk")[0].currency, method=Method.NET, parameters={"days": 60},
                settlement_clause="5.1", settlement_text=clause,
            ),
            by=shelf.manager,
        )  # fmt: skip
        try:
            contracts.activate(contract=draft, on=shelf.as_of, by=shelf.manager)
        except Refused:  # the words are marked on its page, with a rule that could stand there
            continue


def name_the_day(shelf: Shelf) -> None:
    """Whoever was taken over without a contract gets a day by which there must be one."""
    uncontracted.mark_without_contract(as_of=shelf.as_of, by=shelf.manager)


DEEDS = (file_papers, draft_anew, name_the_day)
