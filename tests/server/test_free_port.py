"""Port 0 is any free port, said where it is announced."""

from __future__ import annotations

import re

from tests.program import HOST, READY_SECONDS, Program, wait_until


def test_port_0_is_any_free_one(data):
    program = Program(data, "--port", 0, "--search", "memory:")
    try:
        program.launch()
        wait_until(lambda: "Facetry serves" in program.output, READY_SECONDS, program.log)
        program.port = int(re.search(rf" on http://{HOST}:(\d+) ", program.output)[1])
        with program.connect() as connection:
            assert connection.get("/readyz").status == 200
        assert program.stop() == 0
    finally:
        program.end()
