"""Who works at the sample company, and with which documented password they sign in."""

from dataclasses import dataclass

# Published on purpose: it opens the sample company and nothing else. `seed_demo` refuses a database with customers.
PASSWORD = "clear-water-cork"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    first_name: str
    last_name: str
    role: str
    language: str = "en"
    phone: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


MANAGER = Person("maria", "Maria", "Keane", "manager", phone="+353 21 555 0110")
FINANCE = Person("niamh", "Niamh", "Byrne", "finance", phone="+353 21 555 0142")
AUDITOR = Person("audrey", "Audrey", "Walsh", "auditor", phone="+353 21 555 0160")
ADMIN = Person("admin", "Daniel", "Moran", "admin", phone="+353 21 555 0100")
OFFICE = (MANAGER, FINANCE, AUDITOR, ADMIN)

# In the order of `places.REGIONS`: the first three bill in three currencies.
REPS = (
    Person("carmen", "Carmen", "Ruiz", "rep", phone="+34 600 555 019"),
    Person("grace", "Grace", "Whitfield", "rep", phone="+44 7700 900 118"),
    Person("wen", "Wen", "Li", "rep", phone="+86 21 0555 0171"),
    Person("tom", "Tom", "Lynch", "rep", phone="+353 21 555 0127"),
    Person("ana", "Ana", "Coelho", "rep", phone="+351 22 555 0133"),
    Person("iker", "Iker", "Sanz", "rep", phone="+34 600 555 041"),
    Person("aoife", "Aoife", "Daly", "rep", phone="+353 21 555 0131"),
    Person("rui", "Rui", "Tavares", "rep", phone="+351 22 555 0146"),
    Person("elena", "Elena", "Prieto", "rep", phone="+34 600 555 063"),
    Person("owen", "Owen", "Sharma", "rep", phone="+44 7700 900 127"),
    Person("mei", "Mei", "Chen", "rep", phone="+86 20 0555 0184"),
)
FORMER_REP = Person("joan", "Joan", "Ferrer", "rep")  # left the company: owns customers in the past only

_FIRST = ("Alex", "Sam", "Robin", "Kim", "Chris", "Jo", "Lee", "Noa", "Sasha", "Max")
_LAST = ("Hayes", "Vidal", "Moura", "Doyle", "Pryce", "Lago", "Serra", "Quinn", "Nash", "Ibarra", "Costa")


def reps(count: int) -> list[Person]:
    """The named reps first; a larger company gets more people of the same kind."""
    more = [
        Person(
            f"rep{number:02d}",
            _FIRST[number % len(_FIRST)],
            _LAST[number % len(_LAST)],
            "rep",
            phone=f"+353 21 555 {number % 10_000:04d}",
        )
        for number in range(len(REPS) + 1, count + 1)
    ]
    return [*REPS, *more][:count]
