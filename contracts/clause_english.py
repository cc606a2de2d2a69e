"""Payment clauses in English."""

import re

from contracts.clause_grammar import Grammar, Kind, either

_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBERS = {
    **{word: value for value, word in enumerate(_ONES, start=1)},
    "a": 1, "an": 1, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "eighteen": 18, "hundred": 100,
    **{word: value for value, word in zip(range(20, 100, 10), _TENS, strict=True)},
    **{f"{ten}-{one}": t * 10 + o for t, ten in enumerate(_TENS, start=2) for o, one in enumerate(_ONES[:9], start=1)},
}  # fmt: skip

_COUNT = (
    r"(?:\d{1,3}|(?:one |a )?hundred(?: and (?:twenty|eighty|fifty))?"
    rf"|(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_ONES[:9])}))?"
    rf"|{'|'.join(sorted(_ONES, key=len, reverse=True))}|thirteen|fourteen|fifteen|sixteen|eighteen)"
)
_UNIT = r"(?:days?|d|weeks?|fortnights?|months?|years?)"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR = r"(?:19|20)\d\d\b"
_NTH = (
    r"(?:\d{1,2} ?(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|fifteenth"
    r"|twentieth|twenty[- ](?:first|second|third|fourth|fifth|sixth|seventh|eighth)|thirtieth)"
)
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sun)(?:day)?s?\b"
_WORKDAY = r"(?:working|business|banking|bank|calendar|trading|week)[- ]?"
_MONTHLY = (
    r"(?:of|in) (?:(?:the|each|every|that|any|its|following|next|same|current|subsequent|succeeding|second|calendar"
    r"|delivery|invoice|given) ){0,3}months?\b"
)
_PAYER = r"(?:(?:the )?(?:buyer|customer|client|purchaser|distributor|dealer|retailer|shop|company))"
_THEIR = (
    r"(?:its|their|his|her|our|your|the buyer's|the customer's|buyer's|customer's|own|end|final|ultimate|third)(?:[- ]own)?"
)
_SOLD = (
    r"(?:re-?|on-?)?(?:sold|sales?|sell|sells|selling|resale|resold|resell\w*|sell[- ](?:through|out))(?:[- ](?:through|out|off|on))?"
)
_GOODS = r"(?:goods|products?|merchandise|items?|articles?|batch(?:es)?|stock|deliver(?:y|ies)|shipments?|consignments?|lots?)"

