// [data-trouble]: a hidden line that shows when a change made by htmx did not reach us.
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, () => {
    for (const line of document.querySelectorAll("[data-trouble]")) {
      line.hidden = false;
      line.scrollIntoView({ block: "nearest" });
    }
  });
}
document.addEventListener("htmx:beforeRequest", () =>
  document.querySelectorAll("[data-trouble]").forEach((line) => (line.hidden = true)),
);
