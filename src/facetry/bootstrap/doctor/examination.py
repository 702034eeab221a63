"""The examination: one line a thing, whatever is wrong with the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from facetry.bootstrap.doctor import data, machine, servers
from facetry.bootstrap.engine_urls import COLUMNS, LUCENE, MEMORY, REDIS, check_engines, is_shared, masked
from facetry.domain.checkup import Checkup, bad, good, warning
from facetry.domain.errors import FacetryError, SettingError, StoreDamagedError
from facetry.engines.sqlite.directory import DataDirectory
from facetry.settings import Settings


def examine(settings: Settings) -> list[Checkup]:
    """Look at settings, machine and data; nothing is changed, and a server may run meanwhile."""
    return [_looked_at(name, look) for name, look in _looks(settings)]


def _looks(settings: Settings) -> Iterator[tuple[str, Callable[[], Checkup]]]:
    kernels = Path(machine.__file__).parents[2] / "engines" / "columns" / "kernels"
    yield "settings", partial(_settings, settings)
    yield "versions", machine.versions
    if settings.search == COLUMNS:
        yield "kernels", partial(machine.kernels, kernels)
    yield from _far_engines(settings)
    if is_shared(settings):
        return
    if settings.store == MEMORY:
        yield "store", lambda: warning("store", "memory: forgets everything on exit", "use sqlite: for what matters")
        return
    if not DataDirectory(settings.data).has_catalog():
        yield "directory", partial(_nothing, settings.data)
        return
    yield "directory", partial(data.directory, settings.data)
    yield "master key", partial(data.master_key, settings)
    yield "disk room", lambda: machine.room(settings.data, data.size_of(settings.data))
    yield "disk", partial(machine.flushing, settings.data)
    yield "clock", partial(machine.clock, settings.data)
    yield "open files", lambda: machine.open_files(data.tenant_count(settings.data), data.serving(settings.data))
    yield "server", partial(data.owner, settings.data)
    yield "database", partial(data.database, settings.data)
    if settings.search == COLUMNS:
        yield "index", partial(data.index, settings)
    yield "accounts", partial(data.accounts, settings.data)
    yield "journals", partial(data.journals, settings)


def _far_engines(settings: Settings) -> Iterator[tuple[str, Callable[[], Checkup]]]:
    """Yield looks at engines on other machines."""
    if is_shared(settings):
        yield "store", partial(servers.store, settings)
        yield "master key", partial(servers.master_key, settings)
    if settings.search.startswith(LUCENE):
        yield "search", partial(servers.index, settings)
    if settings.cache.startswith(REDIS):
        yield "cache", partial(servers.cache, settings)
    if is_shared(settings):
        yield "tenants", partial(servers.agreement, settings)


def _looked_at(name: str, look: Callable[[], Checkup]) -> Checkup:
    try:
        return look()
    except FacetryError as error:
        return bad(name, error.message, "mend what is named above first")
    except OSError as error:
        return bad(name, f"cannot be looked at: {error}", "look at the permissions and the disk")


def _settings(settings: Settings) -> Checkup:
    check_engines(settings)
    for setting, file in (("tls_cert", settings.tls_cert), ("tls_key", settings.tls_key)):
        if file is not None and not file.is_file():
            return bad("settings", f"{setting} names {file}, which is not there", "put the file there")
    if settings.tls_cert is not None:
        from facetry.bootstrap.listener import check_tls  # loads the HTTP server

        try:
            check_tls(settings)
        except SettingError as error:
            advice = "give the chain and its key, as PEM files without a password that the server may read"
            return bad("settings", error.message, advice)
    is_open = settings.host not in {"127.0.0.1", "::1", "localhost"}
    if is_open and settings.tls_cert is None:
        return warning(
            "settings", f"plain HTTP on {settings.host}", "set tls_cert and tls_key, or stand behind a proxy"
        )
    return good(
        "settings", f"store {masked(settings.store)}, search {masked(settings.search)}, cache {masked(settings.cache)}"
    )


def _nothing(path: Path) -> Checkup:
    try:
        DataDirectory(path).check_not_lost()
    except StoreDamagedError as error:
        return bad("directory", error.message, error.advice)
    return bad("directory", f"{path} holds no catalog", "name the right one by --data; facetry serve makes a new one")
