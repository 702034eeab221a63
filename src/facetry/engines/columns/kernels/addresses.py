"""Arrays by their addresses: how one call of a kernel takes any number of them, in a table of numbers."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Protocol, cast

import numpy as np
from numba import types
from numba.extending import intrinsic
from numba.np.numpy_support import carray
from numpy.typing import NDArray

from facetry.engines.columns.kernels.compiler import kernel, short_kernel

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]


class _Context(Protocol):
    """What is used of the compiler's context."""

    def get_value_type(self, kind: types.Type) -> object: ...


class _Builder(Protocol):
    """What is used of the compiler's builder of code."""

    def inttoptr(self, value: object, kind: object) -> object: ...


@short_kernel
def address_of(array: Ints) -> int:
    """Return where an array begins in memory; quicker than asking the array."""
    return array.ctypes.data


@short_kernel
def address_of_bytes(array: Bytes) -> int:
    """Return where an array of bytes begins in memory."""
    return array.ctypes.data


# The compiler calls what is left out of the coverage here, and only where kernels are compiled.
def _typed(_typing: object, _address: types.Type) -> tuple[object, Callable[..., object]]:  # pragma: no cover
    def pointer(context: _Context, builder: _Builder, _signature: object, arguments: Sequence[object]) -> object:
        return builder.inttoptr(arguments[0], context.get_value_type(types.voidptr))

    return types.voidptr(types.int64), pointer


_pointer = cast("Callable[[int], ctypes.c_void_p]", intrinsic(_typed))


def _compiled(address: int, size: int) -> Ints:  # pragma: no cover
    array: Ints = carray(_pointer(address), (size,), np.int32)
    return array


def _compiled_bytes(address: int, size: int) -> Bytes:  # pragma: no cover
    array: Bytes = carray(_pointer(address), (size,), np.uint8)
    return array


def _plain(address: int, size: int) -> Ints:
    return np.ctypeslib.as_array(ctypes.cast(int(address), ctypes.POINTER(ctypes.c_int32)), (size,))


def _plain_bytes(address: int, size: int) -> Bytes:
    return np.ctypeslib.as_array(ctypes.cast(int(address), ctypes.POINTER(ctypes.c_uint8)), (size,))


# Where nothing is compiled, a kernel is the plain function.
_IS_COMPILED = hasattr(address_of, "py_func")
ints_at = kernel(_compiled) if _IS_COMPILED else _plain
"""Returns ``size`` numbers (int32) that stand at an address without gaps, for kernels; somebody must keep them."""
bytes_at = kernel(_compiled_bytes) if _IS_COMPILED else _plain_bytes
"""The same of numbers of one byte."""
