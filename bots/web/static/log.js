// The conversation on the page: messages in their order, days between them, scrolling, focus, what is busy.
// Must not talk to the server: presses go to `act`.
import { create, draw } from "./bubble.js";
import { make, press } from "./make.js";
import { day, t } from "./words.js";

const scroll = document.getElementById("scroll");
const box = document.getElementById("log");
const typing = document.getElementById("typing");
const toEnd = document.getElementById("to-end");
const olderButton = document.getElementById("older");
const byPos = new Map();
const byId = new Map(); // not yet accepted, by the client's id
const arrived = new Set(); // the ids of those that have come back as items
const busy = new Map();
const days = new Map();
let act = { press() {}, takeBack() {}, forget() {}, more() {}, copy() {}, notice() {} };
let hasOlder = false;
let atEnd = true;
let expected = 0; // until then an answer to the person's own action is awaited: follow it wherever the view is
let unseen = 0;
let alarm; // the one that must be seen first
let typingTimer;

export const isEmpty = () => byPos.size === 0 && byId.size === 0;
export const first = () => Math.min(...byPos.keys());
export const isAtStart = () => !hasOlder;

export function open(actions) {
  act = actions;
  toEnd.onclick = end;
  olderButton.onclick = () => olderButton.getAttribute("aria-disabled") !== "true" && more();
  scroll.addEventListener("scroll", watch, { passive: true });
  new ResizeObserver(() => atEnd && end()).observe(scroll);
  new IntersectionObserver(([seen]) => seen.isIntersecting && olderButton.click(), { root: scroll }).observe(olderButton);
}

// ---- messages in

// News: newer states replace older ones by pos; returns those that are really new here.
export function take(items) {
  const fresh = items.filter((item) => (byPos.get(item.pos)?.item.n ?? -1) < item.n && !(hasOlder && item.pos < first()));
  if (fresh.length === 0) return fresh;
  const follow = atEnd || Date.now() < expected;
  const held = document.activeElement?.closest("#log .msg");
  fresh.sort((a, b) => a.pos - b.pos).forEach(upsert);
  const theirs = fresh.filter((item) => item.side === "them");
  if (theirs.length) answered(Math.max(...theirs.map((item) => item.pos)));
  if (held && !held.contains(document.activeElement)) newestAfter(held).focus({ preventScroll: true });
  separate();
  if (follow) end();
  else seenLater(theirs.length);
  return fresh;
}

// The newest page or an older one: put in silently, the view stays where it is.
export async function fill(items, more) {
  const before = scroll.scrollHeight - scroll.scrollTop;
  const wasEmpty = byPos.size === 0;
  box.setAttribute("aria-live", items.length ? "off" : "polite");
  hasOlder = more;
  olderButton.hidden = !more;
  for (const item of items) if (!((byPos.get(item.pos)?.item.n ?? -1) >= item.n)) upsert(item);
  separate();
  if (wasEmpty) end();
  else scroll.scrollTop = scroll.scrollHeight - before;
  await new Promise((resolve) => setTimeout(resolve, 300));
  box.setAttribute("aria-live", "polite");
}

function upsert(item) {
  const article = byPos.get(item.pos) ?? byId.get(item.id) ?? create(item.side);
  byId.delete(item.id);
  if (item.id) arrived.add(item.id);
  byPos.set(item.pos, article);
  if (article.item && item.side === "them") flash(article);
  free(article);
  voice(article, item);
  show(article, item, item.side === "me" ? "accepted" : "");
  article.parts.error.hidden = true;
  place(article, item.pos);
}

const show = (article, item, state) => draw(article, item, state, { ...act, press: pressed });

// What is read out: an alarm at once, a card that was only brought up to date not at all, everything else in its turn.
function voice(article, item) {
  const sudden = item.alarm && box.getAttribute("aria-live") === "polite";
  if (sudden) (alarm = article).firstChild.setAttribute("role", "alert");
  if (sudden || item.quiet) article.setAttribute("aria-live", "off");
  else article.removeAttribute("aria-live");
}

function place(article, pos) {
  article.pos = pos;
  let before = box.lastElementChild;
  while (before && (before === article || !(before.pos < pos))) before = before.previousElementSibling;
  let now = article.previousElementSibling;
  while (now && now.pos === undefined) now = now.previousElementSibling;
  if (article.parentNode === box && now === before) return; // moving it would read it out again
  box.insertBefore(article, before ? before.nextSibling : box.firstChild);
}

function separate() {
  const used = new Set();
  for (const article of box.querySelectorAll(".msg")) {
    const at = new Date(article.item.at);
    const key = at.toDateString();
    if (used.has(key)) continue;
    used.add(key);
    if (!days.has(key)) days.set(key, make("p", "day"));
    const sign = days.get(key);
    const words = day(at);
    if (sign.textContent !== words) sign.replaceChildren(make("span", "", words));
    if (sign.nextElementSibling !== article) box.insertBefore(sign, article);
  }
  for (const [key, sign] of days) if (!used.has(key)) (sign.remove(), days.delete(key));
}

