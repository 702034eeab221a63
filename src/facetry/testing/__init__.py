"""Published conformance suites: one class a port, run against every engine."""
