"""What the letter of a rung may not say: no step that is not decided, no invented urgency, nobody shamed. Pure.

Looked for in the words that a person types into a letter, and by the tests in our own sentences of every language.
"""

import re

from collections_app.gate.ladder_rules import Rung

NEVER = (
    "urgent", "urgently", "immediately", "at once", "last chance", "shame", "blacklist", "police", "neighbour",
    "urgente", "inmediatamente", "de inmediato", "última oportunidad", "moroso", "morosos", "policía", "vecino",
    "紧急", "立即", "立刻", "马上", "最后机会", "老赖", "黑名单", "报警", "邻居",
)  # fmt: skip
# What is said from a rung on, and on none before it.
NOT_BEFORE: dict[Rung, tuple[str, ...]] = {
    Rung.NO_SUPPLY: (
        "no supply", "stop supplying", "stop all deliveries", "no delivery on credit", "nothing on credit",
        "dejaremos de suministrar", "sin suministro", "停止供货", "断货", "停止发货",
    ),
    Rung.RETURN_OF_GOODS: (
        "return the goods", "return of goods", "give back the goods", "take back the goods", "repossess",
        "devolver la mercancía", "devolución de la mercancía", "retirar la mercancía", "退货", "退还货物", "取回货物",
    ),
    Rung.COURT_FILE: (
        "court", "lawyer", "lawsuit", "legal action", "legal steps", "sue", "formal notice",
        "juzgado", "tribunal", "abogado", "acciones legales", "vía judicial", "demanda", "requerimiento formal",
        "法院", "律师", "起诉", "诉讼", "法律行动", "正式通知",
    ),
}  # fmt: skip


def too_much(text: str, rung: int) -> list[str]:
    """The words of a text that the letter of a rung may not say, in the order of the lists."""
    early = [word for first, words in NOT_BEFORE.items() if rung < first for word in words]
    return [word for word in (*NEVER, *early) if _says(text.lower(), word)]


def _says(text: str, word: str) -> bool:
    """Whole words; Chinese has no spaces between them."""
    if "\u4e00" <= word[0] <= "\u9fff":
        return word in text
    return re.search(rf"\b{re.escape(word)}\b", text) is not None
