"""What a profile of contracts, price lines or shipments may say, and what it has to."""

from dataclasses import dataclass

# Keys of a profile that say how a file is written, whatever it holds.
SHAPE = frozenset(
    {"title", "kind", "columns", "constants", "defaults", "file", "dates", "amounts", "customer_number", "currencies"}
)
EXECUTIONS = ("signature", "contract seal", "unit seal", "personal seal", "e-signature", "none")
TITLES = ("none", "simple", "all moneys", "extended")
STATES = ("draft", "active", "ended")
COUNTERS = ("us", "customer", "together")
CONSIGNED_TITLES = ("until sold", "until paid")
# Tables of a profile that turn words of the file into ours.
WORDS = {
    "executions": EXECUTIONS,
    "titles": TITLES,
    "states": STATES,
    "counters": COUNTERS,
    "consigned_titles": CONSIGNED_TITLES,
}
Needed = tuple[tuple[tuple[str, ...], str], ...]  # one of these fields, and what the column of the first one holds


@dataclass(frozen=True, slots=True)
class Kind:
    fields: tuple[str, ...]
    needed: Needed
    keys: frozenset[str] = frozenset()  # of the profile, beside those of the shape

    @property
    def all_keys(self) -> set[str]:
        return {*SHAPE, *self.keys}


CONTRACTS = Kind(
    fields=(
        "customer_number", "customer_name", "number", "state", "language", "currency", "starts_on", "ends_before",
        "ends_on", "terms", "method", "parameters", "settlement_clause", "settlement_text", "execution", "signed_on",
        "signed_by", "has_authority", "terms_accepted_on", "terms_accepted_by", "title", "title_agreed_on",
        "title_registered_on", "interest_clause", "rest_callable", "benefits_while_current",
        "consignment_clause", "consignment_text", "count_every", "counter", "consigned_title",
    ),
    needed=(
        (("number",), "the contract's number"),
        (("customer_number", "customer_name"), "the customer's number or name"),
        (("starts_on",), "the first day of the contract"),
        (("terms", "method"), "a terms code, or method for the settlement method itself"),
        (("currency",), "the currency"),
    ),
    keys=frozenset({"terms", "yes_no", *WORDS}),
)  # fmt: skip
PRICE_LINES = Kind(
    fields=(
        "customer_number", "customer_name", "contract", "product", "product_name", "unit", "unit_price", "currency",
        "credit_days", "starts_on", "ends_before", "ends_on",
    ),
    needed=(
        (("contract",), "the contract's number"),
        (("product",), "the product's code"),
        (("unit_price",), "the price of one unit"),
        (("currency",), "the currency"),
    ),
)  # fmt: skip
SHIPMENTS = Kind(
    fields=(
        "number", "customer_number", "customer_name", "contract", "batch", "asked_on", "delivered_on", "currency",
        "position", "product", "quantity", "unit_price", "amount", "signed_by", "signed_on", "invoice_number",
    ),
    needed=(
        (("number",), "the shipment's number"),
        (("customer_number", "customer_name"), "the customer's number or name"),
        (("asked_on", "delivered_on"), "the day on which the goods were asked for, or delivered_on"),
        (("product",), "the product's code"),
        (("quantity",), "the quantity"),
        (("unit_price", "amount"), "the price of one unit, or amount for the amount of the line"),
    ),
)  # fmt: skip
KINDS = {"contracts": CONTRACTS, "price-lines": PRICE_LINES, "shipments": SHIPMENTS}
