"""Invented names of shops, people and streets, and telephone numbers out of ranges that nobody has."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Words:
    """What names of a country are made of. Kinds of shop stand with their channel."""

    kinds: tuple[tuple[str, str], ...]
    marks: tuple[str, ...]
    forms: tuple[str, ...]
    first_names: tuple[tuple[str, str], ...]  # with the form of address
    last_names: tuple[str, ...]
    streets: tuple[str, ...]
    phone: str  # n a digit
    shape: str = "{kind} {mark}{form}"
    person: str = "{first} {last}"
    street: str = "{street} {number}"


SPAIN = Words(
    kinds=(
        ("Bar", "bar"), ("Cafetería", "bar"), ("Restaurante", "restaurant"), ("Supermercados", "supermarket"),
        ("Autoservicio", "shop"), ("Ultramarinos", "shop"), ("Kiosko", "kiosk"), ("Hotel", "hotel"),
        ("Bebidas", "dealer"), ("Distribuciones", "dealer"), ("Bodega", "shop"), ("Hostal", "hotel"),
    ),
    marks=(
        "Almendro", "La Lonja", "El Faro", "Turia", "Montesol", "Las Palmeras", "Río Claro", "El Olivo", "Santa Ana",
        "La Marea", "Tres Torres", "El Mirador", "Naranjal", "Los Arcos", "La Alameda", "Puerta Norte", "El Molino",
        "Dos Hermanas", "La Glorieta", "Azahar", "Ibaizabal", "La Ribera", "Campo Verde", "Sirimiri", "El Pinar",
        "La Encina", "Plaza Mayor", "San Telmo", "El Jardín", "Los Tilos",
    ),
    forms=(", S.L.", ", S.L.", "", ", S.A.", " e Hijos, S.L."),
    first_names=(
        ("Lucía", "Sra."), ("Pablo", "Sr."), ("Marta", "Sra."), ("Javier", "Sr."), ("Elena", "Sra."),
        ("Sergio", "Sr."), ("Nerea", "Sra."), ("Andrés", "Sr."), ("Pilar", "Sra."), ("Raúl", "Sr."),
    ),
    last_names=(
        "Ortega", "Navarro", "Iborra", "Soler", "Etxeberria", "Campos", "Ferrando", "Molina", "Aguirre", "Vidal",
        "Cortés", "Peris", "Zubiri", "Herrero", "Lozano", "Blasco",
    ),
    streets=(
        "Calle del Puerto", "Calle Mayor", "Avenida de la Estación", "Plaza del Mercado", "Calle San Vicente",
        "Calle de la Paz", "Avenida del Mar", "Calle Colón", "Paseo de la Ribera", "Calle Nueva",
    ),
    phone="+34 600 555 nnn",
)  # fmt: skip

PORTUGAL = Words(
    kinds=(
        ("Café", "bar"), ("Pastelaria", "bar"), ("Restaurante", "restaurant"), ("Mercearia", "shop"),
        ("Minimercado", "shop"), ("Supermercado", "supermarket"), ("Hotel", "hotel"), ("Quiosque", "kiosk"),
        ("Bebidas", "dealer"), ("Distribuidora", "dealer"), ("Residencial", "hotel"), ("Garrafeira", "shop"),
    ),
    marks=(
        "Norte", "Ribeira", "Boavista", "Douro", "São Bento", "Azenha", "Vista Alegre", "Lameiro", "Oliveira",
        "Ponte Nova", "Foz", "Aliança", "Jardim", "Mar Alto", "Cedofeita", "Castelo", "Ramalde", "Gaivota",
        "Primavera", "Minho", "Rosal", "Campo Lindo", "Estrela", "Farol", "Laranjal", "Moinho", "Pinhal", "Ave",
    ),
    forms=(", Lda.", ", Lda.", "", ", S.A.", " & Filhos, Lda."),
    first_names=(
        ("Teresa", "Sra."), ("Miguel", "Sr."), ("Inês", "Sra."), ("João", "Sr."), ("Sofia", "Sra."),
        ("Nuno", "Sr."), ("Beatriz", "Sra."), ("Duarte", "Sr."), ("Catarina", "Sra."), ("Hugo", "Sr."),
    ),
    last_names=(
        "Pereira", "Almeida", "Sousa", "Barros", "Teixeira", "Moreira", "Lopes", "Azevedo", "Carneiro", "Vieira",
        "Machado", "Freitas", "Pinto", "Rocha",
    ),
    streets=(
        "Rua do Almada", "Rua de Santa Catarina", "Avenida da Boavista", "Rua Nova", "Largo da Igreja",
        "Rua da Estação", "Rua do Comércio", "Praça da República", "Rua das Flores", "Avenida Central",
    ),
    phone="+351 22 555 0nnn",
)  # fmt: skip

ISLES = Words(
    kinds=(
        ("Bar", "bar"), ("Tavern", "bar"), ("Café", "bar"), ("Kitchen", "restaurant"), ("Foods", "supermarket"),
        ("Stores", "shop"), ("Corner Shop", "shop"), ("Newsagents", "kiosk"), ("Hotel", "hotel"),
        ("Wholesale", "dealer"), ("Drinks", "dealer"), ("Guesthouse", "hotel"),
    ),
    marks=(
        "Harbour View", "The Old Mill", "Bridge Street", "Lough", "The Copper Kettle", "Fairfield", "Riverside",
        "The Weir", "Shandon", "Oakwood", "Millbrook", "The Anchor", "Northgate", "Hollybank", "Castle",
        "The Blue Door", "Ashgrove", "Canal", "Peak", "The Lantern", "Westbourne", "Fernhill", "Redbrick",
        "The Crane", "Larch Hill", "Greenmount", "Station Road", "Lismore", "The Swan", "Elmfield",
    ),
    forms=(" Ltd", " Ltd", "", " & Sons Ltd", " Group Ltd"),
    first_names=(
        ("Siobhán", "Ms"), ("Declan", "Mr"), ("Orla", "Ms"), ("Conor", "Mr"), ("Hannah", "Ms"),
        ("James", "Mr"), ("Priya", "Ms"), ("Callum", "Mr"), ("Rachel", "Ms"), ("Imran", "Mr"),
    ),
    last_names=(
        "Murphy", "O'Leary", "Hughes", "Barrett", "Fletcher", "Kaur", "Hennessy", "Whelan", "Booth", "Sutton",
        "Crowley", "Ahmed", "Twomey", "Holt", "Mercer", "Nolan",
    ),
    streets=(
        "Main Street", "Quay Road", "Church Street", "Market Street", "Bridge Street", "Mill Lane", "Station Road",
        "High Street", "Castle Street", "North Road",
    ),
    phone="+353 21 555 0nnn",
    shape="{mark} {kind}{form}",
    street="{number} {street}",
)  # fmt: skip

CHINA = Words(
    kinds=(
        ("食品", "dealer"),
        ("饮料", "dealer"),
        ("超市", "supermarket"),
        ("便利店", "shop"),
        ("餐饮", "restaurant"),
        ("酒店管理", "hotel"),
        ("商贸", "dealer"),
        ("百货", "shop"),
        ("茶餐厅", "bar"),
        ("副食", "kiosk"),
    ),
    marks=(
        "明泉",
        "东升",
        "永昌",
        "福临",
        "海悦",
        "金谷",
        "绿源",
        "嘉禾",
        "瑞丰",
        "宏达",
        "天成",
        "百味",
        "清源",
        "华茂",
        "顺和",
        "鑫隆",
        "康乐",
        "新月",
        "恒兴",
        "佳美",
        "聚鲜",
        "万家",
        "春晖",
        "云峰",
        "同源",
        "利民",
        "江畔",
        "盛泰",
    ),
    forms=("有限公司", "有限公司", "有限责任公司"),
    first_names=(
        ("立新", "先生"),
        ("晓燕", "女士"),
        ("建国", "先生"),
        ("雅婷", "女士"),
        ("志强", "先生"),
        ("丽华", "女士"),
        ("海涛", "先生"),
        ("静怡", "女士"),
        ("文博", "先生"),
        ("秀英", "女士"),
    ),
    last_names=("王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "朱", "沈", "陆", "顾"),
    streets=(
        "漕溪北路",
        "南京西路",
        "中山东路",
        "延安路",
        "淮海中路",
        "人民路",
        "建设路",
        "虹桥路",
        "长江路",
        "解放路",
    ),
    phone="+86 21 0555 0nnn",
    shape="{mark}{kind}{form}",
    person="{last}{first}",
    street="{street} {number} 号",
)

WORDS = {"ES": SPAIN, "PT": PORTUGAL, "IE": ISLES, "GB": ISLES, "CN": CHINA}
PHONES = {"GB": "+44 7700 900 nnn"}  # kept free for stage and screen
_LETTERS = "ACDEFHKNPRTVWXY"


class NameBook:
    """Gives every shop a name of its own; the second of a name carries its town, a third a number."""

    def __init__(self) -> None:
        self._times: dict[str, int] = {}

    def shop(self, rng: Random, country: str, city: str) -> tuple[str, str]:
        """A name and its channel."""
        words = WORDS[country]
        kind, channel = rng.choice(words.kinds)
        mark, form = rng.choice(words.marks), rng.choice(words.forms)
        place = city[:2] if country == "CN" else ""
        name = self._fill(words, kind, place + mark, form)
        if name in self._times and country != "CN":
            name = self._fill(words, kind, f"{mark} {city}", form)
        times = self._times[name] = self._times.get(name, 0) + 1
        if times > 1:
            name = self._fill(
                words, kind, f"{place}{mark} {city if country != 'CN' else ''}".strip() + f" {times}", form
            )
        return name, channel

    @staticmethod
    def _fill(words: Words, kind: str, mark: str, form: str) -> str:
        return words.shape.format(kind=kind, mark=mark, form=form)


def person(rng: Random, country: str) -> tuple[str, str]:
    """A name and how a letter addresses its bearer."""
    words = WORDS[country]
    first, address = rng.choice(words.first_names)
    last = rng.choice(words.last_names)
    greeting = f"{last}{address}" if country == "CN" else f"{address} {last}"
    return words.person.format(first=first, last=last), greeting


def street(rng: Random, country: str) -> str:
    words = WORDS[country]
    return words.street.format(street=rng.choice(words.streets), number=rng.randint(1, 98))


def postcode(rng: Random, pattern: str) -> str:
    signs = {"#": lambda: str(rng.randint(1, 9)), "@": lambda: rng.choice(_LETTERS)}
    return "".join(signs[sign]() if sign in signs else sign for sign in pattern)


def phone(rng: Random, country: str) -> str:
    pattern = PHONES.get(country, WORDS[country].phone)
    return "".join(str(rng.randint(0, 9)) if sign == "n" else sign for sign in pattern)
