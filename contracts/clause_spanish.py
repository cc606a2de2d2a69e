"""Payment clauses in Spanish. Accents are gone before anything is matched: "año" is "ano", "día" is "dia"."""

import re

from contracts.clause_grammar import Grammar, Kind, either

NUMBERS = {
    "un": 1, "una": 1, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10,
    "once": 11, "doce": 12, "catorce": 14, "quince": 15, "veinte": 20, "veintiuno": 21, "veintiun": 21, "veinticinco": 25, "veintiocho": 28, "treinta": 30, "cuarenta": 40,
    "cuarenta-y-cinco": 45, "cincuenta": 50, "sesenta": 60, "setenta": 70, "setenta-y-cinco": 75, "ochenta": 80, "noventa": 90, "cien": 100, "ciento-veinte": 120, "ciento-ochenta": 180,
}  # fmt: skip

_COUNT = (
    r"(?:\d{1,3}|ciento (?:veinte|cincuenta|ochenta)|cien|(?:treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa)(?: y (?:uno|un|dos|tres|cuatro|cinco|seis|siete|ocho|nueve))?"
    r"|veint\w+|diez|once|doce|trece|catorce|quince|dieciseis|dieciocho|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)"
)
_UNIT = r"(?:dias?|d\.?(?= ?f)|semanas?|quincenas?|mes(?:es)?|anos?)"
_MONTH = (
    r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre|ene|feb|mar|abr|jun|jul|ago|sept?|oct|nov|dic)\b\.?"
)
_YEAR = r"(?:19|20)\d\d\b"
_NTH = r"(?:primer|primero|segundo|tercer|tercero|cuarto|quinto|ultimo|penultimo|1er|1\.?o|2\.?o|3\.?o|4\.?o|5\.?o|1\.er|3\.er)"
_WEEKDAY = r"(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo)s?\b"
_WORKDAY = r"(?:habil|laborable|natural|bancario|de mercado|lectivo)(?:es)?"
_MONTHLY = (
    r"(?:del?|en) (?:(?:el|la|los|cada|ese|este|dicho|proximo|siguiente|mismo|segundo|los|todos los) ){0,3}mes(?:es)?\b"
)
_PAYER = r"(?:(?:el |la |del |al )?(?:comprador|cliente|adquirente|compradora|distribuidor|tienda|empresa|parte compradora))"
_SOLD = (
    r"(?:(?:re)?vend(?:er|erse|erlo|erlos|erla|erlas|a|an|e|en|emos|amos|ido|ida|idos|idas|io|iera|ieran|iendo|iendose|iendolo|era|eran)|(?:re)?ventas?)"
)
_GOODS = r"(?:mercanci\w+|productos?|articulos?|generos?|lotes?|entregas?|partidas?|stock|existencias)"

