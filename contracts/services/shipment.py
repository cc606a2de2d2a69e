"""A shipment's way: planned, split, delivered with proof, taken back, cancelled. The gate alone releases it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock, money, numbers
from common.models import Document
from common.money import ZERO
from common.refusals import Refused
from common.templatetags import ui
from contracts.models import Contract, CountLine, Product, Proof, Shipment, ShipmentLine
from contracts.services import checks, prices
from customers import services as customers
from customers.models import Customer, Site

SERIES = "shipment"
QUANTITY_PLACES = 3
LONGEST_NUMBER = 40
Wanted = tuple[Product | str, Decimal, Decimal]  # product or its code, quantity, unit price


class NotAnOrder(Refused):
    """Of something unknown, of nothing, in another currency, or under a contract that does not cover it."""


class NotASplit(Refused):
    """Quantities that are not in the shipment, or that leave nothing on one side."""


# Asking for goods


@transaction.atomic
def plan_shipment(
    *,
    customer: Customer,
    contract: Contract | None,
    lines: Sequence[Wanted],
    asked_on: date,
    currency: str,
    by: Actor,
    number: str = "",
    site: Site | None = None,
    without_questions: bool = False,
) -> Shipment:
    """Goods are asked for: they wait for the gate. Without a number given they take the next of the year."""
    checks.check_currency(currency)
    checks.check_is_near(asked_on)
    rows = _lines(lines, currency)
    customers.lock([customer.pk])
    if contract is not None:
        contract = Contract.objects.get(pk=contract.pk)
        _check_contract(contract, customer, currency, asked_on)
    if site is not None and site.customer_id != customer.pk:
        raise NotAnOrder(
            _("That delivery site is another customer's. Choose one that %(name)s has.") % {"name": customer.name}
        )
    shipment = Shipment.objects.create(
        customer=customer,
        contract=contract,
        site=site,
        batch=_next_batch(contract),
        number=_number(number, asked_on),
        asked_on=asked_on,
        currency=currency,
        amount=sum((row.amount for row in rows), ZERO),
        without_questions=without_questions,
    )
    for row in rows:
        row.shipment = shipment
    ShipmentLine.objects.bulk_create(rows)
    audit.record(
        verb="contracts.shipment_planned",
        subject=shipment,
        by=by,
        after={"number": shipment.number, "amount": shipment.amount, "currency": currency, "asked_on": asked_on},
    )
    return shipment


def _lines(lines: Sequence[Wanted], currency: str) -> list[ShipmentLine]:
    if not lines:
        raise NotAnOrder(_("A shipment has at least one product. Add a line."))
    codes = [product for product, _quantity, _price in lines if isinstance(product, str)]
    known = Product.objects.in_bulk(codes, field_name="code") if codes else {}
    return [
        _line(known.get(product) if isinstance(product, str) else product, str(product), quantity, price, currency)
        for product, quantity, price in lines
    ]


def _line(product: Product | None, said: str, quantity: Decimal, price: Decimal, currency: str) -> ShipmentLine:
    if product is None or product.pk is None:
        raise NotAnOrder(
            _('There is no product "%(code)s". Correct the code, or agree on its price first.') % {"code": said}
        )
    if quantity.is_finite() and quantity >= money.LIMIT:
        raise NotAnOrder(_("%(product)s: the quantity is beyond a million million.") % {"product": product})
    if not checks.fits(quantity, QUANTITY_PLACES) or quantity <= ZERO:
        raise NotAnOrder(
            _("%(product)s: a quantity is above zero, with at most three decimals; %(quantity)s is not.")
            % {"product": product, "quantity": quantity}
        )
    if not checks.fits(price, prices.PLACES) or price < ZERO:
        raise NotAnOrder(
            _("%(product)s: a price is zero or more, with at most six decimals; %(price)s is not.")
            % {"product": product, "price": price}
        )
    amount = money.rounded(quantity * price, currency)
    if amount >= money.LIMIT:
        raise NotAnOrder(_("%(product)s: the amount is beyond a million million.") % {"product": product})
    return ShipmentLine(product=product, quantity=quantity, unit_price=price, amount=amount)


def _check_contract(contract: Contract, customer: Customer, currency: str, asked_on: date) -> None:
    facts = {
        "number": contract.number,
        "customer": customer.name,
        "currency": contract.currency,
        "other": currency,
        "day": ui.day(asked_on),
        "first": ui.day(contract.starts_on),
        "end": ui.day(contract.ends_before),
    }
    if contract.customer_id != customer.pk:
        raise NotAnOrder(_("Contract %(number)s is not one of %(customer)s. Choose a contract of theirs.") % facts)
    if asked_on < contract.starts_on:
        raise NotAnOrder(
            _("Contract %(number)s starts on %(first)s: nothing can be asked for under it on %(day)s.") % facts
        )
    if contract.ends_before is not None and asked_on >= contract.ends_before:
        raise NotAnOrder(
            _("Contract %(number)s holds until before %(end)s: nothing can be asked for under it on %(day)s.") % facts
        )
    if contract.state != Contract.State.ACTIVE:
        raise NotAnOrder(_("Contract %(number)s is not active: nothing can be asked for under it.") % facts)
    if currency != contract.currency:
        raise NotAnOrder(
            _("Contract %(number)s is in %(currency)s, the shipment in %(other)s. Use one currency.") % facts
        )


def _next_batch(contract: Contract | None) -> int | None:
    """Under the customer's lock, so that no two batches count the same."""
    if contract is None:
        return None
    last = Shipment.objects.filter(contract=contract).aggregate(last=Max("batch"))["last"]
    return (last or 0) + 1


