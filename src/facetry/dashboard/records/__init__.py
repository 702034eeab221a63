"""Lists and forms of records: gemstones, orders, clients, listings."""
