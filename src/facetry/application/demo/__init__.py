"""The demo catalog: invented jewelry with drawn pictures, the same bytes on every machine."""
