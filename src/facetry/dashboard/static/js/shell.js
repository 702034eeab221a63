// What every page does: sends the token with what HTMX asks for, tells times as the visitor's clock does, "/" to search, copying,
// dialogs and menus.

const language = document.documentElement.lang;

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = document.querySelector('meta[name="csrf-token"]').content;
});

function tellTimes(root) {
  const day = { year: "numeric", month: "short", day: "numeric" };
  const time = { hour: "numeric", minute: "2-digit", timeZoneName: "short" };
  const format = new Intl.DateTimeFormat(language, { ...day, ...time });
  for (const element of root.querySelectorAll("time[datetime]")) {
    const told = format.format(new Date(element.dateTime));
    if ("age" in element.dataset) element.title = told;
    else element.textContent = told;
  }
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const field = document.querySelector("[data-find]");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

// Browsers lend the clipboard to pages over HTTPS alone; over HTTP what is selected can still be copied.
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await copy(button.dataset.copy);
  const words = button.querySelector("[aria-live]");
  const before = words?.textContent;
  button.classList.add("is-copied");
  if (words) words.textContent = button.dataset.copied;
  setTimeout(() => {
    button.classList.remove("is-copied");
    if (words) words.textContent = before;
  }, 2000);
});

// What opens a dialog is a link to a page that does the same, for where scripts do not run.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (!dialog) return;
  event.preventDefault();
  dialog.showModal();
});

function closeMenus(but) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (menu !== but) menu.open = false;
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = event.target.closest?.("details[data-menu][open]");
  closeMenus();
  open?.querySelector("summary").focus();
});

document.addEventListener("htmx:load", (event) => tellTimes(event.detail.elt));
tellTimes(document);

// Of many tabs on a narrow screen the current one is in sight.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
