"""The pages, by areas: each reads a request, calls use cases and renders a template."""
