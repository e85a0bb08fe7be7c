"use strict";
// Finding, filtering and opening; without this script the page shows everything.
const form = document.getElementById("find");
const words = document.getElementById("words");
const shown = document.getElementById("shown");
const marks = [...form.querySelectorAll("[name=mark]")];
const sections = [...document.querySelectorAll("[data-section]")].map((section) => ({
  none: section.querySelector(":scope > .none"),
  items: [...section.querySelectorAll("[data-item]")].map((element) => ({ element, text: "" })),
}));
const all = sections.flatMap((section) => section.items);

function matches(item, wanted, hidden) {
  if (hidden.has(item.element.dataset.mark)) return false;
  if (wanted.length === 0) return true;
  item.text ||= item.element.textContent.toLowerCase();
  return wanted.every((word) => item.text.includes(word));
}

function filter() {
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const hidden = new Set(marks.filter((mark) => !mark.checked).map((mark) => mark.value));
  let number = 0;
  for (const { none, items } of sections) {
    let left = 0;
    for (const item of items) {
      const isShown = matches(item, wanted, hidden);
      if (item.element.hidden === isShown) item.element.hidden = !isShown;
      left += isShown;
    }
    none.hidden = left > 0 || items.length === 0;
    number += left;
  }
  const isWhole = number === all.length;
  shown.textContent = isWhole ? "" : `${number.toLocaleString("en")} of ${all.length.toLocaleString("en")} shown`;
}

function openAll(open) {
  for (const { element } of all) if (element.localName === "details" && !element.hidden) element.open = open;
}

// A link may lead into something folded up.
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) {
    fold.hidden = false;
    fold.open = true;
  }
  target?.scrollIntoView();
}

let waiting = 0;
words.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(filter, 100);
});
form.addEventListener("change", filter);
form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("open").addEventListener("click", () => openAll(true));
document.getElementById("close").addEventListener("click", () => openAll(false));
document.addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof HTMLInputElement;
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    words.focus();
  }
  if (event.key === "Escape" && event.target === words) {
    words.value = "";
    filter();
  }
});
addEventListener("hashchange", reveal);
form.hidden = false;
if (location.hash) reveal();
