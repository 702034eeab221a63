"""Traces to a collector over OpenTelemetry's protocol, the extra ``otel``."""
