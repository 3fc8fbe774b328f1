"""Text without meaning in many scripts, from random syllables.

Not here: fonts and sizes (look.py).
"""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Script:
    """How to make words that have the shapes of a writing system.

    Attributes:
        language: its BCP 47 tag, by which Chromium chooses fonts and line breaks.
        parts: the parts of a syllable in order; one item is drawn from each.
        syllables: the fewest and the most in a word.
        sans, serif: families that have the script's letters.
        space, stop, comma: what is between words, and what ends sentences and clauses.
        direction: `ltr` or `rtl`.
        capitals: whether sentences begin with a capital letter.
    """

    language: str
    parts: tuple[tuple[str, ...], ...]
    sans: tuple[str, ...]
    serif: tuple[str, ...]
    syllables: tuple[int, int] = (1, 4)
    space: str = " "
    stop: str = "."
    comma: str = ","
    direction: str = "ltr"
    capitals: bool = True


def _split(*parts: str) -> tuple[tuple[str, ...], ...]:
    """Items are separated by spaces; `_` is the empty item."""
    return tuple(tuple("" if i == "_" else i for i in part.split()) for part in parts)


HAN = (
    "的一是不了在人有我他这中大来上国和地到以说时要就出会可也你对生能子那得于着下自之年过发后"
    "作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前"
    "开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问"
    "很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世"
    "位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变"
)
TRADITIONAL = (
    "個這國說時對為會發學來過後與將體問間業電書車開關現當動點經應實無還種樣頭產題聲萬聽語讀寫"
    "圖畫風飛魚鳥馬龍門東華麗雲霧靈藝術館鐵橋島灣廣場線號權機構選擇設計資訊網路"
)
KANJI = (
    "日本人年大会国中出長時行見月分後前生五間上東四今金九入学高円子外八六下来気小七山話女北午"
    "百書先名川千水半男西電校語土木聞食車何南万毎白天母火右読友左休父雨"
)
_LATIN_SANS = (
    *("DejaVu Sans", "Liberation Sans", "Noto Sans", "Inter", "Roboto", "Open Sans", "Lato"),
    *("Cantarell", "Carlito", "FreeSans", "Liberation Sans Narrow", "Comic Neue"),
)
_LATIN_SERIF = (
    *("DejaVu Serif", "Liberation Serif", "Noto Serif", "EB Garamond", "Linux Libertine O"),
    *("Caladea", "FreeSerif", "Gentium"),
)
_WIDE_SANS = ("DejaVu Sans", "Liberation Sans", "Noto Sans", "Open Sans", "Roboto", "FreeSans")
_WIDE_SERIF = ("DejaVu Serif", "Liberation Serif", "Noto Serif", "Linux Libertine O", "FreeSerif")

_CJK = {"space": "", "stop": "。", "comma": "，", "syllables": (1, 3), "capitals": False}

