"""The embedded search index: immutable segments of columns, searched by compiled kernels."""
