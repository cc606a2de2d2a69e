// Nothing on a page needs this file: it only spares a second click and a reach for the mouse.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = event.submitter;
  if (button && button.dataset.busy) button.lastChild.textContent = button.dataset.busy;
});

// Coming back with the back button shows the page as it was left: let it send again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// After a refused part of a page, the focus goes to the list of what to correct.
document.addEventListener("htmx:afterSwap", (event) => {
  event.target.querySelector(".errors")?.focus();
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.key !== "/") return;
  const field = document.querySelector("[data-key='/']");
  if (!field) return;
  event.preventDefault();
  field.focus();
});
