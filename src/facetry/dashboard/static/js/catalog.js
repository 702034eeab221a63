// Comfort on the catalog's page: arrows through hits, the price slider, ticks, and filters that open on a phone.

// Looked up each time: going back in the history brings a page with elements of its own.
const box = () => document.getElementById("find");

function hits() {
  return [...document.querySelectorAll("[data-hit]")];
}

function columns(all) {
  const top = all[0].getBoundingClientRect().top;
  const below = all.findIndex((hit) => hit.getBoundingClientRect().top > top + 4);
  return below < 0 ? all.length : below;
}

// From the search box down to the first hit, on from there by lines or single ones, and back to the box.
document.addEventListener("keydown", (event) => {
  const find = box();
  if (!find || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const all = hits();
  const at = all.indexOf(document.activeElement);
  if (event.key === "Escape" && (at >= 0 || document.activeElement === find)) {
    event.preventDefault();
    find.focus();
    if (find.value) {
      find.value = "";
      find.dispatchEvent(new Event("input", { bubbles: true }));
    }
    return;
  }
  if (!all.length || (at < 0 && document.activeElement !== find)) return;
  const isRtl = document.documentElement.dir === "rtl";
  const width = at < 0 ? 1 : columns(all);
  const steps = { ArrowDown: width, ArrowUp: -width };
  if (at >= 0) {
    steps.ArrowRight = isRtl ? -1 : 1;
    steps.ArrowLeft = isRtl ? 1 : -1;
  }
  const step = steps[event.key];
  if (step === undefined || (at < 0 && step < 0)) return;
  event.preventDefault();
  if (at >= 0 && at + step < 0) find.focus();
  else all[Math.min(at + step, all.length - 1)].focus();
});

// The slider goes as the bars do: each step makes the price so many times as high.

function preparePrices(root) {
  const facet = root.querySelector?.("[data-prices]") ?? root.closest?.("[data-prices]");
  const slider = facet?.querySelector("[data-slider]");
  if (!slider) return;
  const lowest = Number(facet.dataset.lowest);
  const highest = Number(facet.dataset.highest);
  const [low, high] = slider.querySelectorAll("input");
  const [from, to] = facet.querySelectorAll("input[type=number]");
  if (!(highest > lowest && lowest > 0)) return;
  const steep = Math.log(highest / lowest) / 100;
  const share = (price) => Math.min(100, Math.max(0, Math.log(Math.max(price, lowest) / lowest) / steep));
  const price = (place) => Number((lowest * Math.exp(steep * place)).toPrecision(3));
  low.value = from.value === "" ? 0 : share(Number(from.value));
  high.value = to.value === "" ? 100 : share(Number(to.value));
  low.addEventListener("input", () => {
    if (Number(low.value) > Number(high.value)) low.value = high.value;
    from.value = Number(low.value) === 0 ? "" : price(Number(low.value));
    low.setAttribute("aria-valuetext", from.value || facet.dataset.lowest);
  });
  high.addEventListener("input", () => {
    if (Number(high.value) < Number(low.value)) high.value = low.value;
    to.value = Number(high.value) === 100 ? "" : price(Number(high.value));
    high.setAttribute("aria-valuetext", to.value || facet.dataset.highest);
  });
}

function prepareTicks() {
  const form = document.querySelector("[data-selection]");
  if (!form) return;
  const boxes = () => [...document.querySelectorAll('input[name="group"]')];
  const all = document.querySelector("[data-all]");
  const tell = () => {
    const count = boxes().filter((box) => box.checked).length;
    const shown = form.querySelector("[data-ticked]");
    if (shown) shown.textContent = count ? `(${count})` : "";
    form.querySelector("button[type=submit]")?.toggleAttribute("disabled", !count);
    if (all) {
      all.checked = count > 0 && count === boxes().length;
      all.indeterminate = count > 0 && !all.checked;
    }
  };
  if (all) {
    all.addEventListener("change", () => {
      for (const box of boxes()) box.checked = all.checked;
      tell();
    });
  }
  for (const box of boxes()) box.addEventListener("change", tell);
  tell();
}

function prepareOpener() {
  const opener = document.querySelector("[data-filters]");
  opener?.addEventListener("click", () => {
    const isOpen = document.getElementById("facets").classList.toggle("is-open");
    opener.setAttribute("aria-expanded", String(isOpen));
  });
}

function prepare() {
  prepareOpener();
  preparePrices(document);
  prepareTicks();
}

prepare();
document.addEventListener("htmx:historyRestore", prepare);
document.addEventListener("htmx:oobAfterSwap", (event) => preparePrices(event.detail.target));
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "results") return;
  prepareTicks();
  // A link that was pressed is gone with what it has replaced: who goes on with the keyboard goes on at the results.
  if (document.activeElement === document.body) event.detail.target.focus({ preventScroll: true });
});
