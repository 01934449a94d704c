// [data-copy="text"] or [data-copy="#id"]: a hidden button that copies; data-copied is what it says afterwards.
const show = (root) => root.querySelectorAll?.("[data-copy][hidden]").forEach((button) => (button.hidden = false));

const textOf = (button) => {
  const wanted = button.dataset.copy;
  if (!wanted.startsWith("#")) return wanted;
  const source = document.querySelector(wanted);
  return source.value ?? source.textContent.trim();
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(textOf(button));
  button.setAttribute("aria-live", "polite");
  if (button.dataset.copied) button.textContent = button.dataset.copied;
});

if (navigator.clipboard) {
  show(document);
  document.addEventListener("htmx:load", (event) => show(event.target));
}
