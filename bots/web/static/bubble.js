// One message on the page. Draws again only what has changed, so that a screen reader hears only what is new.
// Must not send anything: presses go to the handlers it is given.
import { row as document } from "./files.js";
import { icon, make, press } from "./make.js";
import { button as photo } from "./photos.js";
import { callOf, hour, t } from "./words.js";

const SHORT = 16;
const TINY = 4;
const WHOLE = /((?:(?:№|No\.) )?\d[\d-]{0,9}-[\dA-ZА-Я]{1,4})(?![\d\p{L}-])/u; // short enough for the narrowest screen

export function create(side) {
  const article = make("article", `msg ${side}`);
  article.tabIndex = -1;
  const bubble = make("div", "bubble");
  const own = { who: "span", note: "p", pictures: "div", files: "div", text: "p", meta: "span", code: "figure", error: "p" };
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
// act: press(article, button, el), copy(link), notice(sentence).
export function draw(article, item, state, act) {
  const { parts } = article;
  const at = new Date(item.at);
  article.item = item;
  article.state = state;
  article.className = `msg ${item.side} ${state}${item.push ? " push" : ""}${item.alarm ? " alarm" : ""}`;
  const who = item.side === "me" ? t("me") : t("title");
  article.setAttribute("aria-label", `${who}, ${hour(at)}`);
  const kind = item.alarm ? "alarm" : item.push && "push";
  say(parts.who, kind ? `${who}, ${t(kind)}: ` : `${who}: `);
  changed(parts.note, item.note, lines);
  changed(parts.text, item.text, item.side === "me" ? lines : called);
  changed(parts.pictures, item.photos, (refs) => refs.map((ref, i) => photo(ref, i + 1, refs.length)));
  const count = item.photos?.length ?? 0;
  parts.pictures.dataset.columns = count < 3 ? count : count === 4 ? 2 : 3;
  changed(parts.files, item.documents, (files) => files.map((file) => document(file, act.notice)));
  drawMeta(parts.meta, at, state);
  changed(parts.code, item.qr, (src) => [Object.assign(new Image(), { src, alt: t("qr") }), make("figcaption", "", t("qr_how"))]);
  changed(parts.keys, item.buttons, (buttons) => rows(buttons.map((button) => key(button, article, act)).filter(Boolean)));
  if (!parts.keys.hidden) parts.keys.setAttribute("aria-label", t("answers"));
  return article;
}

function say(el, text = "") {
  if (el.textContent !== text) el.textContent = text;
  el.hidden = !text;
}

// A paragraph each, the time beside the last one. A number like 123-456-789 or 59-FZ stays in one piece.
const lines = (text) => text.split("\n").map(line);

function line(words) {
  if (!words) return make("span", "line blank", "\n"); // a narrow gap, still an empty line when it is copied
  const el = make("span", "line");
  el.append(...words.split(WHOLE).map((part, i) => (i % 2 ? make("span", "whole", part) : part)));
  return el;
}

// Our own lines about whom to call in danger can be pressed; a number anywhere else is only a number. A quotation has a
// bar at its side, and its sign where it is copied or read out.
const called = (text) => text.split("\n").map((words) => {
  const call = callOf(words);
  if (!call && words.startsWith("> ")) {
    const el = line(words.slice(2));
    el.classList.add("quote");
    el.prepend(make("span", "vh", "> "));
    return el;
  }
  if (!call) return line(words);
  const el = Object.assign(make("a", "line call"), { href: `tel:${call.number}` });
  el.append(icon("phone"), make("b", "", call.number), " ", call.what);
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
function rows(keys) {
  const size = (el) => [...el.firstChild.textContent].length;
  if (keys.length > 1 && keys.every((el) => size(el) <= TINY)) return [row(keys)];
  let tail = keys.length;
  while (tail > 0 && size(keys[tail - 1]) <= SHORT && !keys[tail - 1].matches(".first")) tail--;
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

function key(button, article, act) {
  const { link: own } = article.item;
  if (button.kind === "link") return own && button.url === own ? copying(own, act) : link(button);
  const el = press(button.label, () => act.press(article, button, el), button.main ? "key first" : "key");
  if (button.kind === "place") el.append(icon("pin"));
  return el;
}

// The link of a message leads here: it is of use elsewhere.
function copying(own, act) {
  const el = press(t("copy"), () => act.copy(own));
  el.append(icon("copy"));
  return el;
}

function link({ label, url }) {
  if (!/^https?:\/\//i.test(url ?? "")) return null;
  const a = Object.assign(make("a", "key", label), { href: url, target: "_blank", rel: "noopener noreferrer" });
  a.append(icon("out"), make("span", "vh", `(${t("new_tab")})`));
  return a;
}
