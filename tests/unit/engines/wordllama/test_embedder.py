from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from facetry.domain.errors import InvalidValueError
from facetry.domain.search.text.semantics import MAX_DIMENSIONS, closeness, meaning
from facetry.engines.wordllama import embedder as module
from facetry.engines.wordllama.embedder import DIMENSIONS, WordLlamaEmbedder, package_folder

NO_NETWORK = """
import logging, socket, sys
def refuse(*_): raise AssertionError("the network was asked")
socket.socket.connect = socket.getaddrinfo = refuse
from facetry.engines.wordllama.embedder import WordLlamaEmbedder, package_folder
assert len(WordLlamaEmbedder(package_folder()).vectors(["ring"])) == 256
assert "wordllama" not in sys.modules and "requests" not in sys.modules
assert not logging.root.handlers
"""


@pytest.fixture(scope="module")
def embedder():
    folder = package_folder()
    assert folder is not None
    return WordLlamaEmbedder(folder)


def rows(vectors):
    return np.frombuffer(vectors, np.int16).reshape(-1, DIMENSIONS)


def close(embedder, left, right):
    return closeness(*(meaning(dict.fromkeys(text.split(), 1), embedder) for text in (left, right)))


def test_what_means_the_same_is_closer_than_what_does_not(embedder):
    assert close(embedder, "wedding ring", "engagement band") > close(embedder, "wedding ring", "running shoe") + 0.2
    assert close(embedder, "necklace", "pendant") > close(embedder, "necklace", "shoe") + 0.2


def test_a_word_has_one_vector_in_whatever_company(embedder):
    alone = [rows(embedder.vectors([word]))[0].tolist() for word in ("ring", "lehenga", "ring")]
    assert rows(embedder.vectors(["ring", "lehenga", "ring"])).tolist() == alone
    assert alone[0] == alone[2] != alone[1]
    assert embedder.dimensions <= MAX_DIMENSIONS


def test_a_word_of_several_tokens_is_their_sum_and_never_too_long(embedder):
    vectors = rows(embedder.vectors(["q" * 255, "ॐ" * 255]))
    assert abs(vectors.astype(int)).max() == module.LARGEST


@pytest.mark.parametrize("word", ["14k", "טבעת", "सोना", "ring\u0000", "\U0001f48d", "é"])
def test_any_word_has_a_vector(embedder, word):
    vectors = embedder.vectors([word])
    assert vectors.typecode == "h"
    assert len(vectors) == DIMENSIONS
    assert any(vectors)


def test_no_words_have_no_vectors(embedder):
    assert len(embedder.vectors([])) == 0


def test_threads_share_what_is_loaded():
    folder = package_folder()
    assert folder is not None
    fresh = WordLlamaEmbedder(folder)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: fresh.vectors(["ring"]).tolist(), range(8)))
    assert found == [found[0]] * 8


def test_nothing_is_fetched_and_the_package_is_not_run():
    subprocess.run([sys.executable, "-c", NO_NETWORK], check=True, timeout=60)


def test_missing_files_are_named(tmp_path):
    for _ in range(2):
        with pytest.raises(InvalidValueError, match=r"facetry\[semantic\]") as caught:
            WordLlamaEmbedder(tmp_path).vectors(["ring"])
        assert caught.value.field == "semantic"


def test_without_the_package_there_is_no_folder(monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    assert package_folder() is None
