"""The dashboard: pages for people who work in a catalog, made on the server."""
