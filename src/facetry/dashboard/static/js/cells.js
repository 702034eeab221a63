// A field that is being changed where it stands: Esc leaves it as it was.

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.target.closest("[data-cell-form]")?.querySelector("[data-leave]")?.click();
});

// Whoever leaves a field by its button goes on at the value that takes the form's place.
let left = "";

document.addEventListener("click", (event) => {
  const form = event.target.closest("[data-leave]")?.closest("[data-cell-form]");
  if (form) left = form.id;
});

document.addEventListener("htmx:load", (event) => {
  if (!left || event.detail.elt.id !== left) return;
  left = "";
  event.detail.elt.querySelector("a")?.focus();
});

// Whoever begins to change a value mostly types another one.
document.addEventListener("htmx:afterSettle", () => {
  const field = document.activeElement;
  if (field instanceof HTMLInputElement && field.closest("[data-cell-form]")) field.select();
});
