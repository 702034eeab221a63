// A field that is being changed where it stands: Esc leaves it as it was.

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.target.closest("[data-cell-form]")?.querySelector("[data-leave]")?.click();
});

// Whoever begins to change a value mostly types another one.
document.addEventListener("htmx:afterSettle", () => {
  const field = document.activeElement;
  if (field instanceof HTMLInputElement && field.closest("[data-cell-form]")) field.select();
});