function more() {
  olderButton.setAttribute("aria-disabled", "true");
  Promise.resolve(act.more()).finally(() => olderButton.removeAttribute("aria-disabled"));
}

// ---- messages of this browser that the server has not yet accepted

export function showQueue(entries) {
  for (const entry of entries) {
    if (entry.kind !== "text" || byId.has(entry.id) || arrived.has(entry.id)) continue;
    const article = create("me");
    byId.set(entry.id, article);
    const item = { side: "me", id: entry.id, at: new Date(entry.at).toISOString(), text: entry.text, photos: entry.photos, documents: entry.documents };
    show(article, item, "pending");
    place(article, Infinity);
    if (entry.error !== undefined) refused(entry);
  }
  separate();
}

export function sent({ id }) {
  const article = byId.get(id);
  if (article) show(article, article.item, "accepted");
  if (busy.has(id)) setTimeout(() => free(busy.get(id)), 4000);
}

// Gives the text back: one that is already in the field again can only be deleted here.
export function refused(entry) {
  free(busy.get(entry.id));
  const article = byId.get(entry.id);
  if (!article) return;
  show(article, article.item, "failed");
  article.parts.error.textContent = entry.error || t("refused");
  article.parts.error.hidden = false;
  const row = make("div", "row");
  if (!entry.back) row.append(press(t("edit"), () => act.takeBack(entry)));
  row.append(press(t("delete"), () => act.forget(entry)));
  article.parts.keys.replaceChildren(row);
  article.parts.keys.hidden = false;
  end();
}

export function clear() {
  for (const known of [byPos, byId, busy, days]) known.clear();
  box.replaceChildren();
  hasOlder = false;
  olderButton.hidden = true;
}

export function forget({ id }) {
  byId.get(id)?.remove();
  byId.delete(id);
  separate();
}

// ---- pressing

function pressed(article, button, el) {
  if (article.parts.keys.classList.contains("busy")) return;
  article.parts.keys.classList.add("busy");
  for (const key of article.parts.keys.querySelectorAll("button")) key.setAttribute("aria-disabled", "true");
  el.classList.add("chosen");
  act.press(button, (id) => (id ? busy.set(id, article) : free(article)));
}

function free(article) {
  if (!article) return;
  for (const [id, one] of busy) if (one === article) busy.delete(id);
  article.parts.keys.classList.remove("busy");
  for (const key of article.parts.keys.querySelectorAll("button")) {
    key.removeAttribute("aria-disabled");
    key.classList.remove("chosen");
  }
}

function answered(newest) {
  hideTyping();
  for (const article of new Set(busy.values())) if (article.pos < newest) free(article);
}

function newestAfter(held) {
  const theirs = [...box.querySelectorAll(".msg.them")].pop();
  return theirs?.pos > held.pos ? theirs : held;
}

function flash(article) {
  article.classList.remove("flash");
  requestAnimationFrame(() => article.classList.add("flash"));
}

// ---- the view

export function expect() {
  alarm = undefined;
  expected = Date.now() + 10000;
  end();
}

export function showTyping() {
  clearTimeout(typingTimer);
  typing.hidden = false;
  typingTimer = setTimeout(hideTyping, 8000);
  if (atEnd) end();
}

function hideTyping() {
  clearTimeout(typingTimer);
  typing.hidden = true;
}

// To the newest message; when one of theirs is taller than the view, to its beginning; in an empty chat to the greeting's.
// An alarm stays in view, whatever we say after it, until the person goes on.
export function end() {
  const last = box.lastElementChild;
  scroll.scrollTop = last ? scroll.scrollHeight : 0;
  const top = alarm?.isConnected ? alarm : last;
  if (top?.item.side === "them") scroll.scrollTop = Math.min(scroll.scrollTop, top.offsetTop - 8);
  watch();
}

// What changes above the messages does not move them.
export function steady(change) {
  const before = box.offsetTop;
  change();
  scroll.scrollTop += box.offsetTop - before;
}

function watch() {
  atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
  const lastSeen = box.lastElementChild?.offsetTop < scroll.scrollTop + scroll.clientHeight;
  if (lastSeen) unseen = 0;
  toEnd.hidden = atEnd || lastSeen || !box.lastElementChild;
  toEnd.lastChild.textContent = unseen || "";
}

function seenLater(count) {
  unseen += count;
  watch();
}

export function redraw() {
  for (const article of box.querySelectorAll(".msg")) {
    article.parts.keys.sign = article.state === "failed" ? article.parts.keys.sign : "";
    show(article, article.item, article.state);
  }
  separate();
}
