"""Where the sample customers are: real towns near each other, so that a rep's day can be driven."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Town:
    """Position in degrees; `postcode` is a pattern: # a digit, @ a letter."""

    name: str
    latitude: Decimal
    longitude: Decimal
    postcode: str
    english: str = ""


@dataclass(frozen=True, slots=True)
class Region:
    """A rep's country: its first town is where the rep's day starts."""

    name: str
    team: str
    country: str
    currency: str
    language: str
    towns: tuple[Town, ...]


def _towns(*rows: str) -> tuple[Town, ...]:
    """Rows "name | latitude | longitude | postcode"."""
    towns = []
    for row in rows:
        name, latitude, longitude, postcode = (part.strip() for part in row.split("|"))
        towns.append(Town(name, Decimal(latitude), Decimal(longitude), postcode))
    return tuple(towns)


IBERIA, ISLES, CHINA = "Iberia", "Ireland and UK", "China"

REGIONS = (
    Region("Valencia", IBERIA, "ES", "EUR", "es", _towns(
        "Valencia | 39.4699 | -0.3763 | 4600#", "Torrent | 39.4371 | -0.4655 | 46900",
        "Paterna | 39.5020 | -0.4400 | 46980", "Sagunto | 39.6797 | -0.2783 | 46500",
        "Alzira | 39.1510 | -0.4350 | 46600", "Cullera | 39.1658 | -0.2600 | 46400",
        "Gandia | 38.9680 | -0.1844 | 46700", "Xàtiva | 38.9902 | -0.5186 | 46800",
    )),
    Region("Manchester", ISLES, "GB", "GBP", "en", _towns(
        "Manchester | 53.4808 | -2.2426 | M# #@@", "Salford | 53.4875 | -2.2901 | M6 #@@",
        "Stockport | 53.4106 | -2.1575 | SK# #@@", "Oldham | 53.5409 | -2.1114 | OL# #@@",
        "Bolton | 53.5769 | -2.4282 | BL# #@@", "Bury | 53.5933 | -2.2966 | BL9 #@@",
        "Warrington | 53.3900 | -2.5970 | WA# #@@", "Huddersfield | 53.6458 | -1.7850 | HD# #@@",
    )),
    Region("Shanghai", CHINA, "CN", "USD", "zh-hans", _towns(
        "上海市徐汇区 | 31.1884 | 121.4365 | 200030", "上海市静安区 | 31.2290 | 121.4480 | 200040",
        "上海市浦东新区 | 31.2215 | 121.5447 | 200120", "上海市闵行区 | 31.1128 | 121.3817 | 201100",
        "上海市虹口区 | 31.2646 | 121.5051 | 200080", "上海市嘉定区 | 31.3747 | 121.2653 | 201800",
        "上海市松江区 | 31.0322 | 121.2277 | 201600", "江苏省昆山市 | 31.3850 | 120.9810 | 215300",
    )),
    Region("Cork", ISLES, "IE", "EUR", "en", _towns(
        "Cork | 51.8985 | -8.4756 | T12 @#@#", "Cobh | 51.8560 | -8.2943 | P24 @#@#",
        "Kinsale | 51.7080 | -8.5260 | P17 @#@#", "Midleton | 51.9153 | -8.1747 | P25 @#@#",
        "Mallow | 52.1347 | -8.6500 | P51 @#@#", "Bandon | 51.7469 | -8.7425 | P72 @#@#",
        "Youghal | 51.9517 | -7.8520 | P36 @#@#", "Fermoy | 52.1408 | -8.2767 | P61 @#@#",
    )),
    Region("Porto", IBERIA, "PT", "EUR", "en", _towns(
        "Porto | 41.1579 | -8.6191 | 4000-###", "Vila Nova de Gaia | 41.1280 | -8.6100 | 4400-###",
        "Matosinhos | 41.1840 | -8.6790 | 4450-###", "Maia | 41.2357 | -8.6199 | 4470-###",
        "Braga | 41.5454 | -8.4265 | 4700-###", "Guimarães | 41.4425 | -8.2918 | 4800-###",
        "Póvoa de Varzim | 41.3834 | -8.7560 | 4490-###", "Espinho | 41.0076 | -8.6330 | 4500-###",
    )),
    Region("Bilbao", IBERIA, "ES", "EUR", "es", _towns(
        "Bilbao | 43.2630 | -2.9350 | 4800#", "Getxo | 43.3448 | -2.9950 | 48930",
        "Barakaldo | 43.2956 | -2.9973 | 48901", "Portugalete | 43.3180 | -3.0196 | 48920",
        "Durango | 43.1715 | -2.6327 | 48200", "Gernika-Lumo | 43.3146 | -2.6790 | 48300",
        "Eibar | 43.1840 | -2.4730 | 20600", "Vitoria-Gasteiz | 42.8467 | -2.6716 | 0100#",
    )),
    Region("Dublin", ISLES, "IE", "EUR", "en", _towns(
        "Dublin | 53.3498 | -6.2603 | D0# @#@#", "Swords | 53.4597 | -6.2181 | K67 @#@#",
        "Dún Laoghaire | 53.2900 | -6.1380 | A96 @#@#", "Bray | 53.2028 | -6.1130 | A98 @#@#",
        "Tallaght | 53.2859 | -6.3733 | D24 @#@#",
    )),
    Region("Lisboa", IBERIA, "PT", "EUR", "en", _towns(
        "Lisboa | 38.7223 | -9.1393 | 1100-###", "Amadora | 38.7597 | -9.2397 | 2700-###",
        "Sintra | 38.8029 | -9.3817 | 2710-###", "Cascais | 38.7050 | -9.4215 | 2750-###",
        "Almada | 38.6765 | -9.1651 | 2800-###", "Setúbal | 38.5290 | -8.8926 | 2900-###",
    )),
    Region("Madrid", IBERIA, "ES", "EUR", "es", _towns(
        "Madrid | 40.4168 | -3.7038 | 2800#", "Getafe | 40.3083 | -3.7327 | 28901",
        "Leganés | 40.3281 | -3.7635 | 28911", "Alcobendas | 40.5475 | -3.6420 | 28100",
        "Alcalá de Henares | 40.4820 | -3.3635 | 28801",
    )),
    Region("Birmingham", ISLES, "GB", "GBP", "en", _towns(
        "Birmingham | 52.4862 | -1.8904 | B# #@@", "Solihull | 52.4118 | -1.7776 | B9# #@@",
        "Walsall | 52.5862 | -1.9829 | WS# #@@", "Wolverhampton | 52.5870 | -2.1288 | WV# #@@",
        "Coventry | 52.4068 | -1.5197 | CV# #@@",
    )),
    Region("Guangzhou", CHINA, "CN", "USD", "zh-hans", _towns(
        "广州市天河区 | 23.1246 | 113.3612 | 510630", "广州市越秀区 | 23.1290 | 113.2668 | 510030",
        "广州市海珠区 | 23.0838 | 113.3172 | 510220", "广州市番禺区 | 22.9380 | 113.3840 | 511400",
        "佛山市禅城区 | 23.0096 | 113.1224 | 528000",
    )),
)  # fmt: skip


def region_of(rep: int) -> Region:
    """The region of the rep with this place in the list; more reps than regions share them."""
    return REGIONS[rep % len(REGIONS)]