SCRIPTS = {
    "latin": Script(
        "en",
        _split(
            "_ b c d f g h k l m n p r s t v w th st tr pl ch qu br gr sh cl",
            "a e i o u a e i o a e i o ai ea ou io",
            "_ _ _ _ _ _ n r s t l m d ng ck st nt",
        ),
        _LATIN_SANS,
        _LATIN_SERIF,
    ),
    "accents": Script(
        "fr",
        _split(
            "_ b c ç d f g h j l ł m n ñ p r ř s š ş t v w z ž đ",
            "a e i o u á é í ó ú à è ê ë ï ô ö ü å ø æ ā ę ů ạ ế ơ ư y",
            "_ _ _ n r s t l m nd",
        ),
        _LATIN_SANS,
        _LATIN_SERIF,
    ),
    "cyrillic": Script(
        "ru",
        _split(
            "_ б в г д ж з к л м н п р с т ф х ц ч ш щ ст пр",
            "а е и о у ы э ю я ё",
            "_ _ _ й н р т м",
        ),
        _WIDE_SANS,
        _WIDE_SERIF,
    ),
    "greek": Script(
        "el",
        _split(
            "_ β γ δ ζ θ κ λ μ ν ξ π ρ σ τ φ χ ψ", "α ε η ι ο υ ω ά έ ή ί ό ύ ώ ου αι", "_ _ _ ς ν"
        ),
        _WIDE_SANS,
        _WIDE_SERIF,
    ),
    "arabic": Script(
        "ar",
        _split("ا ب ت ث ج ح خ د ذ ر ز س ش ص ض ط ع غ ف ق ك ل م ن ه و ي ال", "_ _ ا و ي ة َ ِ"),
        ("Noto Sans Arabic", "DejaVu Sans", "Noto Kufi Arabic"),
        ("Noto Naskh Arabic", "FreeSerif", "Noto Nastaliq Urdu"),
        comma="،",
        direction="rtl",
        capitals=False,
    ),
    "hebrew": Script(
        "he",
        _split("א ב ג ד ה ו ז ח ט י כ ל מ נ ס ע פ צ ק ר ש ת", "_ ו י"),
        ("Noto Sans Hebrew", "DejaVu Sans", "Liberation Sans"),
        ("Noto Serif Hebrew", "Liberation Serif", "Noto Rashi Hebrew"),
        syllables=(2, 5),
        direction="rtl",
        capitals=False,
    ),
    "devanagari": Script(
        "hi",
        _split(
            "क ख ग घ च छ ज ट ड त थ द ध न प फ ब भ म य र ल व श ष स ह क्ष प्र स्त", "_ ा ि ी ु ू े ै ो ौ ं"
        ),
        ("Noto Sans Devanagari", "FreeSans"),
        ("Noto Serif Devanagari", "FreeSerif"),
        stop="।",
        capitals=False,
    ),
    "bengali": Script(
        "bn",
        _split("ক খ গ ঘ চ ছ জ ট ড ত থ দ ধ ন প ফ ব ভ ম য র ল শ ষ স হ", "_ া ি ী ু ূ ে ৈ ো ৌ"),
        ("Noto Sans Bengali",),
        ("Noto Serif Bengali",),
        stop="।",
        capitals=False,
    ),
    "tamil": Script(
        "ta",
        _split("க ங ச ஞ ட ண த ந ப ம ய ர ல வ ழ ள ற ன", "_ ா ி ீ ு ூ ெ ே ை ொ ோ ்"),
        ("Noto Sans Tamil",),
        ("Noto Serif Tamil",),
        capitals=False,
    ),
    "thai": Script(
        "th",
        _split("ก ข ค ง จ ช ซ ญ ด ต ถ ท น บ ป ผ พ ฟ ม ย ร ล ว ส ห อ", "ะ า ิ ี ึ ื ุ ู", "_ น ง ม ้ ่"),
        ("Noto Sans Thai", "Noto Looped Thai", "Loma"),
        ("Noto Serif Thai",),
        syllables=(2, 6),
        capitals=False,
    ),
    "armenian": Script(
        "hy",
        _split("բ գ դ զ թ ժ լ խ կ հ ձ ղ ճ մ յ ն շ չ պ ջ ռ ս վ տ ր ց", "ա ե է ը ի ո օ", "_ ն ր"),
        ("Noto Sans Armenian", "DejaVu Sans"),
        ("Noto Serif Armenian", "DejaVu Serif"),
        stop="։",
    ),
    "georgian": Script(
        "ka",
        _split("ბ გ დ ვ ზ თ კ ლ მ ნ პ ჟ რ ს ტ ფ ქ ღ ყ შ ჩ ც ძ წ ჭ ხ ჯ ჰ", "ა ე ი ო უ", "_ ნ ს"),
        ("Noto Sans Georgian", "DejaVu Sans"),
        ("Noto Serif Georgian", "DejaVu Serif"),
        capitals=False,
    ),
    "chinese": Script(
        "zh-Hans",
        (tuple(HAN),),
        ("Noto Sans CJK SC", "WenQuanYi Zen Hei"),
        ("Noto Serif CJK SC",),
        **_CJK,
    ),
    "traditional": Script(
        "zh-Hant", (tuple(TRADITIONAL),), ("Noto Sans CJK TC",), ("Noto Serif CJK TC",), **_CJK
    ),
    "japanese": Script(
        "ja",
        (
            tuple(KANJI),
            *_split(
                "の に は を た が で て と し れ さ ある いる する から な り ン ア イ カー スト",
                "_ _ い う き ま す",
            ),
        ),
        ("Noto Sans CJK JP", "VL PGothic"),
        ("Noto Serif CJK JP",),
        **(_CJK | {"comma": "、"}),
    ),
    "korean": Script(
        "ko",
        (
            tuple(
                # Unicode orders syllables by initial consonant, vowel and final consonant.
                chr(0xAC00 + (initial * 21 + vowel) * 28 + final)
                for initial in (0, 2, 3, 5, 6, 7, 9, 11, 12, 18)
                for vowel in (0, 1, 4, 5, 8, 13, 18, 20)
                for final in (0, 0, 0, 1, 4, 8, 16, 21)
            ),
        ),
        ("Noto Sans CJK KR", "NanumGothic", "NanumBarunGothic", "NanumSquare"),
        ("Noto Serif CJK KR", "NanumMyeongjo"),
        capitals=False,
    ),
}
"""By name. `Writer.choose` draws Latin half of the time."""


