// select[data-timezone] or input[data-timezone]: the browser's own zone, as long as nobody has chosen another.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

for (const field of document.querySelectorAll("[data-timezone]")) {
  const known = !field.options || [...field.options].some((option) => option.value === zone);
  const untouched = !field.value || field.value === field.dataset.timezone;
  if (zone && known && untouched) field.value = zone;
}
