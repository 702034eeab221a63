"""Requests to search: from decoded JSON or parameters to ``SearchQuery``, an error for everything that is wrong."""
