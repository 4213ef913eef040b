"""Languages: of full texts, of headlines, by script, and the cases that must stay undetermined."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from dedupe.text.language import detect, primary

TEXTS = {
    "en": "The council voted on Tuesday to close the bridge after inspectors found cracks in two of its pillars.",
    "de": "Der Stadtrat beschloss am Dienstag, die Brücke zu sperren, nachdem Risse gefunden worden waren.",
    "fr": "Le conseil municipal a décidé mardi de fermer le pont après la découverte de fissures.",
    "es": "El ayuntamiento decidió el martes cerrar el puente después de que se encontraran grietas.",
    "ja": "市議会は火曜日、橋脚に亀裂が見つかったことを受け、橋を閉鎖することを決めた。",
    "zh": "市议会周二决定关闭大桥，此前检查人员在两个桥墩上发现裂缝。",
    "ko": "시의회는 화요일 교각에서 균열이 발견된 뒤 다리를 폐쇄하기로 결정했다.",
    "ru": "Городской совет во вторник решил закрыть мост после того, как в опорах нашли трещины.",
    "uk": "Міська рада у вівторок вирішила закрити міст після того, як в опорах знайшли тріщини.",
    "ar": "قرر المجلس البلدي يوم الثلاثاء إغلاق الجسر بعد العثور على شقوق",
    "fa": "شورای شهر روز سه‌شنبه تصمیم گرفت پل را پس از پیدا شدن ترک‌ها ببندد",
    "hi": "नगर परिषद ने मंगलवार को पुल बंद करने का फैसला किया क्योंकि दरारें मिलीं",
    "th": "สภาเมืองตัดสินใจปิดสะพานเมื่อวันอังคาร",
    "he": "מועצת העיר החליטה ביום שלישי לסגור את הגשר",
    "el": "Το δημοτικό συμβούλιο αποφάσισε την Τρίτη να κλείσει τη γέφυρα",
}


@pytest.mark.parametrize(("language", "text"), TEXTS.items())
def test_the_language_of_a_sentence(language: str, text: str) -> None:
    assert detect(text) == language
    assert detect(text.replace(" ", "\n")) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Council Votes To Close Bridge After Cracks Found", "en"),
        ("COUNCIL VOTES TO CLOSE BRIDGE", "en"),
        ("日本の首相が会見", "ja"),
        ("iPhone 15 Pro Max 在中国发布", "zh"),
        ("서울", "ko"),
        ("The prime minister of Japan (日本) resigned on Tuesday", "en"),
        ("Statsministeren går av etter valget i høst", "no"),
    ],
)
def test_the_language_of_a_headline(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize("text", ["", " \n", "12.5", "🎉🎉", "Oil", "Petro viaja a Washington", "\ud800\udfff"])
def test_what_cannot_be_told_stays_undetermined(text: str) -> None:
    assert detect(text) == "und"
    assert detect(text, fallback="pt") == "pt"


def test_a_long_text_without_letters_stays_undetermined() -> None:
    assert detect("🎉 12.5 " * 200) == "und"


def test_lone_surrogates_do_no_harm() -> None:
    assert detect("\ud800" + TEXTS["en"]) == "en"


def test_a_doubtful_beginning_is_not_the_last_word() -> None:
    assert detect("BBC CNN NATO UNESCO FIFA " * 8 + TEXTS["en"] * 3) == "en"


@pytest.mark.parametrize(
    ("tag", "language"),
    [("pt-BR", "pt"), ("zh_Hant_TW", "zh"), ("EN", "en"), ("nb-NO", "no"), ("iw", "he"), ("und", "und")],
)
def test_primary(tag: str, language: str) -> None:
    assert primary(tag) == language


def test_threads_agree_and_nothing_is_printed(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG), ThreadPoolExecutor(8) as pool:
        found = list(pool.map(detect, list(TEXTS.values()) * 40))
    assert found == list(TEXTS) * 40
    assert not caplog.records
    assert capfd.readouterr() == ("", "")
