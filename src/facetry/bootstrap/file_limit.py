"""How many files this process may have open at once."""

from __future__ import annotations

import resource
from contextlib import suppress

from facetry.domain.errors import SettingError

ENOUGH_FILES = 65_536
"""A Linux process gets about as many maps by default, and every file of the index that is open is one."""


FEWEST_FILES = 128
"""Files, threads and sockets of a server that answers a few calls take about half of them."""


def check_file_limit() -> None:
    """Check that a server may open as many files as it needs to answer anybody.

    Raises:
        SettingError: It may not.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FEWEST_FILES:
        told = f"the system allows {hard} open files, a server needs {FEWEST_FILES} at least"
        raise SettingError(f"{told}: raise its limit (ulimit -n, LimitNOFILE)")


def raise_file_limit() -> None:
    """Take as many open files as the system grants without being asked.

    Each file of the index that is mapped stays open, one a tenant at least, and most systems begin with 1,024: with
    a thousand tenants there would be none left for connections.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(hard, ENOUGH_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        # Where the system says no after all, the process goes on with what it has.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
