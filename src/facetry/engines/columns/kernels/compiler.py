"""How kernels are compiled, and where what was compiled is kept.

Kernels compile when they are first called and are then kept on disk. Numba chooses the folder: the one that the
environment variable ``NUMBA_CACHE_DIR`` names, else ``__pycache__`` beside the module where that is writable, else
the user's cache folder. Where none of them is writable, kernels work as well but compile anew in every process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def kernel(function: Kernel) -> Kernel:
    """Compile a function of arrays and numbers; it runs without the interpreter's lock and rounds like Python.

    Nothing divides by zero in a kernel, so what Numba would do about it is left out.
    """
    return _compiled(function, nogil=True)


def short_kernel(function: Kernel) -> Kernel:
    """Compile as ``kernel`` does what takes some microseconds: it keeps the interpreter's lock.

    Whoever gives the lock away may wait for it longer than such a function takes, as soon as two threads search.
    """
    return _compiled(function, nogil=False)


def _compiled(function: Kernel, *, nogil: bool) -> Kernel:
    try:
        return cast("Kernel", numba.njit(nogil=nogil, error_model="numpy", cache=True)(function))
    except RuntimeError:  # Numba found no folder to keep it in.
        return cast("Kernel", numba.njit(nogil=nogil, error_model="numpy")(function))