class Writer:
    """Writes words, sentences and numbers of one script."""

    def __init__(self, chance: random.Random, script: Script) -> None:
        self.chance, self.script = chance, script
        # A page repeats itself: its words come from one vocabulary, the first ones most often.
        self.vocabulary = [self._word() for _ in range(300)]

    @staticmethod
    def choose(chance: random.Random) -> Writer:
        others = [name for name in SCRIPTS if name != "latin"]
        name = "latin" if chance.random() < 0.5 else chance.choice(others)
        return Writer(chance, SCRIPTS[name])

    def _word(self) -> str:
        fewest, most = self.script.syllables
        syllables = range(min(self.chance.randint(fewest, most), self.chance.randint(fewest, most)))
        return "".join(self.chance.choice(part) for _ in syllables for part in self.script.parts)

    def word(self, capital: bool = False) -> str:
        word = self.vocabulary[int(len(self.vocabulary) * self.chance.random() ** 2)]
        return word.capitalize() if capital and self.script.capitals else word

    def words(self, fewest: int, most: int) -> str:
        """A label or a title: no full stop, its first letter a capital one."""
        words = [self.word() for _ in range(self.chance.randint(fewest, most))]
        text = self.script.space.join(words)
        return text[:1].upper() + text[1:] if self.script.capitals else text

    def sentence(self) -> str:
        clauses = [self.words(3, 9) for _ in range(self.chance.choice((1, 1, 2, 3)))]
        rest = [c[:1].lower() + c[1:] for c in clauses[1:]]
        joined = (self.script.comma + (self.script.space or "")).join([clauses[0], *rest])
        return joined + self.script.stop

    def paragraph(self, fewest: int = 2, most: int = 7) -> str:
        sentences = range(self.chance.randint(fewest, most))
        return self.script.space.join(self.sentence() for _ in sentences)

    def name(self) -> str:
        """A person's or a place's name."""
        between = " " if self.script.space else ""
        return between.join(self.word(capital=True) for _ in range(2))

    def number(self) -> str:
        """An amount, a share, a count or a time, as tables have them."""
        c = self.chance
        return c.choice(
            (
                f"{c.randint(0, 99)}",
                f"{c.randint(100, 9_999_999):,}",
                f"{c.uniform(-100, 100):.{c.randint(1, 3)}f}",
                f"{c.uniform(0, 100):.1f}%",
                f"{c.choice('$€£¥')}{c.uniform(1, 9999):,.2f}",
                f"{c.randint(0, 23):02}:{c.randint(0, 59):02}",
            )
        )

    def date(self) -> str:
        c = self.chance
        year, month, day = c.randint(1970, 2040), c.randint(1, 12), c.randint(1, 28)
        return c.choice(
            (
                f"{year}-{month:02}-{day:02}",
                f"{day}.{month}.{year}",
                f"{month}/{day}/{year % 100:02}",
            )
        )
