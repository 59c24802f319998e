// One message on the page. Draws again only what has changed, so that a screen reader hears only what is new.
// Must not send anything: presses go to the handler it is given.
import { button as photo } from "./photos.js";
import { hour, t } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const SHORT = 16;
const TINY = 4;
const WHOLE = /(\d[\d-]{0,9}-[\dA-ZА-Я]{1,4})(?![\d\p{L}-])/u; // short enough for the narrowest screen

export function make(tag, className = "", text = "") {
  const el = document.createElement(tag);
  if (className) el.className = className;
  if (text) el.textContent = text;
  return el;
}

export function icon(name, className = "i") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(SVG, "use"));
  svg.firstChild.setAttribute("href", `#${name}`);
  return svg;
}

export function press(label, onclick, className = "key") {
  const el = make("button", className, label);
  el.type = "button";
  el.onclick = onclick;
  return el;
}

export function create(side) {
  const article = make("article", `msg ${side}`);
  article.tabIndex = -1;
  const bubble = make("div", "bubble");
  const own = { who: "span", note: "p", pictures: "div", text: "p", meta: "span", error: "p" };
  article.parts = {};
  for (const [name, tag] of Object.entries(own)) bubble.append((article.parts[name] = make(tag, name)));
  const { note, text, who, meta, error } = article.parts;
  who.classList.add("vh");
  text.dir = note.dir = "auto";
  error.hidden = true;
  meta.append(make("time"), make("span", "vh"));
  article.append(bubble, (article.parts.keys = make("div", "keys")));
  article.parts.keys.setAttribute("role", "group");
  return article;
}

// state: "" (theirs), "pending", "accepted", "failed".
export function draw(article, item, state, onPress) {
  const { parts } = article;
  const at = new Date(item.at);
  article.item = item;
  article.state = state;
  article.className = `msg ${item.side} ${state}${item.push ? " push" : ""}`;
  const who = item.side === "me" ? t("me") : t("title");
  article.setAttribute("aria-label", `${who}, ${hour(at)}`);
  say(parts.who, item.push ? `${who}, ${t("push")}: ` : `${who}: `);
  changed(parts.note, item.note, lines);
  changed(parts.text, item.text, lines);
  changed(parts.pictures, item.photos, (refs) => refs.map((ref, i) => photo(ref, i + 1, refs.length)));
  const count = item.photos?.length ?? 0;
  parts.pictures.dataset.columns = count < 3 ? count : count === 4 ? 2 : 3;
  drawMeta(parts.meta, at, state);
  changed(parts.keys, item.buttons, (buttons) => rows(buttons, (button, el) => onPress(article, button, el)));
  if (!parts.keys.hidden) parts.keys.setAttribute("aria-label", t("answers"));
  return article;
}

function say(el, text = "") {
  if (el.textContent !== text) el.textContent = text;
  el.hidden = !text;
}

// A paragraph each, the time beside the last one. A number like 123-456-789 or 59-FZ stays in one piece.
const lines = (text) => text.split("\n").map((words) => {
  if (!words) return make("span", "line blank", "\n"); // a narrow gap, still an empty line when it is copied
  const el = make("span", "line");
  el.append(...words.split(WHOLE).map((part, i) => (i % 2 ? make("span", "whole", part) : part)));
  return el;
});

function changed(el, value, build) {
  const sign = JSON.stringify(value ?? []);
  if (el.sign === sign) return;
  el.sign = sign;
  el.hidden = !value?.length;
  el.classList.remove("busy");
  el.replaceChildren(...(el.hidden ? [] : build(value)));
}

function drawMeta(meta, at, state) {
  const [time, said] = [meta.querySelector("time"), meta.querySelector(".vh")];
  time.dateTime = at.toISOString();
  say(time, hour(at));
  say(said, state && `, ${t(state)}`);
  meta.querySelector("svg")?.remove();
  if (state) meta.append(icon({ pending: "clock", accepted: "tick", failed: "alert" }[state]));
}

// The short labels at the end share rows in pairs («Back», «Menu»), the very short ones one row. Others get a line each.
function rows(buttons, onPress) {
  const size = (el) => [...el.firstChild.textContent].length;
  const keys = buttons.map((button) => key(button, onPress)).filter(Boolean);
  if (keys.length > 1 && keys.every((el) => size(el) <= TINY)) return [row(keys)];
  let tail = keys.length;
  while (tail > 0 && size(keys[tail - 1]) <= SHORT) tail--;
  tail += (keys.length - tail) % 2;
  const all = keys.slice(0, tail);
  for (; tail < keys.length; tail += 2) all.push(row(keys.slice(tail, tail + 2)));
  return all;
}

function row(keys) {
  const el = make("div", "row");
  el.append(...keys);
  return el;
}

function key(button, onPress) {
  if (button.kind === "link") return link(button);
  const el = press(button.label, () => onPress(button, el));
  if (button.kind === "place") el.append(icon("pin"));
  return el;
}

function link({ label, url }) {
  if (!/^https?:\/\//i.test(url ?? "")) return null;
  const a = Object.assign(make("a", "key", label), { href: url, target: "_blank", rel: "noopener noreferrer" });
  a.append(icon("out"), make("span", "vh", `(${t("new_tab")})`));
  return a;
}
