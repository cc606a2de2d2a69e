"""Pages of contracts as text, and their forms as somebody sends them: what several tests of them share."""

import re
from html import unescape

from contracts import services as contracts
from contracts.models import Contract
from tests import factories as make

TODAY = make.TODAY
PDF = b"%PDF-1.7\nsigned and sealed"


def text_of(answer):
    page = answer.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") :])).split())


def page_of(client, contract):
    return text_of(client.get(f"/contracts/{contract.pk}/"))


def drafted(customer, **values):
    made = Contract(
        **{
            "customer": customer, "number": "C-1", "starts_on": TODAY, "currency": "EUR", "method": "net",
            "parameters": {"days": 30},
        }
        | values
    )  # fmt: skip
    return contracts.draft(contract=made, by=make.BY)


def sent(client, url, data):
    """The form as its page gives it, with these words: the answer, after its redirect."""
    page = client.get(url).content.decode()
    key = re.findall(r'name="key" value="([^"]+)"', page)[-1]
    return client.post(url, {"key": key} | data, follow=True)


def keyed(key, **data):
    return {"key": f"key {key}"} | data