def _number(number: str, asked_on: date) -> str:
    number = number.strip()
    if not number:
        return _next_number(asked_on.year)
    if len(number) > LONGEST_NUMBER:
        raise NotAnOrder(_("A shipment has a number of at most 40 characters."))
    if Shipment.objects.filter(number=number).exists():
        raise NotAnOrder(_("Shipment %(number)s is here already. Choose another number.") % {"number": number})
    return number


def _next_number(year: int) -> str:
    """One that somebody gave by hand before is passed over."""
    while True:
        [position] = numbers.take(SERIES, year=year)
        number = f"SH-{year}-{position:05d}"
        if not Shipment.objects.filter(number=number).exists():
            return number


# Before it leaves


@transaction.atomic
def split(*, shipment: Shipment, keep: Mapping[int, Decimal], by: Actor) -> Shipment:
    """Keep these quantities (by key of the line) in the shipment; the rest waits as a batch of its own."""
    row = _locked(shipment)
    if row.state not in Shipment.WAITS:
        raise checks.NotInState(
            _("Shipment %(number)s does not wait any more. Only waiting goods are split.") % {"number": row.number}
        )
    lines = list(row.lines.select_related("product").order_by("pk"))
    if keep.keys() - {line.pk for line in lines}:
        raise NotASplit(_("A line is not of shipment %(number)s. Open the page again.") % {"number": row.number})
    kept = {line.pk: keep.get(line.pk, ZERO) for line in lines}
    for line in lines:
        if not checks.fits(kept[line.pk], QUANTITY_PLACES) or not ZERO <= kept[line.pk] <= line.quantity:
            raise NotASplit(
                _("%(product)s: from zero to %(quantity)s can stay, with at most three decimals; %(kept)s cannot.")
                % {"product": line.product, "quantity": ui.number(line.quantity), "kept": kept[line.pk]}
            )
    if not any(kept.values()) or all(kept[line.pk] == line.quantity for line in lines):
        raise NotASplit(_("A split leaves something on both sides. Choose other quantities."))
    rest = Shipment(
        customer_id=row.customer_id,
        contract=row.contract,
        site_id=row.site_id,
        batch=_next_batch(row.contract),
        number=_next_number(row.asked_on.year),
        asked_on=row.asked_on,
        currency=row.currency,
        amount=ZERO,
        without_questions=row.without_questions,
        split_from=row,
    )
    _divide(row, rest, lines, kept)
    audit.record(
        verb="contracts.shipment_split",
        subject=row,
        by=by,
        before={"amount": row.amount + rest.amount},
        after={"amount": row.amount, "rest": rest.number, "rest_amount": rest.amount},
    )
    return rest


def _divide(row: Shipment, rest: Shipment, lines: Sequence[ShipmentLine], kept: Mapping[int, Decimal]) -> None:
    """Both sides of each line add up to it, to the cent."""
    moved, split_off = [], []
    for line in lines:
        quantity = kept[line.pk]
        if quantity == ZERO:
            moved.append(line)
        elif quantity < line.quantity:
            stays = min(money.rounded(quantity * line.unit_price, row.currency), line.amount)
            split_off.append(
                ShipmentLine(
                    product=line.product,
                    quantity=line.quantity - quantity,
                    unit_price=line.unit_price,
                    amount=line.amount - stays,
                )
            )
            line.quantity, line.amount = quantity, stays
            line.save(update_fields=["quantity", "amount"])
    rest.amount = sum((line.amount for line in [*moved, *split_off]), ZERO)
    rest.save(force_insert=True)
    for line in split_off:
        line.shipment = rest
    ShipmentLine.objects.bulk_create(split_off)
    ShipmentLine.objects.filter(pk__in=[line.pk for line in moved]).update(shipment=rest)
    row.amount -= rest.amount
    row.save(update_fields=["amount"])


