"""On what ground goods are kept: a clause of the contract, or a right that the law of the place gives. Pure.

Every row names its act. They are the seller's rights to withhold delivery while the other side does not perform or
visibly cannot; read in the acts' published texts, and no legal advice.
"""

from dataclasses import dataclass

from collections_app.gate.rules import Cause

RETENTION = {
    "CN": "Civil Code of the PRC, Art. 525-527",
    "DE": "§§ 320, 321 BGB",
    "AT": "§ 1052 ABGB",
    "CH": "Art. 82, 83 OR",
    "ES": "arts. 1124, 1466, 1467 CC",
    "FR": "art. 1219, 1220, 1612 Code civil",
    "IT": "artt. 1460, 1461 c.c.",
    "PT": "arts. 428, 429 CC",
    "NL": "art. 6:262, 6:263 BW",
    "IE": "Sale of Goods Act 1893, ss. 39-43",
    "GB": "Sale of Goods Act 1979, ss. 39-43",
    "US": "UCC §§ 2-609, 2-702, 2-703",
}
CONVENTION = "CISG Art. 71"  # where no row stands: the convention on the international sale of goods


@dataclass(frozen=True, slots=True)
class Ground:
    """`kind` says how: clause, method, law, limit, execution, insurer, said, price; `text` is what it names."""

    kind: str
    text: str


def ground_of(cause: Cause, *, contract: str, clause: str, country: str, ladder_clause: str = "") -> Ground:
    """What allows us to keep the goods for this cause."""
    match cause:
        case Cause.SETTLEMENT:
            return Ground("clause", f"{clause}, {contract}") if clause else Ground("method", contract)
        case Cause.LATE | Cause.WARNING:
            return Ground("law", RETENTION.get(country, CONVENTION))
        case Cause.LADDER:
            return Ground("said", ladder_clause)
        case Cause.PRICE:
            return Ground("price", contract or "-")
        case Cause.EXECUTION:
            return Ground("execution", contract or "-")
        case Cause.INSURER:
            return Ground("insurer", contract or "-")
    return Ground("limit", contract or "-")
