// [data-suggest="category"]: shows as its placeholder the example beside the chosen option of that field.
const suggest = (field) => {
  const chosen = field.form.querySelector(`[name="${field.dataset.suggest}"]:checked`);
  const example = chosen?.closest(".choice")?.querySelector(".choice__hint");
  if (example) field.placeholder = example.textContent;
};

const suggestAll = () => document.querySelectorAll("[data-suggest]").forEach(suggest);

document.addEventListener("change", suggestAll);
suggestAll();
