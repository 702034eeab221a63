from __future__ import annotations

from facetry.engines.columns.kept_documents import KeptDocuments

A, B, C = (0, 0), (0, 1), (1, 0)


def test_documents_that_were_asked_for_last_are_kept():
    kept = KeptDocuments[str](10)
    kept.keep([(A, "a", 5), (B, "b", 5)])
    assert kept.found([A]) == ["a"]
    kept.keep([(C, "c", 3)])
    assert kept.found([A, B, C, A]) == ["a", None, "c", "a"]


def test_a_document_counts_once():
    kept = KeptDocuments[str](10)
    kept.keep([(A, "a", 5)])
    kept.keep([(A, "another", 5), (B, "b", 5)])
    assert kept.found([A, B]) == ["a", "b"]


def test_what_is_larger_than_all_that_may_be_kept_is_not_kept():
    kept = KeptDocuments[str](10)
    kept.keep([(A, "a", 11)])
    assert kept.found([A]) == [None]
    kept.keep([(B, "b", 10)])
    assert kept.found([B]) == ["b"]