GRAMMAR = Grammar(
    spaced=True,
    numbers={**NUMBERS, **{str(n): n for n in range(1, 366)}},
    units={"week": 7, "fortnight": 14, "month": 30, "year": 365},
    harmless=either(
        r"\bafter-sales?(?! (?:pay|settle))\b|\b(?:after|post)[- ]?sales?[- ](?=(?:service|support|care|department|team|assistance|obligation|warranty))",
        r"\bsales? (?=(?:invoice|contract|agreement|price|tax|order|conditions|terms|department|team|office|manager|agent"
        r"|representative|confirmation|note|document|ledger|value|amount|total|slip|unit|rep\b|season|campaign|period))",
        r"\b(?:purchase and sale|sale and purchase|sales? and delivery|sales? and payment)\b",
        r"(?<=contract) (?:of|for) (?:the )?sale\b",
        r"(?<=agreement) (?:of|for) (?:the )?sale\b",
        r"(?<=conditions) (?:of|for) (?:the )?sale\b",
        r"(?<=terms) (?:of|for) (?:the )?sale\b",
        r"(?<=bill) of sale\b",
        r"(?<=point) of sale\b",
        r"\bsold (?=(?:to (?:the )?(?:buyer|customer|purchaser)|by (?:the )?(?:seller|supplier|us)|hereunder|under|and delivered"
        r"|pursuant))",
        r"\b(?:for|intended for|destined for|meant for|right (?:of|to)|risk of) (?:the |its )?(?:re)?(?:sale|sell)\b",
        r"\bseason(?:al|'s)? (?=(?:goods|orders?|collection|prices?|items|articles|products|stock|deliver|batch|range|assortment))",
        r"\b(?:public|bank|national|statutory|legal) holidays?\b",
        r"\b(?:is|are|be|falls?|falling|fall) (?:on )?(?:a |an )?(?:\w+ )?holidays?\b",
        r"\bdelivered (?=(?:goods|products?|batch|merchandise|items|stock|have|has|are|were|was))",
        r"\binvoiced (?=(?:goods|products?|batch|merchandise|items|stock|have|has))",
        r"\bex[- ]works\b",
        r"\bcompletion of (?=(?:the )?(?:deliver|unloading|shipment|loading))",
        r"\bcollect(?:ion|ed) (?=(?:of (?:the )?goods|by the (?:buyer|customer|carrier|forwarder)|from (?:the )?(?:seller|our|warehouse)))",
        r"\bfunds (?=(?:(?:are|is|have|has|been|being|must|shall|to be|should) )+(?:credited|cleared|booked|transferred|value dated"
        r"|in (?:our|the seller)|received (?:by|on|in|at) (?:us|our|the seller)))",
        r"\bfunds (?=(?:reach|arrive|clear)\b)",
        r"\bcleared funds\b",
        r"\bend[- ]of[- ]season (?=(?:sale|discount|rebate))",
        r"\b(?:best|good)[- ]sell\w+",
    ),
    regardless=either(
        r"\b(?:whether or not|whether(?: the| any| all)? \w+ (?:are|is|have|has|were) (?:\w+ )?(?:or not|or un\w+)"
        r"|irrespective(?:ly)? of|regardless of|independent(?:ly)? (?:of|from)"
        r"|without regard to|notwithstanding|even if|even though|even when|even where|despite|no matter|however|in spite of"
        r"|(?:does|do|is|are|shall|will|may|must)(?: not|n't) (?:in any way )?(?:be )?(?:depend(?:ent)?|conditional|conditioned"
        r"|contingent|subject|linked|tied|affected|suspended|delayed|deferred|postponed|withheld|changed|altered)"
        r"|not (?:be )?(?:dependent|conditional|contingent|subject|linked|tied|affected)"
        r"|(?:may|shall|must|can) ?not (?:wait|await|refuse|delay|defer|postpone|withhold|make)"
        r"|(?:is|are) not entitled to|has no right to|have no right to|no right to"
        r"|neither\b|unless (?:otherwise|something else|expressly)|rather than|instead of|and not (?:from|on|after|when|upon))"
        r"[^.;,:()]*",
        r"\bwhether[^.;,:()]{0,60} or not\b",
        r"\b(?:un)?sold or (?:not|un\w+)\b",
        r"\bnot (?:after|upon|on|when) (?:the )?(?:re)?(?:sale|sold)\b[^.;,:()]*",
    ),
    unaffected=re.compile(
        r"[^.;,:()]{0,120}\b(?:(?:does|do|shall|will) not (?:\w+ )?(?:postpone|delay|affect|alter|change|defer|suspend|extend|influence|modify|move)|nothing changes|no (?:effect|influence|bearing))\b"
    ),
    sentence_end=re.compile(
        r"[;!?]|(?<!\bapprox)(?<!\bca)(?<!\bno)(?<!\bnos)(?<!\bart)(?<!\bcl)(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)(?<!\bincl)\.(?=\s|$)"
    ),
    phrase_end=re.compile(r"[,:()]| - "),
    turn=either(
        r"\b(?:the |any |and )?(?:rest|remainder|remaining|residual|balance|other half|second half|second part|final part)\b",
        r"\b(?:or|otherwise|else|alternatively)\b",
        r"\b\d{1,3} ?(?:%|per ?cent)|\bhalf\b|\b(?:one|a|two|the (?:first|second|last|other)) (?:third|quarter|half|part)s?\b",
    ),
    rest=re.compile(
        r"\b(?:(?:the )?(?:rest|remainder|balance)(?! (?:sheet|confirmation|of (?:the|this) (?:contract|agreement)))"
        r"|(?:the )?remaining (?:\d|half|part|share|amount|balance|sum|instal)|(?:the )?(?:other|second) half)\b"
    ),
    share=re.compile(r"\d ?%|\bper ?cent\b|\bhalf\b|\bthird\b|\bquarter\b|\bdeposit\b|\bdown ?payment\b|\bfirst (?:part|half|instal)"),
    date=either(
        rf"\b\d{{1,2}} ?(?:st|nd|rd|th)?(?: day)?(?: of)?,? {_MONTH},? (?:of )?{_YEAR}",
        rf"\b{_MONTH} (?:the )?\d{{1,2}} ?(?:st|nd|rd|th)?,? {_YEAR}",
        rf"\b(?:{_NTH}|last|final)(?: {_WORKDAY})? ?(?:{_WEEKDAY}|day)? (?:of|in) {_MONTH},? (?:of )?{_YEAR}",
        rf"\b(?:the )?end of {_MONTH},? (?:of )?{_YEAR}",
        rf"\b(?:end|close) of (?:the )?(?:calendar )?(?:year )?{_YEAR}",
        rf"\bbefore {_MONTH},? {_YEAR}",
        r"\b(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}\b",
        rf"\b\d{{1,2}}-(?:{_MONTH})-(?:{_YEAR}|\d\d\b)",
        r"\b\d{1,2}[./-]\d{1,2}[./-](?:(?:19|20)\d\d|\d\d)\b",
    ),
    day_of_year=either(rf"\b\d{{1,2}} ?(?:st|nd|rd|th)?(?: of)? {_MONTH}", rf"\b{_MONTH} (?:the )?\d{{1,2}}(?: ?(?:st|nd|rd|th))?\b"),
    every_year=re.compile(r"\b(?:(?:each|every|any) (?:calendar )?year|annual(?:ly)?|yearly|(?:of|in) the year of|a year)\b"),
    day=either(
        r"\b(?:settlement|payment|pay) days?(?: is| are|:)*(?: the| on)* \d{1,2}(?: ?(?:st|nd|rd|th))?\b",
        r"\b\d{1,2} (?:mfi|prox)\b|\bprox(?:imo)?\b|\bnet monthly\b",
        rf"\b(?:on|by|before|until|till|the|every|each|and|or|to)(?: the)? {_NTH}(?: (?:calendar )?day)?(?: {_MONTHLY}| monthly)",
        rf"\b(?:on|by|before|the|every|each|and|or)(?: the)? \d{{1,2}} ?(?:st|nd|rd|th)\b"
        rf"(?! (?:of )?{_MONTH})(?! (?:day )?(?:after|from|of (?!each|every|the|a )))(?! (?:batch|deliver|instal|part|order|invoice|month|week))",
        rf"\bday \d{{1,2}}\b(?: {_MONTHLY})?",
        rf"\b\d{{1,2}}(?:st|nd|rd|th)(?: day)? {_MONTHLY}",
        rf"\b(?:{_NTH}|last|final|penultimate|next to last)(?: {_WORKDAY})? ?(?:day|{_WEEKDAY})(?: {_MONTHLY}|(?! (?:of|in|after|from|following)\b))",
        rf"\b(?:first|last) (?:{_WORKDAY})?day {_MONTHLY}",
        rf"\b(?:every|each)(?: (?:other|second|{_NTH}))? (?:{_WEEKDAY})",
        rf"\b(?:weekly|monthly|fortnightly|biweekly)(?:,)?(?: settlement| payment)?,? (?:on|each|every|by|always)(?: the| a)? (?:{_WEEKDAY}|{_NTH}|\d{{1,2}})",
        r"\bon (?:mon|tues|wednes|thurs|fri|satur|sun)days\b",
        rf"\b(?:{_NTH}|next) (?:{_WEEKDAY}|(?:{_WORKDAY})day) (?:after|following)\b",
        r"\b(?:the )?(?:end|close|last day|ultimo) of (?:the |each |every |this |that |any )?(?:(?:following|next|same|current|calendar|delivery"
        r"|invoice|subsequent|second|relevant) )?month\b",
        r"\b(?:the )?(?:end|close) of the (?:calendar )?(?:quarter|month) (?:in which|of (?:delivery|invoice|receipt)|following)",
        r"\bend of (?:each|every) (?:calendar )?(?:quarter|month)\b",
        r"\bmonth[- ]?ends?\b|\be\.?o\.?m\b",
        rf"\b(?:beginning|start) of (?:each|every) month\b(?=.{{0,20}}\b{_NTH})",
    ),
    at_once=either(
        r"\b(?:pa(?:id|yable|yment|y|ys)|cash|in full|wholly|settled)?(?: \w+){0,2} ?in advance\b|\bin advance\b|\bpre-?pa(?:y|id|yment)\w*",
        r"\bpro[- ]?forma\b|\badvance payment\b|\bpayment up front\b|\bup[- ]?front\b",
        r"\b(?:before|prior to) (?:the |any |its |each )?(?:\w+ )?(?:shipment|shipping|dispatch|despatch|deliver\w*|release|loading|goods leave|batch leaves"
        r"|goods are (?:released|dispatched|shipped|loaded|delivered|sent)|hand-?over|collection of the goods|pick-?up|departure)",
        r"\b(?:cash|payment|money) (?:on|with|against|before) (?:deliver\w*|order|documents|invoice|shipment)",
        r"\bc\.?o\.?d\b|\bc\.?w\.?o\b|\bc\.?i\.?a\b|\bc\.?a\.?d\b|\bd/p\b|\bat sight\b|\bagainst (?:the )?(?:shipping |transport |original )?documents\b",
        r"\b(?:on|upon|at|against|with|at the (?:time|moment) of|on the (?:day|date) of|(?:immediately|directly|straight|at once|same day)"
        r" (?:on|upon|after|following|at|against)|simultaneously with|concurrently with|(?:day|date) of|together with)"
        r" (?:(?:the|each|every|its|our|such|your|physical|actual|complete|full|first|this|said) ){0,2}"
        r"(?:(?:goods|invoice|contract|order) )?(?:deliver(?:y|ed)(?! of (?:the )?(?:next|following|second|subsequent|new|coming))"
        r"|receipt(?! of (?:\w+ ){0,3}(?:payment|funds|money|proceeds|subsid|grant|approval|remittance))|receiving|arrival|hand-?(?:ing )?over"
        r"|presentation|invoic\w+|shipment|dispatch|despatch|loading|unloading|pick-?up|collection of (?:the )?goods|signature|signing"
        r"|(?:conclusion|execution) of (?:the|this) (?:contract|agreement)|(?:placing|placement|confirmation) (?:of )?(?:the )?(?:order)?|order(?:ing)?\b|goods receipt"
        r"|bill of lading|b/l|handing)",
        r"\b(?:when|once|as soon as|the day|on which) (?:the |all |each |our )?(?:goods|products?|merchandise|batch(?: \w+)?|deliver(?:y|ies)|shipment|invoice"
        r"|consignment|order)(?: \w+)? (?:is|are|has been|have been|was|were)?(?: being)? ?"
        r"(?:delivered|handed over|received|unloaded|shipped|dispatched|arrives?|arrived|collected|placed|signed|presented|made|loaded|takes? place)",
        r"\b(?:same day|day of deliver|date of deliver|door against)",
        r"\bimmediately(?: due| payable)?,? (?:net )?without (?:any )?(?:deduction|discount)|\b(?:due|payable|pay) immediately\b",
        r"\bc\.?b\.?s\b|\bp\.?i\.?a\b|\b(?:in cash|cash) (?:to|at) the (?:driver|courier|carrier|door|counter)\b|\bcash before\b|\bagainst (?:a )?receipt\b",
        r"\bdue (?:on|upon) (?:receipt|presentation|delivery)",
        r"\bletter of credit\b|\bl/c\b",
    ),
    period=re.compile(
        rf"\b(?P<count>{_COUNT})(?: ?\(\s?[\w-]+\s?\))?[- ]?(?:(?:calendar|working|business|banking|bank|full|consecutive|clear|net|running|natural|whole"
        rf"|complete|more|further|additional|credit|another|trading)[ -]){{0,2}}(?P<unit>{_UNIT})\b(?:')?"
        rf"|\b(?:(?P<nth>\d{{1,3}}(?:st|nd|rd|th))|tenth|fourteenth|fifteenth|twentieth|thirtieth|forty-fifth|sixtieth|ninetieth) (?:calendar |working |business )?day(?= (?:after|from|following|of (?:the )?(?:deliver|invoice|receipt)))"
        rf"|\b(?P<one>a|one) (?:calendar )?(?P<unit_of_one>week|month|fortnight)\b"
        rf"|\b(?:net|nett)[- ]?(?P<net>\d{{1,3}})\b"
        rf"|\b(?:in|within|over|during) the (?P<unit_alone>month|week|fortnight)(?= (?:after|following|from))",
    ),
    link=re.compile(
        r"(?:[- ](?:days?|net|nett|term|terms|time|credit|strictly|exactly|only|at the latest|latest|maximum|always|counted|counting|calculated|running|reckoned"
        r"|computed|measured|starting|beginning|commencing|and|to be|to run|including|is|are|payment)|,(?= (?:count|calculat|reckon|comput|measur|start|begin|commenc|runn)))*"
        r" (?:after|from|following|of|since|as of|as from|past|upon|on|with effect from|post)\b(?: (?:and including|the|a|an|which)\b)*"
    ),
    base=either(
        r"\binvoic\w*|\bbill(?:s|ed|ing)?\b|\bdeliver\w*|\b(?:receipt|receiving)\b(?! of (?:\w+ ){0,3}(?:payment|funds|money|monies|proceeds|subsid|grant|approval|remittance|loan|cash))|\breceiv(?:ed|es|e)\b|\barriv\w*|\bshipment|\bshipp\w*|\bdis?patch\w*|\bdespatch\w*|\bhand(?:ed|ing)?[- ]?over"
        r"|\bunload\w*|\bload(?:ed|ing)\b|\bpick-?up|\bb/l\b|\blading\b|\bwaybill|\bawb\b|\bcmr\b|\bdocuments?\b|\bissu\w*|\bsent\b|\bdated\b|\bdate\b(?! (?:when|on|that|the|at|of|in)\b)|\bsight\b|\bpresent\w*"
        r"|\bcollection of (?:the )?goods|\b(?:acceptance|inspection) of (?:the )?(?:goods|deliver\w*|batch\w*|shipment|consignment|merchandise)|\bgoods receipt"
        r"|\bmonths?\b(?! (?:of|in which) (?:the )?sale)|\bquarter\b|\bstatement\b|\border\w*|\bcontract\b|\bagreement\b|\bsign(?:ing|ature|ed)\b|\bcredit\b|\bgrace\b"
        r"|\btoday\b|\bthat day|\bthis day|\bthe day\b(?! (?:when|on|that|the|at|of|in)\b)|\bthereof\b|\bit\b|\bthen\b|\bformer\b|\b(?:first|previous|preceding|second|last) (?:one|part|instal\w+|payment|share)\b"
        r"|\bdue\b|\bsettlement day|\bfriday|\bmonday|\btuesday|\bwednesday|\bthursday|\beom\b|\bpro ?forma|\bconsignment\b",
        r"\b\d{1,2}(?:st|nd|rd|th)\b",
    ),
    count=re.compile(r"\b(?:counts?|counted|counting|stock-?tak\w+|inventor\w+|reconcil\w+|sales reports?|sell-?through reports?|(?:sales|stock) lists?)\b"),
    base_end=re.compile(
        r"[.;,:()]| - |\b(?:and|or|but|if|provided|unless|at the latest|whichever|by (?:bank|wire|transfer|cheque)|with a|subject|less|minus|without|net)\b"
    ),
    about_before=re.compile(
        r"\b(?:about|around|approx(?:imately)?\.?|circa|ca\.?|c\.|roughly|some|nearly|almost|more or less|or so|towards?|close to|in the region of|"
        r"in the order of|an estimated|say|on or about|on or around|at or around|near)(?: (?:the|within|on|a|in|after))*\s*$"
    ),
    about_after=re.compile(r"^ ?(?:or so\b|or thereabouts|or there ?about|more or less|approximately|approx\b|roughly|give or take|-?ish\b|plus minus|\+/-)"),
    hedge=either(
        r"\b(?:normally|usually|generally|ordinarily|typically|customarily|habitually|as a (?:general )?rule|in principle|in general|ideally|preferably|hopefully|probably"
        r"|presumably|in most cases|mostly|as far as possible|wherever possible|where possible|in the ordinary course|tentatively|provisionally|for the most part)\b",
        r"\b(?:expected|estimated|anticipated|indicative|tentative|target|targeted|provisional|approximate|intended|envisaged|foreseen|non-binding)"
        r" (?:\w+ )?(?:payments?|settlements?|due|dates?|terms?|day)\b",
        r"\b(?:payments?|settlements?|due date|term)\b[^.;]{0,20}\b(?:is|are) (?:expected|estimated|anticipated|envisaged|foreseen|intended|likely|aimed|targeted)\b",
    ),
    between=either(
        rf"\bbetween {_COUNT}(?: {_UNIT})? and {_COUNT} (?:\w+ )?{_UNIT}\b",
        rf"(?<![\d,/-] )(?<![\d/-])\b{_COUNT}(?: {_UNIT})? (?:to|or|-) {_COUNT} (?:\w+ )?{_UNIT}\b",
        r"(?<![\d,/-] )(?<![\d/-])\b\d{1,3}-\d{1,3} (?:\w+ )?days?\b",
    ),
    floor_before=re.compile(
        r"\b(?:at the earliest|no earlier than|not earlier than|earliest|not before|at least|a minimum of|minimum|min\.?|not less than|no less than|not sooner than"
        r"|no sooner than|more than|longer than|over|beyond|in excess of|as from|starting(?: from)?)(?: (?:the|of|on|after|within|until|a))*\s*$"
    ),
    floor_after=re.compile(r"^(?: [\w/-]+){0,5}? ?(?:at the earliest|at least|or more|or longer|or later|minimum|and more|and beyond|upwards|onwards|\+)(?!\w)"),
    onward=re.compile(r"^ (?:onwards?|or (?:later|after)|at the earliest)\b"),
    since=re.compile(r"\b(?:after|since|from|following|past|as of|starting|commencing|subsequent to|later than)(?<!no later than)(?<!not later than)(?: (?:the|of|on|\w+ (?:of|on))\b)*\s*$"),
    cap_before=re.compile(
        r"\b(?:at the (?:very )?latest|no later than|not later than|never later than|not any later than|in no (?:case|event|circumstances?) (?:later|after)(?: than)?|under no circumstances later than|latest|in any (?:case|event)|in all (?:cases|events)|in every case|at all events|at most"
        r"|not exceeding|not to exceed|not exceed|may not exceed|maximum|max\.?|up to|(?:and|but|yet) (?:always |certainly |definitely )?(?:within|before|by|on)|failing (?:which|that|this)"
        r"|otherwise|in the absence of (?:such|a|any) \w+|not more than|no more than|nor later than|final(?:ly)?|long[- ]?stop(?: date)?|deadline|latest date|ultimately|outside date|cut-?off"
        r"|never (?:beyond|after)|(?:if|should) [^.;]{0,50}\b(?:not|no)\b[^.;]{0,40})(?:[ ,]+(?:\w+ ){0,4}?)?,?\s*$"
    ),
    cap_after=re.compile(
        r"^[ ,(]*(?:[\w/'-]+ ){0,6}?(?:at the (?:very )?latest|latest|at most|maximum|in any (?:case|event)|in all cases|as (?:the|an?) (?:\w+ )?(?:long[- ]?stop|deadline|limit|maximum))\b"
    ),
    sooner=re.compile(r"\b(?:earlier|sooner|before (?:then|that|this|the due|its due|maturity)|in advance of)\b"),
    consigned=re.compile(r"\b(?:(?:on|in|under) consignment|consign(?:ed|ment) (?:goods|stock|basis|terms)|consignment(?=[:,.]))"),
    first_of=re.compile(
        r"\b(?:whichever|what(?:ever|soever)|the (?:earlier|sooner|first)|earlier of|sooner of|first of)\b[^.;]{0,25}\b(?:earlier|earliest|sooner|soonest|first)\b"
        r"|\b(?:earlier|sooner) of\b|\bif earlier\b|\bor earlier\b|\bor sooner\b|\bif sooner\b"
    ),
    connector=re.compile(
        r"\b(?:after|afterwards|when(?:ever)?|once|upon|as soon as|until|till|unless|following|if|provided(?: that)?|providing|subject to|depend(?:s|ing|ent|ant)? (?:up)?on"
        r"|condition(?:al|ed)? (?:up)?(?:on|that)|contingent (?:up)?on|as and when|in (?:line|step|proportion|tandem|parallel|relation) (?:with|to)|in proportion|according to|in accordance with"
        r"|to the extent|in ?so ?far as|as far as|so long as|as long as|by the time|in the event(?: of| that)?|at the (?:time|moment|point|end|conclusion|close) of"
        r"|in case of|pending|where|wherever|since|only|as|in which|of which|before|prior to|out of|pursuant to|linked to|tied to|based on|on the basis of|following on from|past|post|"
        r"assuming|awaiting|await|against|end of|close of|conclusion of|in so much as|inasmuch as|immediately on|thereafter|subsequent to|because of|in view of|having|being|while|not before|later than)\b"
    ),
    near_connector=re.compile(r"\b(?:on|from|with|at|by|in|per)\b"),
    nouns={
        Kind.SALE: re.compile(
            rf"\b(?:{_SOLD}|sell-?(?:through|out)|turn(?:s|ed|ing)? over|turnover|off-?take|used up|consum(?:ed|ption)|dispos(?:ed of|al)|mov(?:es|ed) off|shel(?:f|ves)"
            r"|(?:stocks?|goods|inventory|products?|batch) (?:\w+ ){0,3}(?:rotat\w+|clear(?:s|ed)?|moves?|moved|runs? out|exhausted|depleted|turns?|gone|finds? (?:a )?buyers?|placed|leaves? the shop)"
            r"|clearance|rotation of (?:the )?stock|stock rotation|find buyers?|found (?:a )?buyers?|empty)\b"
        ),
        Kind.COLLECTION: re.compile(
            rf"\b(?:{_THEIR} (?:own |end[- ]?|final |ultimate )*(?:customers?|clients?|consumers?|users?|purchasers?|buyers?|debtors?|part(?:y|ies)|patients|tenants|principals?|employer)"
            r"|(?:end[- ]?|sub-?|final )(?:customers?|users?|buyers?|clients?|consumers?|purchasers?|distributors?)|consumers?|third part(?:y|ies)"
            r"|(?:customers?|clients) (?:of|downstream)|proceeds|(?:has|have|is|are|been) (?:\w+ )?collected|collects?|collections?|reimburs\w+|receivables|cashed in|cashes in"
            r"|(?:payment|money|funds|monies|remittance) (?:\w+ )?(?:from|by) (?:the |our |its |their |a |his )*(?:customers?|clients?|end|owner|employer|retail|shops?|third|insur|government|bank|main|head|parent|sub|franchis)"
            r"|(?:government|authorit\w+|ministry|insurer|owner|employer|main contractor|head office|parent company|retailers?|shops|franchisees?|hospital|school|sub-?dealers?) (?:\w+ ){0,3}(?:paid|pays|pay|settle[sd]?|remit\w*)"
            r"|paid by (?:the |our |its |their )?(?:end|owner|third|employer|main|government|retail|shops?|client|franchis)|been paid (?:itself|himself|themselves|ourselves|itself)|gets? paid|itself (?:been |is )?paid)\b"
        ),
        Kind.FUNDS: re.compile(
            r"\b(?:funds?|cash ?-?flows?|liquid\w*|money|finances?|financial(?:ly)?|treasury|bank balance|resources|solven\w+|capital|credit lines?|loans?|subsid(?:y|ies)|grants?|financing"
            r"|funding|investment|investors?|overdraft|available cash|cash (?:position|situation|availability|is|becomes|permits|allows|comes)|means|affordable|afford|circumstances|"
            r"business (?:is|permits|allows|improves|picks|goes|conditions|situation)|(?:market|economic|trading|economy) (?:\w+ )?(?:conditions?|situation|permits?|allows?|improves?|recovers?)|able to|ability|capacity|capable"
            r"|in a position to|economy|market (?:recover|improv|permit|allow)\w*|turnover permits)\b"
        ),
        Kind.SEASON: re.compile(
            r"\b(?:(?:\w+[- ])?season|harvest\w*|crops?|vintage|festiv\w+|christmas|xmas|easter|ramadan|eid|diwali|new year(?:'s)?|spring|lunar|holidays?|vacations?|summer|winter|autumn"
            r"|(?:the|this|next) fall(?! due)|(?:the |trade |book |spring |autumn )fair|exhibition|trade shows?|campaign|promotions?|carnival|thanksgiving|black friday|rainy|monsoon|school year|term time|peak|semester)\b"
        ),
        Kind.EVENT: re.compile(
            r"\b(?:projects?|construction|building|works?|complet\w+|commission(?:ing|ed)|install(?:ation|ed)|assembl(?:y|ed)|opening|opens|opened|re-?open\w*|renovat\w+|refurbish\w*"
            r"|start of (?:production|operations|business)|start-?up|audit(?:ed)?|approv\w+|authori[sz]\w+|sign(?:s|ed)?[- ]?off|released? (?:by|for payment)|verif\w+|checked|licen[cs]e|permits?(?= (?:is|has|are))|registration|board|meeting"
            r"|management|head ?office|procedures?|process(?:ed|ing)?|budget|relocation|lawsuit|settled with|customs|cleared customs|handing over of the (?:building|site|house)|"
            r"satisf\w+|fully operational|operational|put into (?:service|operation|use)|final acceptance|accepted by|launch\w*|success\w*|profit\w*|results?|goals?|targets?|resolved|resolution|good order|clearance)\b"
        ),
        Kind.REORDER: re.compile(
            r"\b(?:(?:next|new|repeat|another|follow-?up|future|coming|(?:the|each|its|any|every|a) (?:following|subsequent|further)) (?:\w+ )?(?:orders?|deliver(?:y|ies)|shipments?|purchases?|batch(?:es)?|consignments?|visit|restock\w*|call)|re-?orders?|reordered|restock\w*|replenish\w*)\b"
        ),
    },
    phrases={
        Kind.SALE: either(
            r"\b(?:what|whatever|as much as|as many as|only (?:for )?(?:what|those|that|the)|such|those|goods|pieces|items|units|quantit(?:y|ies)|amounts?|volumes?|articles|products|stock|merchandise|portion|part|bottles|cases) "
            r"(?:(?:which|that|as) )?(?:(?:has|have|had|is|are|it|he|they|the|was|were|we|actually|really|already|been|being|buyer|shop|customer|dealer|retailer) )*(?:re-?)?(?:sold|sells?)\b(?! (?:to|under|by the seller|and delivered|_))",
            r"\b(?:pay[- ]as[- ](?:you[- ])?(?:sell|sold)|pay[- ]when[- ]sold|sale or return|sold as you go|scan[- ]based|pay[- ]on[- ]scan|sell first)\b",
            r"\bactual(?:ly)? (?:sales|sold|sell\w*)\b",
            r"\b(?:sales|resale|selling) (?:proceeds|revenues?|receipts|progress|performance|results?|figures)\b",
        ),
        Kind.COLLECTION: either(
            r"\b(?:pay|paid)[- ](?:when|if|as)[- ](?:and when[- ])?paid\b",
            r"\bback[- ]to[- ]back\b",
            r"\bout of (?:the )?(?:\w+ )?proceeds\b",
        ),
        Kind.FUNDS: either(
            r"\b(?:funds?|cash ?-?flow|liquidity|cash|money|finances|treasury|means|circumstances|business|situation|budget|resources|financial (?:situation|position|condition)) (?:\w+ )?(?:allow(?:s|ing)?|permit(?:s|ting)?|suffic\w+|(?:is|are|become[s]?|being|remain) (?:\w+ )?(?:available|sufficient|adequate|there|free|found|secured|released))\b",
            r"\bavailability of (?:\w+ )?(?:funds|cash|liquidity|money|means|resources|finance)\b|\bthere is (?:\w+ )?(?:enough|sufficient|money|cash)\b",
            r"\b(?:if|when|where|wherever|whenever|as far as|insofar as|in so far as|to the extent|as much as|as and when) (?:this is |it is |it's |that is |they are |we are |he is |she is |the buyer is )?(?:reasonably |practically |financially |at all )?(?:possible|practicable|feasible|convenient|able|affordable|workable|opportune)\b",
            r"\b(?:is|are|becomes?|finds? (?:itself|himself)) (?:\w+ )?(?:able to (?:pay|settle)|in a position to|solvent|liquid|capable of pay)\w*",
            r"\b(?:can|could) (?:\w+ )?afford\b|\b(?:ability|capacity|capability) to pay\b|\bpermitting\b|\bcash[- ]?flow dependent\b|\bdoes well\b|\bgoes well\b|\bpicks? up\b|\bhas the (?:money|cash|funds|means)\b",
        ),
        Kind.DISCRETION: either(
            rf"\b(?:at|to|in) (?:{_PAYER}(?:'s|s'|s)? |its |his |her |their |our |your |your own |the )?(?:own |sole |absolute |free |full |earliest |first |entire |reasonable )*(?:convenience|discretion|leisure|pleasure|liking)(?! of (?:the )?(?:seller|supplier))\b",
            r"\bas (?:it|they|he|we|circumstances|business|trade) (?:\w+ )?(?:requires?|suits?|pleases?|likes?|wish(?:es)?)\b",
            r"\b(?:sees?|think[s]?|deems?|consider[s]?|finds?|judges?) (?:it |this |that |the time )?(?:is )?(?:to be )?(?:fit|appropriate|suitable|proper|right|convenient|opportune|reasonable|expedient|best|advisable)\b",
            r"\b(?:as|when|whenever|if|how) (?:and when )?(?:he|she|it|they|we|(?:the )?(?:buyer|customer|purchaser|client|shop|dealer)) (?:so )?(?:likes?|wish(?:es)?|pleases?|prefers?|chooses?|wants?|decides?|desires?|elects?|feels?)\b",
            r"\bwhen(?:ever)? (?:it |this |that )?suits\b|\bat will\b|\bat random\b|\bwithout (?:any )?(?:fixed|set|specific|binding) (?:date|term|deadline|day)\b|\bno (?:fixed|set|specific) (?:date|term|deadline|day)\b",
            rf"\b(?:when|once|whenever|as soon as) (?:{_PAYER}|it|they|he|we) (?:is|are|feels?|am) (?:\w+ )?(?:ready|willing|comfortable|happy|satisfied)\b",
            rf"\b(?:day|date|time|moment|term)s? (?:that |which |as |to be |is |are |will be |shall be |may be )?(?:freely )?(?:chosen|set|fixed|named|determined|decided|notified|communicated|selected|indicated|advised|specified|announced) by (?:{_PAYER}|us|it|them)\b",
            rf"\b(?:day|date|time|moment) (?:that |which |as )?(?:{_PAYER}|it|they|he) (?:\w+ )?(?:chooses?|sets?|fix(?:es)?|names?|determines?|decides?|selects?|likes?|wish(?:es)?|prefers?|indicates?|may \w+)\b",
            r"\bof (?:its|his|their|the buyer's|the customer's) (?:own )?(?:choice|choosing)\b",
            r"\b(?:best|reasonable) (?:efforts?|endeavou?rs?)\b",
            r"\b(?:endeavou?rs?|tr(?:y|ies)|aims?|intends?|hopes?|strives?|plans?|expects?|seeks?|attempts?|make every effort|do (?:its|his|their|our) (?:best|utmost)) to (?:\w+ )?(?:pay|settle|make|effect|remit|clear|transfer)\b",
            r"\b(?:may|can|is entitled to|are entitled to|is free to|has the right to|reserves? the right to|is allowed to|to be)(?! not) (?:\w+ )?(?:postpone|defer|delay|extend|withhold|reschedule|stretch|suspend|put off|prolong)(?:ed)?\b(?! (?:to|by) (?:the )?(?:\d|next)| only)",
            r"\b(?:term|period|deadline|payment|due date|date|time) (?:is|are|shall|will|may|can)(?! not) (?:be )?(?:\w+ )?(?:extended|prolonged|postponed|deferred|prorogued|delayed|stretched)\b(?! (?:to|by) (?:the )?(?:\d|next)| only)",
        ),
        Kind.AGREEMENT: either(
            r"\b(?:to be|will be|shall be|must be|is to be|are to be|is yet to be|yet to be|still to be|being|remains to be|needs? to be|has to be|is still to be|can be|may be|would be) "
            r"(?:\w+ )?(?:agreed|negotiated|discussed|determined|fixed|confirmed|set|decided|arranged|specified|advised|notified|defined|clarified|settled (?:upon|later)|scheduled|announced|stipulated|communicated|established)\b",
            r"\b(?:parties|we|buyer and seller|seller and buyer|both sides|both parties) (?:will|shall|are to|may|must|undertake to)(?: \w+){0,2} (?:agree|negotiate|decide|discuss|determine|consult|arrange|fix|come to)\b",
            r"\b(?:subject to|open to|pending|after|following|upon|on|by|under|through) (?:further |mutual |separate |later |special |individual |prior |future |joint |friendly |common )*(?:agreements?|negotiations?|consultations?|arrangements?|discussions?|consent|understanding)(?! of (?:this|the contract)| (?:dated|no|number|signed))\b",
            r"\b(?:tbd|tba|tbc|t\.b\.[dac])\b|\b(?:case by case|from case to case|case-by-case)\b",
            r"\b(?:remains?|is left|left|kept|is) open\b|\bas (?:may be |shall be |will be |is )?(?:later |subsequently |mutually )?agreed (?:later|subsequently|from time to time|each time|in each case|case by case|at the time)\b"
            r"|\b(?:separate|later|individual) agreement\b|\bagreed (?:separately|later|individually|at a later|from time to time|in due|at the time|then)\b|\bas (?:may|might) be agreed\b|\b(?:mutually|jointly) (?:convenient|acceptable|agreeable)\b",
        ),
        Kind.VAGUE: either(
            r"\b(?:soon|shortly|promptly|asap|a\.s\.a\.p|without (?:undue |unreasonable |any )?delay|in due (?:course|time)|in good time|in time|in the (?:near |foreseeable )?future|at some (?:point|time|stage|later)|some ?time|sooner or later"
            r"|eventually|later(?: on)?|afterwards?|subsequently|thereafter|in future|as (?:usual|customary|always|before|hitherto|ever)|as in (?:the past|previous|former|earlier)|as is (?:usual|customary)|timely|speed(?:y|ily)|expeditiously|quickly|swiftly"
            r"|from time to time|now and then|periodically|at (?:regular )?intervals|regularly|gradually|progressively|little by little|bit by bit|step by step|piece by piece|by and by|before long|until further notice|on demand|(?:up)?on request|on call|when due|at times|one day"
            r"|someday|any time|at any time|the usual|in a while|a while|at a (?:later|convenient|suitable) \w+|for the time being|without fixed|flexibl[ey]|monthly|weekly|quarterly|annually)\b",
            r"\bas (?:soon|quickly|early|promptly|fast) as (?:\w+ )?(?:possible|practicable|feasible|can be|we can|he can|it can|they can)\b|\bat (?:the )?(?:(?:its|his|their|your|our|buyer's) )?earliest (?:\w+ )?(?:opportunity|possible|time|convenience)\b",
            r"\b(?:usual|customary|normal|established|existing|past|common|standard|traditional|local|trade|same|known) (?:\w+ )?(?:terms?|practices?|manner|way|time|period|conditions|customs?|usages?|habits?|procedure|rhythm|course)\b|\bcustoms? of (?:the )?(?:trade|house|place)\b",
            r"\breasonable (?:time|periods?|terms?|delay|interval|while|deadline)\b|\b(?:convenient|suitable|appropriate|proper|opportune|favou?rable|good|right|given|due) (?:\w+ )?(?:time|moment|opportunity|occasion|juncture|point)\b",
            r"\b(?:next|coming|following|upcoming) (?:few )?(?:months?|quarter|year|season|time|weeks?|days?)\b|\b(?:a |the )?(?:few|several|some|couple of|number of|certain|next few) (?:\w+ )?(?:days|weeks|months)\b",
            r"\b(?:early|mid|late|beginning of|middle of|start of|in the course of|during|towards the end of|end of)[- ](?:the |this |next |each |every |following )*(?:month|quarter|year|summer|winter|spring|autumn|week)\b",
            r"\byear[- ]?end\b|\bend of (?:the |this |next |our |its |each |every )*(?:financial |fiscal |calendar |business |accounting |trading )?(?:year|quarter|period)\b|\b(?:the )?(?:first|second|third|fourth|last) (?:quarter|half)(?! (?:is|of the (?:price|amount)))\b|\bq[1-4]\b"
            r"|\b(?:short|medium|long)[- ](?:term|run)\b|\bthis year\b|\bnext year\b|\bwithin the year\b|\bbefore the year is out\b",
        ),
        Kind.MONTH: either(
            rf"\b(?:after|until|till|by|before|in|during|end of|end|beginning of|start of|early|mid|mid-|late|middle of|towards|around|about|as of|past|through|throughout|following|not before|sometime in|close of|come|once|when|at)(?: the)?(?: end of| beginning of| middle of| close of| month of| course of| start of)?[- ]?{_MONTH}"
            rf"(?:(?: is| has)? (?:over|past|passed|ended|gone|comes?))?(?:,? {_YEAR})?",
            rf"\b\d{{1,2}} ?(?:st|nd|rd|th)?(?: of)? {_MONTH}(?!,? (?:of )?{_YEAR})",
            rf"\b{_MONTH} (?:the )?\d{{1,2}} ?(?:st|nd|rd|th)?\b(?!,? {_YEAR})",
            rf"\b(?:in|during|sometime in|after|from|until) {_YEAR}(?![-/.]\d)",
        ),
    },
    condition=re.compile(
        r"\b(?:if|provided|providing|subject to|only|as long as|so long as|insofar|in so far|to the extent|conditional|condition|contingent|depend\w*|permitting|as far as|unless|assuming)\b"
    ),
    of_goods=re.compile(
        rf"\b(?:{_GOODS}|orders?|invoices?|purchases?|prices?|sales)(?: (?:\w+ )?(?:made|placed|issued|delivered|received|ordered|shipped|dispatched|invoiced|dated|taking place|supplied|bought|purchased|arriving|for|of|effected|falling|called off))?\s*$"
        r"|\b(?:made|placed|issued|delivered|received|ordered|shipped|dispatched|invoiced|supplied|bought|purchased)\s*$"
    ),
    pays=re.compile(r"\b(?:pay\w*|terms?|invoiced|invoices? (?:\w+ ){0,2}issued|paid|settl\w+|due|remit\w*|transfer\w*|instal\w+|net|nett|owe\w*|cash|clear(?:s|ed)?|payout|balance|rest|remainder|money|invoices? (?:is|are|shall|will|fall)|credit term|deposit|advance)\b"),
    others=re.compile(
        r"\b(?:deliver(?:y|ies) (?:takes?|will|shall|is|are|within|by|on|time|begins?|starts?|follows?|period|dates?:)|(?:be|is|are) (?:delivered|shipped|dispatched)|ship(?:s|ment takes)|supply|warrant\w+|guarantee\w*|complain\w*|claims?|defects?|notif\w+|notices?|terminat\w+|cancel\w*|valid|offers?"
        r"|pric(?:e list|es)\b|the price (?:is|will|shall) (?:be )?(?:review|agreed|negotiat|adjust|fixed)|quantit(?:y|ies)|assortment|discounts?|rebates?|bonus(?:es)?|commission|title|ownership|property|risk|returns?|returned|orders? (?:must|are|is|within|may|shall|will|should)|samples?|promotional|renegotiat\w+|adverti\w+"
        r"|deviat\w+|amend\w*|modif\w+|changes?|exceptions?|extensions?|variations?|may order|support|contract (?:ends|runs|is valid|expires)|confidential\w*|jurisdiction|next batch|further deliver\w+|call[- ]offs?|transport|freight|packag\w+|insurance)\b"
    ),
    late=re.compile(r"\b(?:late|overdue|interest|default\w*|arrears|remind\w+|dunning|penalt\w+|surcharge|breach|delayed payment|not (?:been )?(?:paid|received|settled)|non-?payment|fails? to|failure to|suspend\w*|withhold deliver\w*)\b"),
    tie=re.compile(r"\b(?:invoic\w*|deliver\w*|(?:receipt|received|receiving)(?! (?:of |the |any |from )*(?:\w+ )?(?:payment|funds|money|monies|proceeds|subsid|grant|approval|remittance|loan|cash))|shipment|dispatch|arrival)\b"),
    tie_end=re.compile(r"\b(?:and|or|nor)\b"),
    proviso=re.compile(r"\b(?:provided(?: always)?(?: that)?|providing(?: that)?|on (?:the )?condition that|conditional (?:up)?on|subject to|only (?:if|when|once|after)|assuming(?: that)?|contingent (?:up)?on|as long as|so long as|dependent (?:up)?on|depending on)\b"),
    closes=re.compile(
        r"\b(?:unsold|not (?:been |yet |yet been |then |so )?(?:re)?sold|remaining|remainder|rest|left(?:over)?s?|residual|last day|final day|final count|returned|returns?|takes? back|taken back|come[s]? back|go(?:es)? back|bought|buys?|deemed sold|considered sold|treated as sold|purchased?"
        r"|consign(?:ment|ed)(?: \w+){0,3} (?:period|term|ends?|lasts?|runs?|days|stock)|at the latest|maximum|latest|balance)\b"
    ),
)
