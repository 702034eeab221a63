"""The embedder over the weights that the package wordllama ships.

Only its files are read. Importing the package would configure the process's logging, and its own loader looks for the
tokenizer on the network; here nothing is ever fetched.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from facetry.domain.errors import InvalidValueError

DIMENSIONS = 256
SCALE = 128
"""The weights, about -8 to 8, are kept as integers so many times as large: finer than what is made of them later."""
LARGEST = 2**15 - 1
_WEIGHTS = Path("weights", "l2_supercat_256.safetensors")
_TOKENIZER = Path("tokenizers", "l2_supercat_tokenizer_config.json")
_TENSOR = "embedding.weight"


def package_folder() -> Path | None:
    """Return where wordllama's files are, or None where it is not installed."""
    found = find_spec("wordllama")
    return Path(found.submodule_search_locations[0]) if found and found.submodule_search_locations else None


class WordLlamaEmbedder:
    """Adds up the vectors of the tokens of a word; reads its files when it is first asked."""

    dimensions = DIMENSIONS

    def __init__(self, folder: Path) -> None:
        """Take the folder of the package."""
        self._folder = folder
        self._lock = Lock()
        self._loaded: _Tokens | None = None

    def vectors(self, words: Sequence[str]) -> array[int]:
        """See ``domain.search.text.semantics.Embedder``."""
        with self._lock:
            if self._loaded is None:
                self._loaded = _Tokens(self._folder)
        return self._loaded.vectors(words)


class _Tokens:
    """A tokenizer, and a vector for each of its tokens (tokens x ``DIMENSIONS``)."""

    def __init__(self, folder: Path) -> None:
        try:
            # The extra may be missing, and loading takes a third of a second that nobody waits for without need.
            from safetensors.numpy import load_file  # noqa: PLC0415
            from tokenizers import Tokenizer  # noqa: PLC0415

            weights = load_file(folder / _WEIGHTS)[_TENSOR]
            self._tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
        except Exception as error:
            # The libraries raise plain Exception for files that they cannot read.
            raise InvalidValueError("semantic", "the extra facetry[semantic] is not installed as a whole") from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._vectors: NDArray[np.int16] = np.rint(weights.astype(np.float32) * SCALE).astype(np.int16)

    def vectors(self, words: Sequence[str]) -> array[int]:
        tokens = [one.ids for one in self._tokenizer.encode_batch_fast(list(words), add_special_tokens=False)]
        found = np.zeros((len(tokens), DIMENSIONS), np.int32)
        if tokens:
            owners = np.repeat(np.arange(len(tokens)), [len(ids) for ids in tokens])
            np.add.at(found, owners, self._vectors[np.concatenate(tokens).astype(np.int64)].astype(np.int32))
        return array("h", found.clip(-LARGEST, LARGEST).astype(np.int16).tobytes())
