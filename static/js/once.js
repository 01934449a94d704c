// [data-once]: a form's buttons rest after the first press, and wake when the page is shown again.
const rest = (form, resting) => {
  form.setAttribute("aria-busy", String(resting));
  for (const button of form.querySelectorAll("button:not([type=button])")) button.disabled = resting;
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  // After this turn, so that the pressed button's own name and value still travel with the form.
  if (form.matches("[data-once]") && !event.defaultPrevented) setTimeout(() => rest(form, true));
});

addEventListener("pageshow", () => document.querySelectorAll("form[data-once]").forEach((form) => rest(form, false)));
