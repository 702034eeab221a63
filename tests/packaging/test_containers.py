"""What is deployed in containers is what the tools that deploy it take: the image, the compose file, the Helm chart."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from tests.packaging.test_deploy import DEPLOY
from tests.real_servers import had
from tools.containers import compose, hadolint, helm, kubernetes_validate

CHART = DEPLOY / "helm/facetry"
EVERYTHING = (
    "ingress.enabled=true",
    "ingress.tlsSecret=certificate",
    "serve.autoscaling.enabled=true",
    "environment.FACETRY_CORS_ORIGINS=https://shop.example",
    "imagePullSecrets[0].name=registry",
)
ALWAYS = {"PodDisruptionBudget", "Service", "Deployment"}

# What is not installed is made by Go or fetched, once, as servers of engines are; no slice of slow tests waits for it.
pytestmark = [pytest.mark.slow, pytest.mark.engines, pytest.mark.timeout(900)]


def run(*command):
    done = subprocess.run(list(map(str, command)), check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("version", ["1.27", "1.37"])
@pytest.mark.parametrize(
    ("values", "kinds"), [((), ALWAYS), (EVERYTHING, ALWAYS | {"HorizontalPodAutoscaler", "Ingress"})]
)
def test_kubernetes_takes_what_the_chart_renders(version, values, kinds, tmp_path):
    set_values = [part for value in values for part in ("--set", value)]
    rendered = run(had(helm), "template", "shop", CHART, "--kube-version", f"{version}.0", *set_values)
    assert set(re.findall(r"^kind: (\w+)$", rendered, re.MULTILINE)) == kinds
    (tmp_path / "resources.yaml").write_text(rendered)
    run(had(kubernetes_validate), "--strict", "-k", version, tmp_path / "resources.yaml")


def test_the_chart_has_no_faults():
    run(had(helm), "lint", "--strict", CHART)


def test_the_image_is_made_as_images_should_be():
    run(had(hadolint), DEPLOY / "docker/Dockerfile")


def test_compose_takes_its_file(tmp_path):
    shutil.copytree(DEPLOY / "docker", tmp_path, dirs_exist_ok=True)
    file = tmp_path / "compose.yml"
    # The program does not look into the environment for what has to be said there.
    file.write_text(re.sub(r"\$\{\w+:\?[^}]*\}", "secret", file.read_text("utf-8")))
    services = set(re.findall(r"^    (\w+):$", run(had(compose), file), re.MULTILINE))
    assert {"serve1", "serve2", "worker", "search1", "search2", "search3"} <= services
