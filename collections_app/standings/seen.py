"""What a person may see, as a condition of a statement."""

from customers.models import Customer
from staff.models import User


def seen_by(user: User | None, column: str) -> str:
    """A WHERE on the column that holds a customer's key; empty where everything is seen."""
    if user is None or user.sees_everything:
        return ""
    keys = sorted(Customer.objects.visible_to(user).values_list("pk", flat=True))
    return f"WHERE {column} IN ({', '.join(map(str, keys)) or 'NULL'})"
