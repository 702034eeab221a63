"""Ports around ports: another engine, with its times counted."""
