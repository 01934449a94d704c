// input[name=title]: shows as its placeholder the example that stands beside the chosen category.
const suggest = (radio) => {
  const example = radio.closest(".choice")?.querySelector(".choice__hint");
  if (example) radio.form.elements.title.placeholder = example.textContent;
};

document.addEventListener("change", (event) => event.target.name === "category" && suggest(event.target));
const chosen = document.querySelector("[name=category]:checked");
if (chosen) suggest(chosen);
