import time
from pathlib import Path
import pytest
from tests.dashboard.browser.windows import DESKTOP, PHONE
OUT = Path("/tmp/b8/P4/shots"); OUT.mkdir(exist_ok=True)
CSV = "Artikel-Nr.;Bezeichnung;Preis;Bestand;Farbe;Warengruppe;Laenge;Bild\n" + "".join(
    f"A-{n};Ring {n} mit Brillant;{n},50;{n % 7};gelbgold;Schmuck/Ringe;{n}.5;https://example.com/{n}.jpg\n" for n in range(40)) + "A-99;;x;3;;;;\n;Kette;1,00;1;;;;\n"
def shot(window, name):
    window.page.screenshot(path=str(OUT / f"{name}.png"), full_page=True)
@pytest.mark.parametrize("device", [DESKTOP, PHONE])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_shots(open_window, device, theme, tmp_path):
    w = open_window("owner", device, theme)
    p = w.page
    tag = f"{device.name}-{theme}"
    w.open("/dashboard/imports")
    f = tmp_path / "frühjahr 2024.csv"; f.write_text(CSV)
    p.set_input_files("input[type=file]", str(f))
    p.get_by_role("button", name="Upload").click()
    p.wait_for_url("**/imports/*"); p.wait_for_load_state()
    
    p.select_option("#field-column-6", "size")
    time.sleep(1.0)
    assert p.locator("#field-column-6").input_value() == "size"
    p.get_by_role("button", name="Check the whole file").click()
    p.wait_for_selector("text=The whole file was checked"); shot(w, f"tried-{tag}")
    p.get_by_role("button", name="Start import").click()
    p.wait_for_selector("text=Queued", state="hidden")
    p.wait_for_selector("text=All imports"); shot(w, f"done-{tag}")
    w.open("/dashboard/imports"); shot(w, f"history-{tag}")
    w.open("/dashboard/exports"); shot(w, f"exports-{tag}")
    print("FAULTS", *w.faults, sep="\n")
    for name in ("", "/attributes", "/attributes/edit?name=attributes.carat&type=decimal", "/client-api", "/limits", "/history"):
        w.open(f"/dashboard/settings{name}"); shot(w, f"settings{name.split('?')[0].replace('/', '-')}-{tag}")
