import pytest

from facetry.domain.analysis import (
    MAX_TERM_LENGTH,
    fold,
    has_digit,
    keyword,
    keyword_queries,
    keywords,
    stems,
    terms,
    word_spans,
    words,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("GOLD Ring", "gold ring"),
        ("Žluťoučký Kůň", "zlutoucky kun"),
        ("Straße", "strasse"),
        ("ﬁne ① Ⅳ", "fine 1 iv"),
        ("バッグ ﾊﾞｯｸﾞ", "バッグ バッグ"),
        ("한국 İ", "한국 i"),
        ("\u1112\u1161\u11ab か\u3099 e\u0301", "한 が e"),
        ("ΣΑΣ Ꭰ", "σασ Ꭰ"),
        ("", ""),
    ],
)
def test_folding_drops_case_and_marks(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ring's 18K_gold, 0.5ct", ["ring", "s", "18k", "gold", "0", "5ct"]),
        ("हिन्दी गहने", ["हिनदी", "गहने"]),
        ("💍 --- ...", []),
        ("caf\u0065\u0301 café", ["cafe", "cafe"]),
    ],
)
def test_words_are_runs_of_letters_digits_and_vowel_signs(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a_b वि_ki", ["a", "b", "वि", "ki"]),
        ("❤\ufe0f \U00011103\U00011127 🎁x", ["\U00011103\U00011127", "x"]),
        ("–ring™–", ["ringtm"]),
    ],
)
def test_signs_are_no_words_and_marks_are_parts_of_words(text, expected):
    assert words(text) == expected


def test_the_words_of_a_text_as_written_have_places():
    text = "Gold_Ring – cafe\u0301!"
    assert [text[slice(*span)] for span in word_spans(text)] == ["Gold", "Ring", "cafe\u0301"]
    assert list(word_spans("a b")) == [(0, 1), (2, 3)]
    assert list(word_spans("--")) == []


@pytest.mark.parametrize(
    ("word", "found"),
    [("14k", True), ("ring", False), ("٣", True), ("", False), ("वि", False), ("x²", True)],
)
def test_a_digit_of_any_script_is_one(word, found):
    assert has_digit(word) is found


@pytest.mark.parametrize(
    ("language", "forms", "stem"),
    [
        ("en", ["ring", "rings", "ringing"], "ring"),
        ("de", ["ring", "ringe", "ringen"], "ring"),
        ("fr", ["bague", "bagues"], "bagu"),
        ("es", ["anillo", "anillos"], "anill"),
        ("it", ["anello", "anelli"], "anell"),
        ("hi", ["अंगूठी", "अंगूठियाँ", "अंगूठियों"], "अंगूठ"),
        ("he", ["טבעת", "טַבַּעַת"], "טבעת"),
    ],
)
def test_forms_of_a_word_have_one_stem(language, forms, stem):
    assert [stems(word, language) for form in forms for word in words(form)] == [(stem,)] * len(forms)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("הטבעת", ("הטבעת", "טבעת")),
        ("והטבעת", ("והטבעת", "הטבעת", "טבעת")),
        ("מלך", ("מלכ",)),
        ("שלום", ("שלומ", "לומ")),
        ("בית", ("בית",)),
        ("כסף", ("כספ",)),
        ("הבטבעת", ("הבטבעת", "בטבעת")),
    ],
)
def test_hebrew_letters_have_their_usual_form_and_words_no_prefixes(word, found):
    assert stems(word, "he") == found
    assert terms(word, "he") == [found[0]]


def test_terms_are_stemmed_in_the_language_of_the_tenant():
    assert terms("Rings ringing", "en") == ["ring", "ring"]
    assert terms("Ringe Ketten", "de") == ["ring", "kett"]
    assert terms("Rings", "xx") == ["rings"]


def test_a_long_word_is_cut_alike_everywhere():
    assert terms("x" * 300, "xx") == ["x" * MAX_TERM_LENGTH]
    assert terms("9" * 300, "en") == terms("9" * MAX_TERM_LENGTH, "en")


def test_the_memory_of_stems_is_bounded(monkeypatch):
    monkeypatch.setattr("facetry.domain.analysis._STEMS_KEPT", 2)
    assert terms("one two three rings", "yy") == ["one", "two", "three", "rings"]
    assert terms("three rings", "yy") == ["three", "rings"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" AbC ", "abc"),
        ("\u00a0Ring\u2003", "ring"),
        ("CAFE\u0301", "caf\u00e9"),
        ("\u01f0", "\u01f0"),
        ("J\u030c", "\u01f0"),
        ("Maße", "masse"),
        ("  ", ""),
    ],
)
def test_keywords_are_compared_composed_and_caseless(text, expected):
    assert keyword(text) == expected


def test_a_query_may_mean_each_word_or_the_whole_text():
    assert keyword_queries(" White  Gold white ") == ["white", "gold", "white  gold white"]
    assert keyword_queries("Gold") == ["gold"]
    assert keyword_queries(" \t") == []


@pytest.mark.parametrize("texts", [[], [""], ["A", " b ", "c\td"], ["a\nB", "C"], ["É", "A"], ["", "X\x1c", ""]])
def test_many_keywords_are_those_of_one_each(texts):
    assert keywords(texts) == [keyword(text) for text in texts]
