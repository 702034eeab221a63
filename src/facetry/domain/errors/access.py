"""Errors about who asks, and how."""

from __future__ import annotations

from facetry.domain.errors.base import FacetryError


class NotAuthenticatedError(FacetryError):
    """Say that nobody knows who asks."""

    code = "not_authenticated"


class NotPermittedError(FacetryError):
    """Say that who asks may not do this."""

    code = "not_permitted"


class InsecureCallError(FacetryError):
    """Say that a request came over plain HTTP where only HTTPS is served."""

    code = "insecure_call"
