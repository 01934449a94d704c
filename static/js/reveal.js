// [data-reveal="name=value other"]: shown while the form's field `name` has one of the values; whole without JavaScript.
const chosen = (form, name) => new FormData(form).getAll(name);

const update = (part) => {
  const [name, values] = part.dataset.reveal.split("=");
  const wanted = values.split(" ");
  const shown = chosen(part.closest("form"), name).some((value) => wanted.includes(value));
  part.hidden = !shown;
  // A hidden fieldset does not travel; whoever comes back to it finds what they wrote.
  if (part instanceof HTMLFieldSetElement) part.disabled = !shown;
};

const updateAll = (root) => root.querySelectorAll("[data-reveal]").forEach(update);

document.addEventListener("change", (event) => event.target.form && updateAll(event.target.form));
document.addEventListener("htmx:load", (event) => updateAll(event.target));
addEventListener("pageshow", () => updateAll(document));
updateAll(document);
