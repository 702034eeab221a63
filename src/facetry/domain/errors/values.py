"""Errors about values that a caller sent: of fields, of parameters, of settings."""

from __future__ import annotations

from facetry.domain.errors.base import FacetryError


class InvalidValueError(FacetryError):
    """Say that a value breaks a rule of the domain."""

    code = "invalid_value"

    def __init__(self, field: str, message: str) -> None:
        """Name the field beside the message."""
        super().__init__(message)
        self.field = field


class InvalidFieldsError(FacetryError):
    """Say of each field of a record what is wrong with its value."""

    code = "invalid_fields"

    def __init__(self, faults: tuple[tuple[str, str], ...]) -> None:
        """Name path and message of each."""
        super().__init__("; ".join(f"{path} {message}" for path, message in faults))
        self.faults = faults


class ReadOnlyError(InvalidValueError):
    """Say that a value was sent for a field that is derived, and is not what it would be."""

    code = "read_only"


class BadParameterError(FacetryError):
    """Say that a parameter of a request is not known, or has a value that is not allowed."""

    code = "bad_parameter"

    def __init__(self, parameter: str, message: str) -> None:
        """Name the parameter, in the message too."""
        super().__init__(f"{parameter} {message}")
        self.parameter = parameter


class MissingFieldsError(FacetryError):
    """Say which mandatory fields of a record are missing."""

    code = "missing_fields"

    def __init__(self, names: tuple[str, ...]) -> None:
        """Name them."""
        super().__init__(f"missing: {', '.join(names)}")
        self.names = names


class SettingError(FacetryError):
    """Say that a setting is unknown or has a value that is not allowed."""

    code = "bad_setting"


class ValuesMisfitError(FacetryError):
    """Say that values in the catalog do not fit the type that an attribute was to get."""

    code = "values_do_not_fit"

    def __init__(self, field: str, message: str, skus: tuple[str, ...]) -> None:
        """Name the attribute and some of the products."""
        super().__init__(message)
        self.field = field
        self.skus = skus
