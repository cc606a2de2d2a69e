"""The EPC code of a payment box, where the law of the payment allows one: else nothing, and no gap."""

from decimal import Decimal

import segno
from segno import helpers

# Countries whose banks take part in SEPA credit transfers, by the letters that start their IBANs.
SEPA = frozenset(
    {"AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI", "GR", "HR", "HU"}
    | {"IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE"}
    | {"SI", "SK", "SM", "VA"}
)
LOWEST, HIGHEST = Decimal("0.01"), Decimal("999999999.99")
HIGHEST_VERSION = 13
QUIET_ZONE = 4


def is_iban(account: str) -> bool:
    """Country, length and check digits (ISO 13616). Spaces do not count."""
    text = "".join(account.split()).upper()
    if not (15 <= len(text) <= 34 and text.isalnum() and text.isascii() and text[:2].isalpha() and text[2:4].isdigit()):
        return False
    digits = "".join(str(int(character, 36)) for character in text[4:] + text[:4])
    return int(digits) % 97 == 1


def grouped(account: str) -> str:
    """An IBAN in groups of four; any other account as it is kept."""
    text = "".join(account.split())
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4)) if is_iban(text) else account


def epc_code(*, name: str, iban: str, bic: str, amount: Decimal, currency: str, reference: str) -> segno.QRCode | None:
    """A credit transfer with an unstructured reference: version 002, UTF-8, level M, at most version 13.

    None where the currency is not EUR, the account no IBAN of a SEPA country, or the amount beyond the standard.
    """
    account = "".join(iban.split()).upper()
    if currency != "EUR" or not is_iban(account) or account[:2] not in SEPA or not LOWEST <= amount <= HIGHEST:
        return None
    try:
        code = helpers.make_epc_qr(
            name=name[:70], iban=account, amount=amount, text=reference[:140], bic=bic or None, encoding="utf-8"
        )
    except (ValueError, segno.DataOverflowError):
        return None
    return code if int(code.version) <= HIGHEST_VERSION else None


def picture(code: segno.QRCode) -> dict[str, str | int]:
    """The code as one SVG line: `d` strokes the dark modules, `size` is the square with its quiet zone, in modules."""
    strokes = []
    for row, modules in enumerate(code.matrix):
        start = None
        for column, dark in enumerate([*modules, 0]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                strokes.append(f"M{start + QUIET_ZONE} {row + QUIET_ZONE}.5h{column - start}")
                start = None
    return {"d": "".join(strokes), "size": int(code.symbol_size(border=QUIET_ZONE)[0])}
