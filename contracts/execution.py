"""What binds the parties: whether a contract is executed as its place requires, and whether retained title holds."""

from datetime import date

SEALED = frozenset({"CN"})

# Where retained title is good against others only once it stands in a public register.
REGISTERED = {
    "CH": "ZGB Art. 715: register of the debt enforcement office at the buyer's domicile",
    "CN": "民法典第六百四十一条第二款; 国发〔2020〕18号: 动产融资统一登记公示系统",
}


def is_executed(execution: str, *, has_authority: bool, place: str) -> bool:
    """China: the unit's contract seal or unit seal; elsewhere an authorised signature or an e-signature.

    A personal seal alone, or a signature that nobody authorised, executes nothing anywhere.
    """
    if place in SEALED:
        return execution in ("contract seal", "unit seal")
    return execution == "e-signature" or (execution == "signature" and has_authority)


def title_holds(
    title: str, agreed_on: date | None, delivered_on: date | None, registered_on: date | None, place: str
) -> tuple[bool, str]:
    """Are the goods still ours until they are paid, and if not, why: a code.

    Agreed on the day of delivery is in time; what is not delivered yet is ours anyway.
    """
    if title == "none":
        return False, "not agreed"
    if agreed_on is None or (delivered_on is not None and agreed_on > delivered_on):
        return False, "agreed after delivery"
    if place in REGISTERED and registered_on is None:
        return False, "not registered"
    return True, ""
