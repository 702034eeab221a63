"""Settings: flags over ``FACETRY_*`` variables over one TOML file over defaults; unknown ones are refused."""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from facetry.domain.errors import InvalidValueError, SettingError
from facetry.domain.leaky_bucket import read_limit

PREFIX = "FACETRY_"
NOT_SETTINGS = ("FACETRY_REQUIRE", "FACETRY_BIN", "FACETRY_CONFIG", "FACETRY_WORKER")
"""Variables with the prefix that are not settings: the test suite's, the file's name and the worker's number."""
TENANT_LIMIT = "tenant"
"""What the bucket of a tenant's calls is called."""
TEST_PREFIX = "FACETRY_TEST_"


_ORIGIN = re.compile(r"\*|[a-z][a-z0-9+.-]*://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set; ``docs/settings.md`` is generated from these fields and their comments.

    Attributes:
        host: Address to listen on.
        port: Port to listen on; 0 for any free one, which only one worker can.
        data: Directory that holds everything: store, index, keys. Created where it is missing and needed: with
            engines on other machines only ``columns:`` and several workers need one.
        store: URL of the store; ``sqlite:`` is the data directory's own, ``memory:`` forgets on exit,
            ``mongodb://HOST/DB`` is shared by any number of machines.
        search: URL of the search index; ``columns:`` is the data directory's own, ``memory:`` the slow reference;
            ``opensearch://HOST:PORT/PREFIX`` and ``elasticsearch://HOST:PORT/PREFIX`` are shared.
        cache: URL of what processes on several machines tell each other changes and count calls by:
            ``redis://HOST:PORT``, ``rediss:``, ``redis+sentinel:`` or ``redis+cluster:``; ``memory:`` for none.
        background: Whether this server does the work of the background too; with ``false`` leave it to
            ``facetry worker``, which only a shared store allows.
        max_group_products: How many products a group may have at most, 0 for any number; where nothing is said 5000
            with a search index of Elasticsearch or OpenSearch, any number otherwise.
        workers: Number of server processes.
        demo: Whether to create the demo tenant and its catalog on start.
        tls_cert: PEM file with the certificate chain; with ``tls_key`` the server speaks HTTPS. Reread on SIGHUP.
        tls_key: PEM file with the private key.
        metrics_token: Bearer token that opens ``/metrics`` to others than loopback; empty means loopback only.
        master_key: 64 hexadecimal digits that encrypt the stored keys; empty means the file ``master.key`` in data.
        index_wait_seconds: How long a write waits for the search index before it answers "not yet searchable".
        linger_seconds: How long a stop goes on answering, ``/readyz`` with 503, so that a load balancer can turn away.
        drain_seconds: How long a stop then waits for requests under way.
        cache_megabytes: Size of the cache of answers, per process.
        log_level: Lowest level of the log: ``debug``, ``info``, ``warning`` or ``error``.
        log_requests: Whether each request leaves a line in the log.
        cors_origins: Origins (``https://shop.example``) whose pages may call ``/v2/search``, ``/v2/suggest`` and
            ``/v2/events``, in the variable with commas between; ``*`` for all; none where it is empty.
        client_api_require_https: Which calls of the Client API must come over HTTPS: ``always`` all, ``never`` none,
            ``auto`` all but those of this machine that no proxy passed on. A tenant may only be stricter.
        client_api_limits: Leaky buckets of actions of the Client API, each ``action=size/leak`` with the calls that fit
            in and those that run out each second, in the variable with commas between; ``product_update_listings`` has
            40/2 where nothing is said.
        import_megabytes: How large a file may be that ``/v2/imports`` takes.
        import_days: How long imports that are over are kept, with what they rejected.
        change_log_revisions: So many revisions of each tenant at least can be followed by ``/v2/changes``; a copy that
            is further behind starts again.
        tenant_limit: Leaky bucket ``size/leak`` of each tenant's calls of the Catalog API and of ``/v2``, such as
            ``2000/500``; none where it is empty.
        trusted_proxies: Addresses and networks of proxies that are believed when they say in ``X-Forwarded-Proto`` or
            ``Forwarded`` that a call came over HTTPS, and in ``X-Forwarded-For`` whose wrong access keys are counted.
        journal_rate: Lines a second that each process writes to the journal of requests about calls that went well;
            above it a sample of them, of each tenant as much. Calls that failed always have a line.
        journal_requests_days: How long lines about requests are kept.
        journal_requests_megabytes: How large the journal of requests may become, over all tenants.
        journal_searches_days: How long lines about searches, and about clicks and orders after them, are kept.
        journal_searches_megabytes: How large the journal of searches may become, and that of clicks and orders.
        journal_history_days: How long changes are kept, and those of products can be taken back.
        journal_history_megabytes: How large the history of products may become, and that of records.
        journal_counts_days: How long counts are kept: of calls by minute, of queries by day.
        journal_counts_megabytes: How large the counts of calls may become, and those of queries.
        trace_endpoint: URL of an OpenTelemetry collector that takes traces over HTTP, such as
            ``http://127.0.0.1:4318/v1/traces``; needs the extra ``otel``; empty means that nothing is traced.
        trace_share: Share of requests that are traced, 0 to 1; those that name a parent (``traceparent``) as that is.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    data: Path = Path("facetry-data")
    store: str = "sqlite:"
    search: str = "columns:"
    cache: str = "memory:"
    background: bool = True
    max_group_products: int | None = None
    workers: int = 1
    demo: bool = False
    tls_cert: Path | None = None
    tls_key: Path | None = None
    metrics_token: str = ""
    master_key: str = ""
    index_wait_seconds: float = 10.0
    linger_seconds: float = 0.0
    drain_seconds: float = 8.0
    cache_megabytes: int = 64
    log_level: str = "info"
    log_requests: bool = True
    cors_origins: tuple[str, ...] = ()
    client_api_require_https: str = "auto"
    client_api_limits: tuple[str, ...] = ()
    import_megabytes: int = 1024
    import_days: float = 30.0
    change_log_revisions: int = 100_000
    tenant_limit: str = ""
    trusted_proxies: tuple[str, ...] = ("127.0.0.0/8", "::1")
    journal_rate: float = 100.0
    journal_requests_days: float = 30.0
    journal_requests_megabytes: int = 512
    journal_searches_days: float = 90.0
    journal_searches_megabytes: int = 512
    journal_history_days: float = 365.0
    journal_history_megabytes: int = 1024
    journal_counts_days: float = 400.0
    journal_counts_megabytes: int = 256
    trace_endpoint: str = ""
    trace_share: float = 1.0

    def __post_init__(self) -> None:
        """Refuse values that cannot work.

        Raises:
            SettingError: One of them cannot.
        """
        _check(0 <= self.port <= 65535, "port", "must be from 0 to 65535")  # noqa: PLR2004 - the range of ports
        _check(1 <= self.workers <= 64, "workers", "must be from 1 to 64")  # noqa: PLR2004 - more never helps one directory
        _check(self.port > 0 or self.workers == 1, "port", "must be given where there are several workers")
        _check((self.tls_cert is None) == (self.tls_key is None), "tls_cert", "and tls_key go together")
        _check(self.index_wait_seconds > 0, "index_wait_seconds", "must be greater than 0")
        _check(self.linger_seconds >= 0, "linger_seconds", "must not be negative")
        _check(self.drain_seconds > 0, "drain_seconds", "must be greater than 0")
        _check(self.cache_megabytes >= 0, "cache_megabytes", "must not be negative")
        _check((self.max_group_products or 0) >= 0, "max_group_products", "must not be negative")
        _check(self.import_megabytes >= 1, "import_megabytes", "must be at least 1")
        _check(self.import_days > 0, "import_days", "must be greater than 0")
        _check(self.change_log_revisions >= 0, "change_log_revisions", "must not be negative")
        for name in (name for name in self.__struct_fields__ if name.startswith("journal_")):
            _check(0 <= getattr(self, name) < math.inf, name, "must not be negative")
        _check(
            self.log_level in {"debug", "info", "warning", "error"},
            "log_level",
            "must be debug, info, warning or error",
        )
        for origin in self.cors_origins:
            told = "must be origins such as https://shop.example, without a path, or *"
            _check(_ORIGIN.fullmatch(origin) is not None, "cors_origins", told)
        rules = {"auto", "always", "never"}
        _check(self.client_api_require_https in rules, "client_api_require_https", "must be auto, always or never")
        for limit in self.client_api_limits:
            _check_limit("client_api_limits", limit)
        if self.tenant_limit:
            _check_limit("tenant_limit", f"{TENANT_LIMIT}={self.tenant_limit}")
        is_url = self.trace_endpoint.startswith(("http://", "https://"))
        _check(not self.trace_endpoint or is_url, "trace_endpoint", "must begin with http:// or https://")
        _check(0 <= self.trace_share <= 1, "trace_share", "must be from 0 to 1")
        _check(not self.master_key or _is_key(self.master_key), "master_key", "must be 64 hexadecimal digits")


def load(flags: Mapping[str, Any], environment: Mapping[str, str], file: Path | None = None) -> Settings:
    """Return the settings of a command line, an environment and a file.

    Args:
        flags: Settings given as flags; None means not given.
        environment: The process's environment.
        file: A TOML file of settings, or None.

    Raises:
        SettingError: A name is unknown or a value not allowed; the message says which and where it came from.
    """
    values: dict[str, Any] = {}
    if file is not None:
        values |= _from_file(file)
    values |= _from_environment(environment)
    values |= {name: value for name, value in flags.items() if value is not None}
    try:
        return msgspec.convert(
            {k: str(v) if isinstance(v, Path) else v for k, v in values.items()},
            Settings,
            strict=False,
            dec_hook=_decode,
        )
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `$.")
        message = f"setting {path.rstrip('`')}: {what[:1].lower()}{what[1:]}"
        raise SettingError(message) from error


def _decode(kind: type, value: Any) -> Any:  # noqa: ANN401 - msgspec's hook
    if kind is Path:
        return Path(value)
    raise NotImplementedError


def _from_file(file: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"cannot read settings file {file}: {getattr(error, 'strerror', None) or error}"
        raise SettingError(message) from error
    for name in values:
        _known(name, f"in {file}")
    return values


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values = {}
    for variable, value in environment.items():
        if variable.startswith(PREFIX) and variable not in NOT_SETTINGS and not variable.startswith(TEST_PREFIX):
            name = variable.removeprefix(PREFIX).lower()
            _known(name, f"as variable {variable}")
            is_list = isinstance(Settings.__struct_defaults__[Settings.__struct_fields__.index(name)], tuple)
            values[name] = [part.strip() for part in value.split(",") if part.strip()] if is_list else value
    return values


def _known(name: str, where: str) -> None:
    if name not in Settings.__struct_fields__:
        near = difflib.get_close_matches(name, Settings.__struct_fields__, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        message = f"unknown setting {name} {where}{hint}"
        raise SettingError(message)


def _check(holds: bool, name: str, rule: str) -> None:  # noqa: FBT001 - reads as a sentence at every call
    if not holds:
        message = f"setting {name} {rule}"
        raise SettingError(message)


def _check_limit(setting: str, text: str) -> None:
    try:
        read_limit(text)
    except InvalidValueError as error:
        message = f"setting {setting} {error.message}"
        raise SettingError(message) from error


def _is_key(text: str) -> bool:
    try:
        return len(bytes.fromhex(text)) == 32  # noqa: PLR2004 - AES-256
    except ValueError:
        return False