@transaction.atomic
def cancel(*, shipment: Shipment, on: date, by: Actor) -> Shipment:
    """Nobody wants it any more. What has left is taken back instead."""
    row = _locked(shipment)
    if not Shipment.objects.filter(pk=row.pk, state__in=Shipment.WAITS).update(state=Shipment.State.CANCELLED):
        raise checks.NotInState(
            _("Shipment %(number)s does not wait any more. Only waiting goods are cancelled.") % {"number": row.number}
        )
    before, row.state = row.state, Shipment.State.CANCELLED
    customers.mark([row.customer_id], because="goods", on=on)
    audit.record(verb="contracts.shipment_cancelled", subject=row, by=by, before={"state": before})
    return row


# After it has left


@transaction.atomic
def deliver(*, shipment: Shipment, on: date, signed_by: str, by: Actor, document: Document | None = None) -> Shipment:
    """The customer has the goods: who took them, when, and the signed paper where there is one."""
    signed_by = checks.check_name(signed_by, _("Say who signed for the goods."))
    checks.check_has_come(on)
    row = _locked(shipment)
    if on < row.asked_on:
        raise checks.TooEarly(
            _("Shipment %(number)s was asked for on %(first)s and cannot be delivered on %(day)s, before that.")
            % {"number": row.number, "first": ui.day(row.asked_on), "day": ui.day(on)}
        )
    released = Shipment.objects.filter(pk=row.pk, state=Shipment.State.RELEASED)
    if not released.update(state=Shipment.State.DELIVERED, delivered_on=on):
        raise checks.NotInState(_not_on_its_way(row))
    row.state, row.delivered_on = Shipment.State.DELIVERED, on
    Proof.objects.create(
        shipment=row,
        signed_by=signed_by,
        signed_on=on,
        document=document,
        entered_at=clock.now(),
        entered_by=by.get_username(),
    )
    customers.mark([row.customer_id], because="goods", on=on)
    after = {"on": on, "signed_by": signed_by, "sha256": document.sha256 if document else None}
    audit.record(verb="contracts.shipment_delivered", subject=row, by=by, after=after)
    return row


def _not_on_its_way(row: Shipment) -> str:
    if row.delivered_on is not None:
        return _("Shipment %(number)s was delivered on %(day)s. Nothing was changed.") % {
            "number": row.number,
            "day": ui.day(row.delivered_on),
        }
    return _("Shipment %(number)s is not released. Only released goods are delivered.") % {"number": row.number}


@transaction.atomic
def take_back_goods(*, shipment: Shipment, on: date, by: Actor) -> Shipment:
    """The goods are here again: after their delivery, or refused at the door on this day."""
    checks.check_has_come(on)
    row = _locked(shipment)
    if row.delivered_on is not None and on < row.delivered_on:
        raise checks.TooEarly(
            _("Shipment %(number)s was delivered on %(first)s and cannot come back on %(day)s, before that.")
            % {"number": row.number, "first": ui.day(row.delivered_on), "day": ui.day(on)}
        )
    if on < row.asked_on:
        raise checks.TooEarly(
            _("Shipment %(number)s was asked for on %(first)s and cannot come back on %(day)s, before that.")
            % {"number": row.number, "first": ui.day(row.asked_on), "day": ui.day(on)}
        )
    if CountLine.objects.filter(count__shipment=row, sold__gt=0).exists():
        raise checks.NotInState(
            _("Part of shipment %(number)s is sold. Record a count that says what came back.") % {"number": row.number}
        )
    gone = Shipment.objects.filter(pk=row.pk, state__in=(Shipment.State.RELEASED, Shipment.State.DELIVERED))
    delivered_on = row.delivered_on or on
    if not gone.update(state=Shipment.State.RETURNED, delivered_on=delivered_on, returned_on=on):
        raise checks.NotInState(
            _("Shipment %(number)s is not with the customer. Only goods that have left come back.")
            % {"number": row.number}
        )
    before = {"state": row.state}
    row.state, row.delivered_on, row.returned_on = Shipment.State.RETURNED, delivered_on, on
    customers.mark([row.customer_id], because="goods", on=on)
    audit.record(verb="contracts.goods_taken_back", subject=row, by=by, before=before, after={"on": on})
    return row


def _locked(shipment: Shipment) -> Shipment:
    customers.lock([shipment.customer_id])
    return Shipment.objects.select_related("contract").get(pk=shipment.pk)
