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
const indexes = new WeakMap();
const MOST_NAMED = 6;

// The actions of an element's rows as people type them, service:Action, and those of them that are patterns. What denies
// all but some is about no action by name; of who holds something only what allows counts.
function index(element, onlyAllowed) {
  if (indexes.has(element)) return indexes.get(element)[Number(onlyAllowed)];
  const found = [made(element, false), made(element, true)];
  indexes.set(element, found);
  return found[Number(onlyAllowed)];
}

function made(element, onlyAllowed) {
  const actions = new Set();
  const excepting = [];
  for (const cell of element.querySelectorAll("td.a")) {
    const isDenied = cell.parentElement.querySelector(".deny") !== null;
    if (isDenied && onlyAllowed) continue;
    const names = cell.textContent.toLowerCase().split(", ").map((name) => name.replace(/^.*[−+]/, ""));
    const service = cell.parentElement.querySelector(".s")?.textContent.toLowerCase();
    if (service) for (const name of names) actions.add(`${service}:${name}`);
    else if (names[0] === "*" || names[0] === "everything") actions.add("*:*");
    else if (!isDenied && names[0].startsWith("everything but ")) excepting.push([names[0].slice(15), ...names.slice(1)].map(pattern));
  }
  if (element.querySelector(".graph .all")) actions.add("*:*");
  const patterns = [...actions].filter((action) => /[*?]/.test(action)).map(pattern);
  return { actions: [...actions], text: [...actions].join(" "), patterns, excepting };
}

function pattern(action) {
  const literal = action.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
  return new RegExp(`^${literal}$`);
}

// Of a principal also what the policies and groups say that its picture leads to, but for what only bounds it.
function parts(element) {
  if (!element.matches(".role")) return [index(element, false)];
  const links = [...element.querySelectorAll(".graph .holds a[href]")];
  const targets = links.map((link) => document.getElementById(link.hash.slice(1))).filter(Boolean);
  return [element, ...targets].map((one) => index(one, true));
}

function holds(found, action, typed) {
  return (
    found.text.includes(action) ||
    found.actions.some((one) => typed.test(one)) ||
    found.patterns.some((one) => one.test(action)) ||
    found.excepting.some((names) => !names.some((one) => one.test(action)))
  );
}

function matches(item, wanted, hidden) {
  if (hidden.has(item.element.dataset.mark)) return false;
  if (wanted.length === 0) return true;
  if (!item.text) {
    const beside = [...item.element.querySelectorAll("[data-words]")].map((one) => one.dataset.words);
    item.text = [item.element.textContent, ...beside].join(" ").toLowerCase();
  }
  return wanted.every((word) => {
    if (item.text.includes(word)) return true;
    return isAction(word) && parts(item.element).some((found) => holds(found, word, pattern(word)));
  });
}

function isAction(word) {
  return /^(?!arn:|aws:)[a-z0-9-]+:[a-z0-9*?]+$/.test(word);
}

// Whether nobody can tell that it doesn't match: what it holds was not read.
function mayMatch(item, wanted) {
  return item.element.dataset.untold && wanted.every((word) => isAction(word) || item.text.includes(word));
}

function notTold(items) {
  const why = { aws: "their AWS policies were not read", some: "not all that they hold was read" };
  return Object.entries(why).map(([key, words]) => {
    const some = items.filter(({ element }) => element.dataset.untold === key).map(({ element }) => {
      return `${element.querySelector(".kind").textContent}.${element.querySelector("h3").textContent}`;
    });
    const more = some.length > MOST_NAMED ? ` and ${(some.length - MOST_NAMED).toLocaleString("en")} more` : "";
    return some.length ? `; not told for ${some.slice(0, MOST_NAMED).join(", ")}${more}: ${words}` : "";
  }).join("");
}

function filter() {
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const hidden = new Set(marks.filter((mark) => !mark.checked).map((mark) => mark.value));
  let number = 0;
  const untold = [];
  for (const { none, items } of sections) {
    let left = 0;
    for (const item of items) {
      const isShown = matches(item, wanted, hidden);
      if (item.element.hidden === isShown) item.element.hidden = !isShown;
      left += isShown;
      if (!isShown && mayMatch(item, wanted)) untold.push(item);
    }
    none.hidden = left > 0 || items.length === 0;
    number += left;
  }
  const isWhole = number === all.length;
  shown.textContent = isWhole ? "" : `${number.toLocaleString("en")} of ${all.length.toLocaleString("en")} shown${notTold(untold)}`;
  clearBar();
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
  // What is far away is laid out only now, which may move it.
  const headed = target?.matches(".body") ? target.parentElement : target;
  headed?.scrollIntoView();
  requestAnimationFrame(() => headed?.scrollIntoView());
}

// Headings shall not come to lie behind the bar, which is as high as it takes.
function clearBar() {
  const isSticky = getComputedStyle(form).position === "sticky";
  document.documentElement.style.scrollPaddingTop = isSticky ? `${form.offsetHeight + 12}px` : "";
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
clearBar();
addEventListener("resize", clearBar);
if (location.hash) reveal();
