// Uploads: a file that is dropped is sent at once, and a bar shows how far it is.

const form = document.querySelector("form[data-upload]");

if (form) {
  const drop = form.querySelector("[data-drop]");
  const input = form.querySelector('input[type="file"]');
  const bar = form.querySelector("progress");
  const messages = document.getElementById("messages");

  const isSmallEnough = () => {
    const size = input.files[0]?.size ?? 0;
    const fits = size <= Number(form.dataset.mostBytes);
    input.setCustomValidity(fits ? "" : form.dataset.tooLarge);
    return fits;
  };

  const send = () => {
    if (!input.files.length) return;
    if (isSmallEnough()) form.requestSubmit();
    else input.reportValidity();
  };

  input.addEventListener("change", isSmallEnough);

  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    drop.addEventListener(name, () => drop.classList.remove("is-over"));
  }
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    send();
  });
  // A file that misses the place would take the page away.
  for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());

  form.addEventListener("htmx:xhr:progress", (event) => {
    if (!event.detail.lengthComputable) return;
    bar.hidden = false;
    bar.value = (100 * event.detail.loaded) / event.detail.total;
  });
  form.addEventListener("htmx:beforeRequest", () => messages.replaceChildren());
  form.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) bar.hidden = true;
  });
}
