"""The published codes of answers."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum


class Code(IntEnum):
    """What became of a call."""

    OK = 100
    NON_HTTPS = 101
    NOT_AUTHENTICATED = 102
    UNAUTHORIZED = 103
    RATE_LIMITED = 105
    UNKNOWN_ACTION = 200
    FAILED = 201
    NO_DATA = 300
    UNDECODABLE = 301
    PARTIAL = 302
    INVALID = 303


MESSAGES: Mapping[Code, str] = {
    Code.OK: "OK",
    Code.NON_HTTPS: "Non HTTPS call",
    Code.NOT_AUTHENTICATED: "Authentication Failed",
    Code.UNAUTHORIZED: "Unauthorized Request",
    Code.RATE_LIMITED: "Rate limit exceeded",
    Code.UNKNOWN_ACTION: "Action Not Found",
    Code.FAILED: "Action Failed",
    Code.NO_DATA: "Data Not Specified",
    Code.UNDECODABLE: "Data Decode Failed",
    Code.PARTIAL: "Partial Content in Data",
    Code.INVALID: "Invalid Data",
}
"""The published text of each code, which begins the message; details follow behind a colon."""
