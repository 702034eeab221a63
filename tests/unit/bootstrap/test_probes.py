import asyncio
import logging
from types import SimpleNamespace

import pytest

from facetry.bootstrap.probes import Probes
from facetry.domain.errors import StoreError
from facetry.ports.shared_marks import Look
from facetry.settings import Settings
from facetry.telemetry.metrics import Metrics

pytestmark = pytest.mark.anyio


class Engine:
    """Answers while it is up."""

    def __init__(self):
        self.is_up = True

    async def revision(self, tenant):
        if not self.is_up:
            raise StoreError("connection refused")
        return 0

    async def look(self, tenant):
        return Look(None, 5 if self.is_up else None)


@pytest.fixture
def service():
    engine = Engine()
    settings = Settings(store="mongodb://u:p@a/db", search="opensearch://b", cache="redis://c")
    limiter = SimpleNamespace(is_shared=True)
    return SimpleNamespace(settings=settings, store=engine, index=engine, marks=engine, limiter=limiter, engine=engine)


async def asked(probes):
    running = asyncio.create_task(probes.run(60.0))
    await asyncio.sleep(0.01)
    running.cancel()
    return probes.states


async def test_each_engine_on_another_machine_is_asked(service, caplog, anyio_backend):
    caplog.set_level(logging.INFO)
    probes = Probes(service)
    assert probes.states == {"mongodb": None, "opensearch": None, "redis": None}
    assert await asked(probes) == {"mongodb": True, "opensearch": True, "redis": True}
    service.engine.is_up = False
    assert await asked(probes) == {"mongodb": False, "opensearch": False, "redis": False}
    assert await asked(probes) == {"mongodb": False, "opensearch": False, "redis": False}
    assert [one.message for one in caplog.records if "mongodb" in one.message] == [
        "mongodb is up",
        "mongodb is down: connection refused",
    ]


async def test_what_is_answered_is_shown(service, anyio_backend):
    probes, metrics = Probes(service), Metrics()
    probes.show(metrics)
    await asked(probes)
    service.limiter.is_shared = False
    text = metrics.text().decode()
    assert text.count("# TYPE facetry_engine_up gauge\n") == 1
    assert 'facetry_engine_up{engine="mongodb"} 1\nfacetry_engine_up{engine="opensearch"} 1\n' in text
    assert "\nfacetry_limiter_shared 0\n" in text
    metrics.close()


async def test_engines_of_this_process_are_not_asked(anyio_backend):
    service = SimpleNamespace(settings=Settings(), limiter=object())
    probes, metrics = Probes(service), Metrics()
    probes.show(metrics)
    assert probes.states == {}
    assert b"facetry_engine_up" not in metrics.text()
    metrics.close()
