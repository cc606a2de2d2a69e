"""A clause made plain: one case, no accents, one kind of punctuation and character, and the way back to the original.

Rules look at the plain text; marks are shown in the text as it was written, so every plain character knows where it
came from.
"""

import unicodedata
from dataclasses import dataclass

# The characters of contracts as they are written in Taiwan and Hong Kong, and the numerals of cheques.
_TRADITIONAL = (
    "後貨賣銷結單發開無論時間預訂約議協資錢寬許條況視節慶豐穫項驗審準補貼貸撥終業總實際餘盤點對賬帳據憑當"
    "個兩週曆號遲於過內領達運裝載幣額雙買訊產導經營動隨應該給還剛邊續儘盡適舊慣規則獎優選擇擔筆張認決幾樣"
    "從來與為爲處車門關報價標場園團廠庫倉現錄計劃億萬變轉讓親戶們淨匯訖簽徵稅積壓滯區進連這郵長閒階須類養"
    "麼齊體檔氣漲農穀籌統緩線縮繳習職聯製見觀訴試詢請調談證識負財責費質購贈輕輸裡裏歲嗎屆慮虛範確種稱尋將"
    "層屬嶺師幫廣廳強彈歸徑復恆懸戰執擴攜擬數斷暫會東樓構機權歷歡殘殼減測溫滿滾漸潛濟災爐爭爾狀獨獲環畢異"
    "療監盪礎禮穩競筍紀純紙級細紹組維綠網緊編練縱織繼績罰聖聞脫腦臨舉艙華葉術複觸設託詳誤說誰課諾謝豬貫貴"
    "貿賀賴趕較輛遊遞遠鄉釋鋪錯鐘闆閉陰陽隊雜難電靈頂順頭題願顯風飯館驟鮮麗龍衆眾啟啓佈併並倆側偽傳債備償"
    "儲兒冊凍別劑勁勞勝務勵卻參員問喪嚴國圍圖壞壽夠夢奪婦學孫寫寶專壹贰貳叁肆伍柒捌玖拾佰〇陸"
)
_SIMPLIFIED = (
    "后货卖销结单发开无论时间预订约议协资钱宽许条况视节庆丰获项验审准补贴贷拨终业总实际余盘点对账账据凭当"
    "个两周历号迟于过内领达运装载币额双买讯产导经营动随应该给还刚边续尽尽适旧惯规则奖优选择担笔张认决几样"
    "从来与为为处车门关报价标场园团厂库仓现录计划亿万变转让亲户们净汇讫签征税积压滞区进连这邮长闲阶须类养"
    "么齐体档气涨农谷筹统缓线缩缴习职联制见观诉试询请调谈证识负财责费质购赠轻输里里岁吗届虑虚范确种称寻将"
    "层属岭师帮广厅强弹归径复恒悬战执扩携拟数断暂会东楼构机权历欢残壳减测温满滚渐潜济灾炉争尔状独获环毕异"
    "疗监荡础礼稳竞笋纪纯纸级细绍组维绿网紧编练纵织继绩罚圣闻脱脑临举舱华叶术复触设托详误说谁课诺谢猪贯贵"
    "贸贺赖赶较辆游递远乡释铺错钟板闭阴阳队杂难电灵顶顺头题愿显风饭馆骤鲜丽龙众众启启布并并俩侧伪传债备偿"
    "储儿册冻别剂劲劳胜务励却参员问丧严国围图坏寿够梦夺妇学孙写宝专一二二三四五七八九十百零陆"
)
_ONE_SIGN = {
    **dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True)),
    **dict.fromkeys("‘’ʼ`´", "'"),
    **dict.fromkeys("‐‑‒–−", "-"),
    **dict.fromkeys("。．｡", "."),
    "—": ",",
    "―": ",",
    "､": "、",
}
_UNWRITTEN = ("Mn", "Me", "Cf", "Cc", "Cs")  # accents apart from their letter, joiners, controls


@dataclass(frozen=True, slots=True)
class Plain:
    """The plain text, and for each of its characters the place it has in the text as written."""

    text: str
    places: tuple[int, ...]

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Where the plain characters from `start` up to `end` stand in the text as written."""
        return self.places[start], self.places[end - 1] + 1


def plain(text: str, *, spaced: bool) -> Plain:
    """`spaced` is False for a language without spaces between words: there they mean nothing."""
    characters: list[str] = []
    places: list[int] = []
    for place, written in enumerate(text):
        for sign in _signs(written):
            if sign == " " and (not spaced or not characters or characters[-1] == " "):
                continue
            characters.append(sign)
            places.append(place)
    return Plain("".join(characters), tuple(places))


def _signs(written: str) -> str:
    if written.isspace():
        return " "
    if written in _ONE_SIGN:
        return _ONE_SIGN[written]
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", written).casefold())
    return "".join(
        " " if sign.isspace() else _ONE_SIGN.get(sign, sign)
        for sign in folded
        if unicodedata.category(sign) not in _UNWRITTEN
    )
