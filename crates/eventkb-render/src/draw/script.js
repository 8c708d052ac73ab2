"use strict";
// The page works without this. It adds a field above each long table that hides the rows without the
// words typed into it, and opens what is folded away before the page is printed.
for (const table of document.querySelectorAll("main table")) {
  const rows = Array.from(table.tBodies[0].rows);
  if (rows.length < 8) continue;
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const field = document.createElement("input");
  field.type = "search";
  field.setAttribute("aria-label", "Filter: " + (table.caption ? table.caption.textContent : "rows"));
  field.placeholder = "Filter rows";
  const count = document.createElement("output");
  const line = document.createElement("p");
  line.className = "filter";
  line.append(field, " ", count);
  table.before(line);
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter((word) => word);
    let shown = 0;
    rows.forEach((row, at) => {
      row.hidden = !words.every((word) => texts[at].includes(word));
      if (!row.hidden) shown += 1;
    });
    count.textContent = words.length ? shown + " of " + rows.length + " rows" : "";
  });
}
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
});