GRAMMAR = Grammar(
    spaced=True,
    numbers={**NUMBERS, **{str(n): n for n in range(1, 366)}},
    units={"semana": 7, "quincena": 15, "mes": 30, "ano": 365},
    harmless=either(
        r"\bpos(?:t)?[- ]?venta\b|\b(?:servicio|atencion|asistencia) (?:de )?(?:despues de la venta|pos(?:t)?[- ]?venta)\b|\bcompra-?venta\b",
        r"(?<=precio) de (?:re)?venta\b|(?<=precios) de (?:re)?venta\b|(?<=condiciones) (?:generales )?de venta\b|(?<=condiciones generales) de venta\b|(?<=contrato) de venta\b|(?<=factura) de venta\b"
        r"|(?<=facturas) de venta\b|(?<=departamento) de ventas?\b|(?<=punto) de venta\b|(?<=puntos) de venta\b|(?<=equipo) de ventas?\b|(?<=orden) de venta\b|(?<=pedido) de venta\b|(?<=albaran) de venta\b"
        r"|(?<=confirmacion) de venta\b|(?<=nota) de venta\b|(?<=importe) de (?:la )?venta\b|(?<=documento) de venta\b",
        r"\bvendid[oa]s? (?=(?:al (?:comprador|cliente)|por (?:el |la )?(?:vendedor|proveedor)|a la (?:compradora|tienda)|en virtud|conforme|segun|bajo|y entregad))",
        r"(?<=pedidos) de (?:la )?temporada\b|(?<=pedido) de (?:la )?temporada\b|(?<=articulos) de (?:la )?temporada\b|(?<=productos) de (?:la )?temporada\b|(?<=mercancia) de (?:la )?temporada\b",
        r"\b(?:dias? )?(?:festivos?|feriados?|inhabil(?:es)?) (?:nacional(?:es)?|local(?:es)?|oficial(?:es)?)\b",
        r"\b(?:es|sea|fuera|fuese|cae|caiga|coincide|coincida|coincidiera|recae|recaiga) (?:en |con )?(?:un |una |dia )*(?:festiv\w+|feriad\w+|inhabil\w*|sabado|domingo|no laborable)",
        r"\bentregad[oa]s? (?=(?:haya|hayan|ha |han |sea|sean|este))",
        r"\bfondos (?=(?:deben|deberan|debe|han de|habran de|tienen que|se |seran|quedaran|estaran))",
        r"\bfondos disponibles (?=en (?:la |nuestra |su )?cuenta)",
        r"\bterminacion de (?=(?:la )?(?:entrega|descarga))",
        r"\b(?:destin\w+ a|para) (?:la |su )?(?:reventa|venta)(?! (?:se|de))|\bderecho (?:de|a la|a) (?:reventa|revender|venta|vender)\b|\briesgo de (?:la )?(?:re)?venta\b",
        r"\bal por mayor\b|\bmas vendid\w+",
    ),
    regardless=either(
        r"\b(?:con independencia de|independientemente de|sin perjuicio de|sin importar|al margen de|sin tener en cuenta|sin consideracion a|aunque|aun cuando|aun si|incluso si|incluso cuando|aun en caso de"
        r"|a pesar de|pese a|tanto si|no obstante|ni siquiera|por mas que|cualquiera que sea|cualesquiera que sean|haya o no|hayan o no|sea cual sea|sean cuales sean|en ningun caso (?:depende|se condiciona|podra|queda)"
        r"|no (?:depende|dependera|esta|estara|queda|quedara|se) (?:\w+ )?(?:condicionad\w+|sujet\w+|supeditad\w+|vinculad\w+|subordinad\w+|ligad\w+|depende|del?|aplaza\w*|retras\w*|alter\w*|suspend\w*|ve)"
        r"|no (?:podra|puede|podran|pueden|cabe|debe|debera) (?:\w+ )?(?:esperar|aplazar\w*|retrasar\w*|demorar\w*|diferir\w*|posponer\w*|condicionar\w*|supeditar\w*|suspender\w*|retener\w*|hacer\w*|invocar|alegar)"
        r"|no tiene derecho|sin derecho|salvo (?:que |acuerdo|pacto)|en lugar de|en vez de|y no (?:de|desde|tras|al|a partir))[^.;,:()]*",
        r"\b(?:se )?(?:haya|hayan|ha|han) o no[^.;,:()]*",
        r"\b(?P<whatever>\w{3,}) (?:como|lo que|cuando|cuanto|donde) (?P=whatever)\b[^.;,:()]*|\b(?:vaya|vayan) (?:bien|mal) o (?:bien|mal)[^.;,:()]*|\bvendid[oa]s? o no\b",
        r"\b(?:se vendan?|vendid[oa]s?|se hayan? vendido)(?: \w+){0,3} o no\b[^.;,:()]*",
    ),
    unaffected=re.compile(
        r"[^.;,:()]{0,120}\bno (?:\w+ )?(?:aplaza\w*|altera\w*|afecta\w*|modifica\w*|retras\w*|suspende\w*|cambia\w*|demora\w*|prorrog\w*|influy\w*)\b"
    ),
    sentence_end=re.compile(
        r"[;!?]|(?<!\baprox)(?<!\bca)(?<!\bn)(?<!\bno)(?<!\bnum)(?<!\bart)(?<!\bd)(?<!\bf)(?<!\bfra)(?<!\bfact)(?<!\bmax)(?<!\bmin)(?<!\bp\.ej)(?<!\bs)(?<!\b\d)\.(?=\s|$)"
    ),
    phrase_end=re.compile(r"[,:()]| - "),
    turn=either(
        r"\b(?:y |e )?(?:el |la |lo |los |las )?(?:resto|restantes?|saldo|otra mitad|segunda mitad|segunda parte|demas|remanente)\b",
        r"\b(?:o|u|de lo contrario|en su defecto|en otro caso|alternativamente)\b",
        r"\b\d{1,3} ?(?:%|por ciento)|\b(?:la )?(?:otra )?mitad\b|\b(?:un|dos|el (?:primer|segundo|ultimo)) (?:tercio|cuarto|plazo)s?\b|\b(?:una|la otra) parte\b",
    ),
    rest=re.compile(
        r"\b(?:(?:y |e )?(?:el |la |lo |los |las )?(?:resto(?! de (?:las |los )?(?:clausulas|condiciones|estipulaciones|terminos))|(?:\d+ ?% )?restante|saldo|otra mitad|segunda mitad|otro \d+ ?%|remanente))\b"
    ),
    share=re.compile(r"\d ?%|\bpor ?ciento\b|\bmitad\b|\btercio\b|\bcuarta parte\b|\banticipo\b|\bsenal\b|\bparte\b|\bprimer plazo\b"),
    date=either(
        rf"\b(?:\d{{1,2}}|primero|uno)(?: ?\.?[oa]\b)?\.?(?: de)? {_MONTH},?(?: del?| del ano)? {_YEAR}",
        rf"\b{_MONTH} \d{{1,2}},?(?: del?)? {_YEAR}",
        rf"\b(?:el |al )?(?:{_NTH} )(?:dia |{_WEEKDAY} ?)(?:{_WORKDAY} )?de {_MONTH},?(?: del?)? {_YEAR}",
        rf"\b(?:fin|final) de {_MONTH},?(?: del?)? {_YEAR}",
        rf"\bantes de (?:que (?:acabe|termine|finalice) )?(?:{_MONTH},?(?: del?)? )?(?:(?:el )?(?:fin|final) (?:de|del ano) )?{_YEAR}",
        rf"\b(?:fin|cierre|final) (?:de|del) (?:ano |ejercicio )?{_YEAR}",
        r"\b(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}\b",
        rf"\b\d{{1,2}}[-/](?:{_MONTH})[-/](?:{_YEAR}|\d\d\b)",
        r"\b\d{1,2}[./-]\d{1,2}[./-](?:(?:19|20)\d\d|\d\d)\b",
    ),
    day_of_year=either(rf"\b(?:\d{{1,2}}|primero)(?:\.?o)? de {_MONTH}"),
    every_year=re.compile(r"\b(?:(?:de )?(?:cada|todos los) anos?|anual(?:es|mente)?)\b"),
    day=either(
        r"\b(?:dias? de (?:pago|liquidacion|cobro)|vencimiento)(?: es| son|:)*(?: el| los| dia| dias)* \d{1,2}\b(?! (?:dias|de \w+ de))",
        rf"\bdias? \d{{1,2}}(?:(?:,| y| e| o) \d{{1,2}})*(?! dias)(?: {_MONTHLY}|(?! (?:de|del) (?:{_MONTH})))",
        rf"\b(?:el|los|al|antes del|del|y)(?: dias?)? \d{{1,2}}(?:(?:,| y(?: el)?| e) \d{{1,2}})* {_MONTHLY}",
        rf"\b(?:el|los|al) (?:dia )?(?:uno|primero|cinco|diez|quince|veinte|veinticinco|treinta) {_MONTHLY}",
        rf"\b(?:el|al) (?:dia )?\d{{1,2}} del (?:mes )?(?:siguiente|proximo)\b(?! dia)",
        rf"\b(?:{_NTH}) (?:dias? |{_WEEKDAY} ?)(?:{_WORKDAY} ?)?(?:{_MONTHLY}|(?!(?:de|del|tras|despues)\b))",
        rf"\b(?:cada|todos los|los)(?: (?:{_NTH}|dos))? {_WEEKDAY}",
        rf"\b(?:semanal|mensual|quincenal)(?:mente)?,? (?:el|los|cada|en)(?: dia)? (?:{_WEEKDAY}|{_NTH}|\d{{1,2}})",
        r"\b(?:a |al |el |en )?(?:fin|final|finales|ultimo)(?: dia)? (?:de|del|de cada|de ese|de dicho|del propio|de este)(?: (?:mismo|siguiente|proximo))? mes\b",
        rf"\b(?:primer|siguiente|proximo) {_WEEKDAY} (?:despues|siguiente|posterior|tras)",
        r"\bf\.?\s?m\.?(?=\s|$|\.)",
        r"\b(?:ultimo dia (?:habil )?|fin(?:al)? )(?:de|del) (?:cada )?trimestre(?: natural)?\b(?! que viene)",
    ),
    at_once=either(
        r"\bpor (?:adelantado|anticipado)\b|\banticipad[oa]s?(?:mente)?\b|\banticipos?\b|\bprepag\w*|\bproforma\b|\bpro forma\b|\badelantad[oa]s?\b|\ba cuenta (?:a la firma|con el pedido)\b|\bprovision de fondos\b",
        r"\b(?:antes|previ[oa]|previamente|con anterioridad) (?:de |del |a |al )(?:la |el |su |cada |cualquier )?(?:\w+ )?(?:envio|embarque|entrega|expedicion|despacho|carga|salida|retirada|liberacion|recogida|remision|que (?:la mercancia|los productos|el lote|salga|se (?:envie|entregue|expida|cargue)))",
        r"\bcontra(?: la| el| su)? (?:reembolso|entrega(?! del? (?:siguiente|proximo|segundo))|factura|presentacion|albaran|documentos|recepcion|recibo|conocimiento)\b",
        r"\bal contado\b|\ba la vista\b|\bde contado\b|\ben el acto\b|\bpago inmediato\b|\bcarta de credito\b|\bcredito documentario\b",
        r"\b(?:a|en el momento de|en el acto de|el (?:mismo )?dia de|con|en la fecha de|simultaneamente a|en la|inmediatamente (?:despues de|tras|a)|al tiempo de|a fecha de)(?: la| su| el| cada)? "
        r"(?:entrega|recepcion|recibo|firma|formalizacion|retirada|descarga|confirmacion del pedido|puesta a disposicion|aceptacion del pedido|presentacion de la factura|emision de la factura|pedido|factura|llegada|expedicion|carga|realizacion del pedido)"
        r"(?! (?:del?|de la) (?:\w+ )?(?:siguiente|proxim|segund|nuev|obra|proyecto|cobro|pago|fondos|subvencion|local|llaves))(?! (?:siguiente|proxim|posterior))(?! (?:del?|de la) (?:siguiente|proxim))",
        r"\bal (?:recibir(?:se)?|entregar(?:se)?|retirar(?:se)?|firmar(?:se)?|hacer(?:se)?|formalizar(?:se)?|cursar(?:se)?|descargar(?:se)?|realizar(?:se)?|emitir(?:se)?|expedir(?:se)?) (?:la |el |cada |los |su |este )?(?:\w+ )?(?:factura|mercancia|pedido|contrato|genero|productos?|lotes?|envio|documentos|entrega|compra)",
        r"\b(?:cuando|una vez|el dia (?:en )?que) (?:se )?(?:entregue|reciba|entregad|recibid|descargue|retire|llegue|firme|haya (?:entregado|recibido))\w*(?! (?:el |la |los |las |un |una )?(?:siguiente|proxim|nuev|segund))",
    ),
    period=re.compile(
        rf"\b(?P<count>{_COUNT})(?: ?\(\s?[\w -]+\s?\))? ?(?P<unit>{_UNIT})\b(?: (?:naturales|habiles|laborables|calendario|corridos|consecutivos|de calendario|bancarios|netos|exactos|como maximo|a lo sumo)\b)*(?: ?f\.? ?f\b\.?)?"
        rf"|\b(?:el |dentro del |en el |un |a un )?(?P<one>(?:plazo de )?(?:un|una)) (?P<unit_of_one>mes|semana|quincena)\b"
        rf"|\b(?:neto|netos) (?:a )?(?P<net>\d{{1,3}})\b"
        rf"|\b(?:en|durante|dentro de) (?:el|la) (?P<unit_alone>mes|semana|quincena)(?= siguientes? (?:a|al)\b)"
    ),
    link=re.compile(
        r"(?:,? (?:contados?|contadas|contando|a contar|computad[oa]s|a computar|siguientes?|posteriores?|despues|posterior|como maximo|como minimo|a lo sumo|calculad[oa]s|empezando|de plazo|de credito|fijos|inmediatamente|neto|vista|seguidos|improrrogables|es|son|mas tarde|transcurridos|y))*"
        r" (?:a partir del?|a partir de que|desde que|desde el dia|desde|despues del?|despues de que|tras|del?|al?|luego de|pasad[oa]|posteriores a|que|fecha|fin|ff)\b(?: (?:la|el|los|las|su|que|se|de|fecha|del|cada|haber|hayan?) ?\b)*"
    ),
    base=either(
        r"\bfactur\w*|\bentreg\w*|\b(?:recepcion|recibo|recib\w+)\b(?! (?:del?|de los?|de las?|el|los|la) (?:\w+ )?(?:pago|cobro|fondos|dinero|subvencion|ayuda|prestamo|importe|aprobacion|cobros))|\balbaran\w*|\bexped\w+|\benvi\w+|\bembar\w+|\bsalida\b(?! (?:de|del) (?:stock|producto))|\bdespach\w+|\bpedidos?\b|\bfirma\w*|\bcontrato\b"
        r"|\bfecha\b(?! (?:que|en (?:la )?que|acordad|convenid|pactad|de (?:la )?(?:re)?vent))|\bmes\b|\bfin de mes|\bextracto\b|\bemision\b|\bemit\w+|\blleg\w+|\bretir\w+|\bpuesta a disposicion|\bconocimiento de embarque|\bb/l\b|\bcarga\b|\bdescarga\b|\bdocumentos?\b|\bvista\b|\bcredito\b|\bplazo\b|\bf\.? ?f\b|\bff\b|\bcmr\b"
        r"|\bpresentacion\b|\bhoy\b|\bprimer\w* (?:pago|plazo|vencimiento|entrega)|\b(?:anterior|primero|primera)\b|\bformalizacion\b|\bdia \d|\bfin de\b|\bejecucion del contrato\b|\b(?:aceptacion|inspeccion|conformidad) (?:de|con) (?:la |el |las |los )?(?:mercanci|entrega|genero|producto|albaran)\w*|\bdeposito\b|\bvencimiento\b"
        r"|\bsuministro\b|\bremision\b|\btrimestre\b"
    ),
    count=re.compile(r"\b(?:recuentos?|conteos?|inventarios?|arqueos?|conciliacion\w*|liquidacion(?:es)? de (?:ventas|existencias)|informes? de ventas|parte de ventas|contad[oa]s? el|se cuenta\w*|listados? de ventas|punteo)\b"),
    base_end=re.compile(
        r"[.;,:()]| - |\b(?:y|e|o|u|pero|si|siempre que|salvo|a mas tardar|como maximo|mediante|por transferencia|por cheque|con un|menos|neto|sin)\b"
    ),
    about_before=re.compile(
        r"\b(?:aproximad(?:amente|os|as|o|a)|aprox\.?|alrededor(?: del?)?|en torno(?: al?)?|cerca de|unos|unas|mas o menos|casi|sobre(?: el| los)?|hacia|a eso de|estimad[oa]s?|del orden de|poco mas o menos|circa|ca\.?|alla por)(?: (?:a|los|las|el|de|dia|dentro de|en))*\s*$"
    ),
    about_after=re.compile(r"^ ?\(?(?:aproximad\w+|aprox\b|mas o menos|poco mas o menos|orientativ\w+|estimad\w+|o asi\b|y pico|\+/-|o por ahi)"),
    hedge=either(
        r"\b(?:normalmente|habitualmente|generalmente|usualmente|por lo general|en general,|por regla general|en principio|preferentemente|preferiblemente|probablemente|previsiblemente|ordinariamente|en la mayoria de los casos|de ordinario|a ser posible|de ser posible|si es posible"
        r"|en lo posible|en la medida de lo posible|idealmente|a poder ser|si puede ser|orientativamente|tentativamente|como norma general|suele\w*|comunmente|mayormente|salvo imprevistos)\b",
        r"\b(?:fecha|plazo|pago|vencimiento|dia) (?:\w+ )?(?:estimad[oa]|previst[oa]|orientativ[oa]|aproximad[oa]|tentativ[oa]|indicativ[oa]|deseable)\b|\bse (?:preve|estima|espera) (?:\w+ )?(?:pag|abon|liquid)\w*",
    ),
    between=either(
        rf"\bentre (?:los )?{_COUNT} y (?:los )?{_COUNT} (?:dias|semanas|meses)\b",
        rf"\bde {_COUNT} a {_COUNT} (?:dias|semanas|meses)\b",
        rf"(?<![\d,/-] )(?<![\d,/-])\b{_COUNT} (?:o|a) {_COUNT} (?:dias|semanas|meses)\b",
    ),
    floor_before=re.compile(
        r"\b(?:como minimo|al menos|por lo menos|no antes del?|nunca antes del?|no inferior a|un minimo de|minimo|minimo de|mas de|superior a|lo mas pronto|como pronto|cuanto antes a partir del?|no antes de (?:los|transcurridos)|mas alla de|a partir de los)(?: (?:a|los|las|el|de|del|dia|transcurridos|pasados|que transcurran))*,?\s*$"
    ),
    floor_after=re.compile(r"^(?: \w+){0,5}? ?(?:como minimo|al menos|por lo menos|como pronto|o mas\b|en adelante|minimo\b|o mas tarde|o posterior\w*)"),
    onward=re.compile(r"^ (?:en adelante|o (?:despues|mas tarde)|como pronto)\b"),
    since=re.compile(r"\b(?:despues del?|tras|desde|a partir del?|a contar desde|pasado|con posterioridad al?|posterior al?|luego del?)(?<!mas tardar a partir de)(?: (?:el|la|los|dia|\w+ (?:de|del)))*\s*$"),
    cap_before=re.compile(
        r"\b(?:a mas tardar|como (?:muy )?tarde|lo mas tarde|en todo caso|en cualquier caso|de todos modos|en cualquiera de los casos|como maximo|maximo|maxima|max\.?|a lo sumo|no mas tarde del?|nunca mas tarde del?|no (?:mas alla|despues) del?|sin exceder(?: de)?|sin (?:que )?(?:pueda )?(?:superar|sobrepasar|rebasar)|no superior a"
        r"|que no (?:exceda|supere|podra exceder|podra superar|sobrepase|excedera|superara)|no (?:excedera|superara|podra exceder|podra superar)(?: de)?|limite(?: maximo)?|fecha limite|en su defecto|de lo contrario|en otro caso|hasta un maximo de|tope|ultimo dia|dia limite|plazo maximo|pero (?:siempre )?(?:antes|dentro)|y (?:siempre )?(?:antes del|dentro de)"
        r"|nunca (?:despues|mas alla) del?|(?:si|caso de) no [^.;]{0,70}|(?:y|pero) (?:nunca|no) (?:despues|mas tarde) (?:de|del))[ ,]*(?:(?:es|sera|de|del|a|al|el|los|las|en|dentro|la|que|se|antes|dia|fecha|transcurridos|plazo|pagara\w*|abonara\w*|liquidara\w*|vence\w*|todo|importe) ){0,6}\s*$"
    ),
    cap_after=re.compile(r"^[ ,(]*(?:\w+ ){0,6}?(?:a mas tardar|como (?:muy )?tarde|como maximo|a lo sumo|en todo caso|en cualquier caso|maximo\b|como (?:fecha )?(?:limite|tope))"),
    sooner=re.compile(r"\b(?:antes(?! de (?:la |el )?(?:entrega|envio))|con anterioridad|anticipadamente)\b"),
    consigned=re.compile(r"\ben (?:deposito|consignacion)\b|\b(?:deposito|consignacion)(?=[:,.])"),
    first_of=re.compile(
        r"\b(?:lo que (?:ocurra|suceda|acontezca|llegue|se produzca|tenga lugar|sea|acaezca)|la (?:fecha )?que (?:ocurra|suceda|llegue|sea)|el que (?:ocurra|llegue))(?: \w+){0,2} (?:primero|antes|anterior)\b|\blo primero que\b|\ben la primera de (?:las|estas|ambas)|\bla (?:primera|anterior) de (?:las|estas|ambas)|\bsi (?:es|fuera|fuese|ocurre|llega|se vende)\w* antes\b|\bo antes\b|\bel primero de\b"
    ),
    connector=re.compile(
        r"\b(?:despues (?:del?|de que)|tras|cuando|una vez|en cuanto|tan pronto(?: como)?|luego (?:del?|de que)|hasta|si|siempre (?:que|y cuando)|segun|conforme|a medida que|depend\w+ del?|en funcion del?|de acuerdo con|mientras|salvo|sujet[oa]s? a|supeditad[oa]s? al?|condicionad[oa]s? al?|en la medida en que|a partir del?|desde"
        r"|posterior(?:mente)? al?|previ[oa]|previamente|pasad[oa]s?|al (?:termino|final|cierre|acabar|finalizar|terminar|concluir|termino de|ritmo|vender)|a (?:la|el) (?:terminacion|conclusion|finalizacion|espera|vista)|a finales|a final|final(?:es)? del?|fin del?|terminad[oa]s?|concluid[oa]s?|acabad[oa]s?|a condicion de que|con tal (?:de )?que"
        r"|en el momento (?:en que|del?)|en el caso de|en caso de|ya que|como|contra|antes del?|antes de que|a resultas|a cuenta|con cargo|pendiente del?|solo|solamente|unicamente|donde|al compas|ligad[oa] a|vinculad[oa] a|en base a|acorde|para cuando|a raiz|cada vez que|haya|hayan|proporcional\w*|previa|que|al)\b"
    ),
    near_connector=re.compile(r"\b(?:con|por|del?|en|a|durante|para)\b"),
    nouns={
        Kind.SALE: re.compile(
            rf"\b(?:{_SOLD}|(?:se |haya |hayan )?(?:rot(?:e|en|ado|acion))|(?:se )?coloc(?:ar|ado|ada|acion|que|quen)(?: (?:en el mercado|el producto|la mercancia))?|agot(?:e|en|ad\w+|arse|amiento|ar)|salida (?:de|del|al) (?:producto|mercado|stock|genero|lineal|mercancia\w*)"
            r"|(?:de )?salida a (?:la mercancia|el producto|los productos|el stock)|consum(?:a|an|ido|o|ida)|liquid(?:e|en|ado|ar) (?:las |el |los )?(?:existencias|stock|generos?)|despach(?:e|en) al publico|colocacion)\b"
        ),
        Kind.COLLECTION: re.compile(
            r"\b(?:cobr(?:e|en|emos|ar|ado|amos|adas?|ados?|o|os|a|an|ara|aran|aremos|arse)\b|recaud\w+|(?:nuestros|sus|los|mis|tus|el|un|de) (?:propios )?clientes?(?: finales?)? (?:\w+ ){0,3}pag\w+|pag(?:ue|uen|ado|o|an) (?:\w+ ){0,2}(?:clientes? final\w*|nuestros clientes|sus clientes|consumidor\w*|terceros?|propiedad|administracion|ayuntamiento|promotor\w*)"
            r"|clientes? final(?:es)?|consumidor(?:es)? final(?:es)?|sus (?:propios )?clientes|nuestros (?:propios )?clientes|usuarios? final(?:es)?|(?:propietari[oa]|promotor\w*|administracion|ayuntamiento|aseguradora|hospital|contratista|gobierno|tercero\w*|casa matriz) (?:\w+ ){0,3}(?:pag\w+|abon\w+|liquid\w+|reembols\w+)|reembols(?:e|en|o) (?:de|por)|producto de la (?:re)?venta)"
        ),
        Kind.FUNDS: re.compile(
            r"\b(?:fondos|liquidez|tesoreria|flujo(?:s)? de (?:caja|efectivo)|caja(?! de)|dinero|efectivo disponible|disponibilidad(?:es)?(?! de la mercancia)|solvencia|recursos|capital|financiacion|credito bancario|prestamo|subvencion\w*|ayudas?|inversion|inversor\w*|posibilidades|economia|economic[ao]s?|situacion|circunstancias|negocio|medios|capacidad(?: de pago)?"
            r"|pueda|puedan|podamos|posible|posibilidad|marcha)\b"
        ),
        Kind.SEASON: re.compile(
            r"\b(?:temporadas?|campanas?|cosech\w+|vendimia|recoleccion|zafra|siega|navidad(?:es)?|reyes|semana santa|pascua|fiestas?|vacaciones|verano|invierno|primavera|otono|feria|carnaval|ferias|rebajas|promocion|black friday|ramadan|ano nuevo|curso (?:escolar|academico)|festividad\w*|puente)\b"
        ),
        Kind.EVENT: re.compile(
            r"\b(?:obras?|proyectos?|construccion|edificio|terminacion|finalizacion|conclusion|puesta en (?:marcha|servicio|funcionamiento)|instalacion|instalad\w+|montaje|apertura|inaugur\w+|reapertura|reabr\w+|abr(?:a|an|ir|io)|abierto|reforma|inicio de (?:la )?(?:produccion|actividad)|auditoria|aprob\w+|autori\w+|visto bueno|conformidad (?:del|de la) (?:comprador|cliente|direccion|obra)|valid\w+|verific\w+|revis\w+|licencia|permiso|registro|inscripcion|junta|consejo|reunion|direccion|central"
            r"|tramit\w+|procedimiento|presupuesto|traslado|juicio|certific\w+|exito|resultados?|beneficios?|objetivos?|lanzamiento|satisfaccion|conforme|visado|contabilice|recepcion (?:definitiva|provisional|de la obra)|entrega de (?:la obra|llaves))\b"
        ),
        Kind.REORDER: re.compile(
            r"\b(?:(?:proxim|siguient|nuev|futur|posterior|sucesiv|ulterior)\w* (?:\w+ )?(?:pedidos?|entregas?|compras?|envios?|lotes?|suministros?|remesas?|reposicion|visita)|(?:pedido|entrega|compra|envio|lote|reposicion|visita) (?:siguiente|posterior|proxim\w+)|reposicion\w*|repong\w*|vuelva a (?:pedir|comprar)|nuevo pedido)\b"
        ),
    },
    phrases={
        Kind.SALE: either(
            r"\b(?:lo|los|las|la|todo lo|aquello|cuanto|unidades|cantidades|articulos|productos|mercancias?|generos?|piezas|botellas|cajas|partida|parte) (?:(?:que|se|haya|hayan|ha|han|vaya|vayan|efectivamente|realmente|sea|sean|ya|el|comprador|cliente|tienda) )*(?<!no )(?<!no se )(?<!no haya )(?:re)?vend(?:id[oa]s?|a|an|iendo)\b(?! (?:al|por el vendedor|_))",
            r"\bventas? (?:efectiv|real|al consumidor|al public|final)\w*|\bconsumo (?:real|efectivo)\b|\bsegun (?:las )?ventas\b|\ben firme cuando\b|\bse vaya[n]? (?:vendiendo|colocando|agotando|consumiendo|dando salida)\b",
        ),
        Kind.COLLECTION: either(r"\bpay when paid\b|\bespalda con espalda\b|\bcon el producto de\b|\bpago condicionado al cobro\b"),
        Kind.FUNDS: either(
            r"\b(?:segun|conforme a|en funcion de|dependiendo de|sujeto a|de acuerdo con) (?:(?:la|las|los|el|su|sus|nuestra|nuestras) )*(?:\w+ )?(?:disponibilidad\w*|posibilidad\w*|liquidez|tesoreria|fondos|caja|situacion|circunstancias|marcha|evolucion|recursos)",
            r"\b(?:cuando|si|en cuanto|siempre que|tan pronto como|mientras) (?:\w+ ){0,3}(?:pueda|puedan|podamos|permita|permitan|tenga (?:dinero|fondos|liquidez|caja|efectivo)|haya (?:dinero|fondos|liquidez|caja|efectivo|disponib\w+)|dispong\w+|este en condiciones|sea posible|mejore|mejoren|disponga|ande|vaya bien)\b",
            r"\b(?:permita|permitan|permitiendolo) (?:\w+ ){0,2}(?:tesoreria|liquidez|fondos|caja|situacion|flujo|economia)",
        ),
        Kind.DISCRETION: either(
            r"\b(?:cuando|como|segun|si) (?:\w+ ){0,3}(?:convenga|conviniera|quiera|desee|prefiera|estime|considere|crea|decida|juzgue|plazca|guste|parezca|determine|elija|disponga libremente|le venga bien)\b",
            r"\ba (?:la |su |entera |libre |total |sola )*(?:conveniencia|discrecion|voluntad|criterio|eleccion|comodidad|arbitrio|antojo|gusto)(?! del? (?:vendedor|proveedor))",
            r"\ba (?:su |libre |entera )*(?:mejor )?(?:criterio|juicio|parecer|arbitrio)\b|\bdiscrecional\w*|\bsin (?:fecha|plazo|vencimiento) (?:fij[oa]|determinad[oa]|concret[oa]|establecid[oa])\b|\bsin plazo\b",
            r"\b(?:fecha|dia|momento) (?:que )?(?:\w+ )?(?:elegid|fijad|determinad|senalad|decidid|indicad|comunicad)[oa] por (?:el )?(?:comprador|cliente)|\b(?:fecha|dia|momento) que (?:\w+ ){0,3}(?:elija|fije|determine|senale|decida|indique|comunique|designe)\b",
            r"\b(?:procurara\w*|intentara\w*|tratara\w* de|se esforzara\w*|hara\w* lo posible|se compromete\w* a intentar|mejores esfuerzos|espera\w* poder|tiene\w* (?:la )?intencion de|aspira\w* a)\b",
            r"(?<!im)(?<!no )\b(?:prorrogables?|ampliables?|aplazables?)\b(?! (?:hasta el \d|solo|unicamente))|\bprorrog\w+ (?:tacita|automatica|indefinida)\w*",
            r"(?<!no )\b(?:podra|puede|podran|pueden|se reserva el derecho (?:a|de)|tendra derecho a|esta facultad\w+ para) (?:\w+ )?(?:aplazar|posponer|retrasar|demorar|diferir|prorrogar|suspender|retener|dilatar)\w*",
        ),
        Kind.AGREEMENT: either(
            r"\b(?:se|sera|seran|por|a|que|debera|deberan|esta|estan|queda|quedan|pendiente de|sin|ha de|han de|habra de) (?:\w+ ){0,2}?(?:acordar\w*|acuerd\w+|pactar\w*|pacte\w*|convenir\w*|convenga\w*|conviniere\w*|negociar\w*|negocie\w*|determinar\w*|determine\w*|definir\w*|defina\w*|fijar\w*|fije\w*|concretar\w*|concrete\w*|establecer\w*|establezca\w*|decidir\w*|confirmar\w*|confirme\w*|senalar\w*|discutir\w*|consensu\w+)\b",
            r"\bde (?:mutuo|comun) acuerdo\b|\bpor (?:mutuo|comun) acuerdo\b|\bprevio acuerdo\b|\ba convenir\b|\bpor (?:acordar|determinar|definir|convenir|concretar)\b|\bcaso por caso\b|\ben cada caso\b|\bmas adelante se (?:acord|fij|concret)\w+|\bacuerdo (?:posterior|ulterior|futuro)\b|\bsegun (?:se )?(?:acuerden|convengan|pacten|lo que (?:se )?(?:acuerde|pacte|convenga))\b"
            r"|\blas partes (?:acordaran|fijaran|negociaran|decidiran|determinaran|convendran|pactaran|estableceran|se pondran de acuerdo)\b",
        ),
        Kind.VAGUE: either(
            r"\b(?:pronto|en breve|brevemente|cuanto antes|lo antes posible|a la mayor brevedad(?: posible)?|con la mayor brevedad|sin demora|sin dilacion|sin tardanza|en su (?:momento|dia)|a su debido tiempo|oportunamente|proximamente|en un futuro|en el futuro|mas adelante|mas tarde|posteriormente|despues|luego|eventualmente|algun dia|tarde o temprano|con el tiempo|de vez en cuando|periodicamente|regularmente|poco a poco"
            r"|gradualmente|paulatinamente|progresivamente|como (?:siempre|de costumbre|hasta ahora|es habitual|es costumbre|viene siendo|se ha hecho|se viene haciendo)|segun (?:la )?(?:costumbre|uso|usos|practica|lo habitual|lo acostumbrado)|la costumbre|usos del comercio|condiciones habituales|forma habitual|manera habitual|plazo (?:razonable|prudencial|habitual|usual|breve|oportuno|adecuado)|tiempo (?:razonable|prudencial|oportuno)"
            r"|momento (?:oportuno|adecuado|conveniente|propicio)|rapidamente|con rapidez|con celeridad|prontamente|puntualmente cuando|a tiempo|a requerimiento|a demanda|cuando proceda|cuando corresponda|hasta nuevo aviso|a plazos|en varios plazos|mensualmente|semanalmente|trimestralmente|a corto plazo|a medio plazo|a largo plazo|de manera flexible|flexible\w*|sin prisa|en fecha(?:s)? (?:posterior|proxima)\w*|fecha posterior|en otro momento)\b",
            r"\b(?:proximos?|proximas?|siguientes?) (?:meses|semanas|dias|trimestre|ano|temporada|mes|semana)\b|\b(?:el )?(?:mes|ano|trimestre|semana) (?:que viene|proxim[oa]|entrante)\b|\b(?:unos|unas|algunos|algunas|varios|varias|pocos|pocas|un par de) (?:dias|semanas|meses)\b",
            r"\b(?:a|en|para) (?:principios|mediados|finales|comienzos|primeros) de(?:l| la)? (?:mes|ano|trimestre|proximo|siguiente|semana|semestre)\b|\b(?:a )?(?:fin(?:al)?|finales|cierre) (?:de|del) (?:ano|ejercicio|trimestre|semestre)\b|\b(?:primer|segundo|tercer|cuarto|ultimo) (?:trimestre|semestre|cuatrimestre)\b|\bmediados de mes\b|\bprincipios de mes\b|\beste ano\b|\bdentro del ano\b",
        ),
        Kind.MONTH: either(
            rf"\b(?:despues de|tras|pasado|hasta|antes de|en|durante|a partir de|desde|a finales de|a final de|finales de|fin de|a principios de|principios de|a mediados de|mediados de|por|para|hacia|entrado|llegado|cuando (?:pase|acabe|termine)|a lo largo de|a primeros de|acabado|terminado|cerrado|ultimos de|a ultimos de|a)(?: el| los| mes(?:es)? de| el mes de| finales de| fin de| mediados de| principios de)* {_MONTH}(?:,?(?: del?)? {_YEAR})?",
            rf"\b\d{{1,2}} de {_MONTH}(?!,?(?: del?)? {_YEAR})",
            rf"\b(?:en|durante|despues de|a lo largo de) {_YEAR}",
        ),
    },
    condition=re.compile(r"\b(?:si|siempre (?:que|y cuando)|sujet[oa]s?|supeditad[oa]s?|condicionad[oa]s?|a condicion|con tal|en la medida|segun|solo|depend\w+|salvo|en funcion|unicamente|solamente)\b"),
    of_goods=re.compile(
        rf"\b(?:{_GOODS}|pedidos?|facturas?|compras?|precios?|ventas?|suministros?|envios?)(?: (?:\w+ )?(?:realizad|efectuad|emitid|entregad|recibid|cursad|servid|expedid|enviad|comprad|hech|producid)[oa]s?)?(?: (?:de|del|de la|para))?\s*$"
        r"|\b(?:realizad|efectuad|emitid|entregad|recibid|cursad|servid|expedid|enviad|comprad|hech)[oa]s?\s*$"
    ),
    pays=re.compile(r"\b(?:pag\w+|cubr\w+|se factur\w+|abon\w+|liquid\w+|venc\w+|venz\w+|saldo|salda\w*|transfer\w+|plazos?|cobr\w+|resto|restante|neto|contado|importe|satisf\w+|giro\w*|domicili\w+|credito|anticip\w+|recibos? a|exigible|cancel(?:ara|ar) la (?:factura|deuda))\b"),
    others=re.compile(
        r"\b(?:(?:la |las |su )?entregas? (?:se |sera|seran|tendra|es |son |en |el |a )|se entregar\w+|entregad[oa]s? (?:en|el)|se enviar\w+|garantia\w*|reclamaci\w+|reclamar\w*|defectos?|vicios?|notific\w+|avis\w+|resoluci\w+|validez|ofertas?|precios? (?:se|sera|seran|es|son)|tarifas?|cantidad(?:es)?|surtido|descuentos?|rappel\w*|bonificaci\w+|comision\w*|propiedad|dominio|riesgo|devoluci\w+|devuel\w+|devolver\w*"
        r"|muestras|promocional\w*|publicidad|modificaci\w+|cambios?|excepci\w+|prorrogas?|pedidos? (?:se|deben|deberan|seran|minimo)|soporte|confidencial\w*|jurisdiccion|transporte|portes|embalaje|seguro|siguiente lote|nuevas entregas|renegoci\w+)\b"
    ),
    late=re.compile(r"\b(?:mora|intereses|interes|retras\w+|demora(?!s? en)|impag\w+|incumpl\w+|recargos?|penaliz\w+|recordatorio|requerimiento de pago|vencid[oa] y no|reclamacion judicial|no (?:se )?(?:haya|ha|hubiera) (?:pagado|recibido|abonado))\b"),
    tie=re.compile(r"\b(?:factur\w*|entreg\w*|recepcion|recib\w+|fecha|mes|dias?)\b|\d"),
    proviso=re.compile(r"\b(?:siempre (?:que|y cuando)|a condicion de que|con la condicion de que|con tal (?:de )?que|(?:sujet|supeditad|condicionad|subordinad)[oa]s? a(?:l| que)?|en el supuesto de que|solo (?:si|cuando)|dependiendo de|en funcion del?)\b"),
    closes=re.compile(
        r"\b(?:no (?:se )?(?:haya[n]? )?vendid\w+|sin vender|invendid\w+|resto|restantes?|sobrante\w*|remanente|saldo|ultimo dia|devuel\w+|devolver\w*|devoluci\w+|retir\w+|compr(?:a|an|ado|ada|ar|ara|aran)\b|adquir\w+|factur\w+ en firme|en firme|deposito (?:\w+ ){0,3}(?:maximo|dura|termina|de)|a mas tardar|como maximo|plazo maximo|existencias)\b"
    ),
    tie_end=re.compile(r"\b(?:y|e|o|u|ni)\b"),
)
