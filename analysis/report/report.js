// The report's own script: tables sort and filter, marks of a figure lead to their sentences.
// Everything it does is also reachable without it: links below each figure, files of each table.
"use strict";

const root = document.documentElement;
if ("plain" in root.dataset) {
  try {
    root.dataset.theme = localStorage.getItem("theme") || "";
  } catch { /* storage is off: the system's setting holds */ }
}

root.classList.add("made-hidden");

const FEW_ROWS = 8;

// One switch a page for what tells how it was made: code, parameters, run card.
function switchable(title) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "switch";
  const show = (shown) => {
    root.classList.toggle("made-hidden", !shown);
    button.textContent = shown ? "Hide code and settings" : "Show code and settings";
    button.setAttribute("aria-expanded", shown);
  };
  button.addEventListener("click", () => show(root.classList.contains("made-hidden")));
  show(false);
  title.after(button);
}

// Tables show the columns that fit, sentences always; a button shows them all.
function fitting(place) {
  const columns = [...place.querySelectorAll("thead th")];
  const kept = columns.map((head) => ["text", "quote", "summary"].includes(head.textContent.trim()));
  const rows = [...place.querySelectorAll("tr")];
  const hide = (count) => {
    for (const row of rows)
      [...row.cells].forEach((cell, n) => cell.classList.toggle("more", n >= count && !kept[n]));
  };
  let count = columns.length;
  while (count > 2 && place.scrollWidth > place.clientWidth + 1) hide(--count);
  if (count === columns.length) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "switch";
  const fit = (fitted) => {
    hide(fitted ? count : columns.length);
    button.textContent = fitted ? `All ${columns.length} columns` : "Only what fits";
    button.setAttribute("aria-expanded", !fitted);
  };
  button.addEventListener("click", () => fit(button.getAttribute("aria-expanded") === "true"));
  fit(true);
  place.before(button);
}

function sortable(table) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const number = (text) => (text === "" ? NaN : Number(text.replaceAll(",", "")));
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.ariaSort === "ascending";
      const key = (row) => row.cells[column].textContent.trim();
      const numeric = rows.every((row) => key(row) === "" || !isNaN(number(key(row))));
      const compare = (a, b) =>
        numeric
          ? (number(key(a)) || 0) - (number(key(b)) || 0)
          : key(a).localeCompare(key(b), "en");
      for (const other of table.tHead.rows[0].cells) other.ariaSort = null;
      head.ariaSort = down ? "descending" : "ascending";
      body.append(...[...rows].sort((a, b) => (down ? compare(b, a) : compare(a, b))));
    });
  });
}

function filterable(table, place) {
  const rows = [...table.tBodies[0].rows];
  const label = document.createElement("label");
  const input = document.createElement("input");
  const count = document.createElement("span");
  label.className = "filter";
  input.type = "search";
  count.setAttribute("role", "status");
  label.append("Filter ", input, " ", count);
  place.before(label);
  input.addEventListener("input", () => {
    const wanted = input.value.toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    count.textContent = wanted ? `${rows.filter((row) => !row.hidden).length} rows` : "";
  });
}

function markable(link) {
  const marks = JSON.parse(link.dataset.marks);
  const picture = link.querySelector("img");
  const frame = document.createElement("span");
  frame.className = "mark";
  frame.hidden = true;
  link.append(frame);
  const markAt = (event) => {
    const box = picture.getBoundingClientRect();
    const x = (100 * (event.clientX - box.left)) / box.width;
    const y = (100 * (event.clientY - box.top)) / box.height;
    return marks.find(([l, t, w, h]) => x >= l && x <= l + w && y >= t && y <= t + h);
  };
  link.addEventListener("mousemove", (event) => {
    const mark = markAt(event);
    frame.hidden = !mark;
    link.title = mark ? `${mark[5]}: the sentences behind it` : "Open the figure";
    if (mark) {
      const [left, top, width, height] = mark.slice(0, 4);
      Object.assign(frame.style, {
        left: `${(picture.offsetWidth * left) / 100}px`,
        top: `${(picture.offsetHeight * top) / 100}px`,
        width: `${(picture.offsetWidth * width) / 100}px`,
        height: `${(picture.offsetHeight * height) / 100}px`,
      });
    }
  });
  link.addEventListener("mouseleave", () => (frame.hidden = true));
  link.addEventListener("click", (event) => {
    const mark = event.detail && markAt(event); // by keyboard the link opens the figure
    if (mark) {
      event.preventDefault();
      location.href = mark[4];
    }
  });
}

document.addEventListener("DOMContentLoaded", () => {
  for (const place of document.querySelectorAll(".study-table .scroll")) {
    const table = place.querySelector("table");
    if (place.scrollWidth > place.clientWidth + 1) fitting(place);
    if (table.tBodies[0].rows.length < 2) continue;
    sortable(table);
    if (table.tBodies[0].rows.length > FEW_ROWS) filterable(table, place);
  }
  document.querySelectorAll(".study-figure .open").forEach(markable);
  const made = document.querySelector(".made, .cell_input, .study-card");
  if (made) switchable(document.querySelector("article h1"));
  for (const chart of document.querySelectorAll(".chart")) {
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") chart.classList.add("still"); // the card goes, its mark stays
    });
    for (const name of ["pointermove", "focusin"])
      chart.addEventListener(name, () => chart.classList.remove("still"));
  }
});
