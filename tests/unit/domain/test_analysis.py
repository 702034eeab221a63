import pytest

from facetry.domain.analysis import MAX_TERM_LENGTH, fold, keyword, keyword_queries, terms, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("GOLD Ring", "gold ring"),
        ("Žluťoučký Kůň", "zlutoucky kun"),
        ("Straße", "strasse"),
        ("ﬁne ① Ⅳ", "fine 1 iv"),
        ("バッグ ﾊﾞｯｸﾞ", "バッグ バッグ"),
        ("한국 İ", "한국 i"),
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
