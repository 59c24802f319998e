// Puts the page together: what the person does goes into the queue, what the server says goes into the log.
import * as composer from "./composer.js";
import { keep, makeToken, token } from "./keep.js";
import * as live from "./live.js";
import * as log from "./log.js";
import { call, good, pause } from "./net.js";
import * as queue from "./queue.js";
import { isNew, lang, other, speak, t } from "./words.js";

const desk = document.body.dataset.role === "staff";
const $ = (id) => document.getElementById(id);
const mine = new Set(); // ids sent from this tab
let begun = false;
let cursor = 0;
let acked = 0;
let acking;
let unread = 0;
let state = "ready";
let said = ""; // what the notice says besides «no connection»

// ---- starting

// Somebody new has nothing to load: all that comes is news.
function begin(fresh) {
  if (begun) return;
  begun = true;
  makeToken();
  const loaded = fresh ? Promise.resolve() : load();
  if (fresh) log.fill([], false);
  show("connecting");
  live.start({ loaded, cursor: () => cursor, heard, catchUp });
  log.showQueue(queue.entries());
  loaded.then(greet).then(() => isNew && tellLanguage());
}

async function load() {
  for (let tries = 0; ; tries++) {
    const answer = await call("GET", "/items");
    if (good(answer)) {
      log.fill(answer.data.items, answer.data.more ?? answer.data.items.length >= 50);
      advance(answer.data.n);
      if (desk && log.isEmpty() && queue.entries().length === 0) send({ kind: "command", name: "start", args: "" });
      return;
    }
    if (answer.status === 401 && desk) return entryNeeded();
    if (tries > 0) show("offline");
    await pause(tries, answer.wait);
  }
}

function greet() {
  if (desk) return;
  const held = $("chips").contains(document.activeElement);
  log.steady(() => {
    $("hello").hidden = !log.isAtStart();
    $("chips").hidden = begun && !(log.isEmpty() && queue.entries().length === 0);
  });
  if (held && $("chips").hidden) $("scroll").focus();
  if (log.isEmpty()) log.end();
}

// ---- sending

function send(message) {
  begin("new"); // a page that finds a token begins at once
  const entry = queue.put(message);
  if (!entry) {
    notice(t("refused"));
    return null;
  }
  mine.add(entry.id);
  notice("");
  dropGivenBack();
  live.tell({ type: "queued" });
  live.nudge();
  log.expect();
  return entry.id;
}

const sendText = (text, photos, documents) => send({ kind: "text", text, photos, documents });
const command = (name, args = "") => send({ kind: "command", name, args });

function press(button, busy) {
  if (button.kind !== "place") return busy(send({ kind: "press", data: button.data }));
  const lost = () => (busy(null), notice(t("no_place")));
  if (!navigator.geolocation) return lost();
  const found = ({ coords }) => busy(send({ kind: "place", lat: coords.latitude, lon: coords.longitude }));
  navigator.geolocation.getCurrentPosition(found, lost, { timeout: 15000, maximumAge: 60000 });
}

// A refused text that went back into the field has done its duty when the next one is sent.
function dropGivenBack() {
  for (const entry of queue.entries()) if (entry.back) drop(entry);
}

function drop(entry) {
  queue.remove(entry);
  live.tell({ type: "forgotten", entry });
}

function forget(entry) {
  drop(entry);
  $("scroll").focus({ preventScroll: true });
}

function takeBack(entry) {
  composer.give(entry);
  drop(entry);
  composer.focus();
}

// ---- hearing (from the stream, the queue and the other tabs)

const hear = {
  items: ({ items, n }) => news(items, n),
  state: (message) => show(message.state),
  here: (message) => show(message.state),
  queued: () => (log.showQueue(queue.entries()), greet()),
  sent({ entry }) {
    log.sent(entry);
    if (!mine.has(entry.id)) return;
    log.showTyping();
    setTimeout(() => mine.delete(entry.id) && catchUp(live.renew), 8000);
  },
  refused({ entry }) {
    if (entry.kind !== "text") notice(entry.error || t("refused"));
    else if (mine.delete(entry.id) && composer.isEmpty()) {
      composer.give(entry);
      keep.set(entry.key, (entry = { ...entry, back: true }));
    }
    log.refused(entry);
  },
  forgotten: ({ entry }) => log.forget(entry),
  entry: entryNeeded,
  anew: beginAnew,
};

const heard = (message) => hear[message.type]?.(message);

function news(items, n) {
  const fresh = log.take(items);
  const theirs = fresh.filter((item) => item.side === "them").length;
  if (theirs) mine.clear();
  if (document.hidden) unread += theirs;
  showTitle();
  advance(n);
  greet();
}

// found: called when there was news that the stream had not brought.
async function catchUp(found = () => {}) {
  for (;;) {
    const answer = await call("GET", `/items?after=${cursor}`);
    if (!good(answer)) return;
    if (answer.data.items.length) found();
    news(answer.data.items, answer.data.n);
    if (!answer.data.more) return;
  }
}

async function older() {
  const answer = await call("GET", `/items?before=${log.first()}`);
  if (good(answer)) await log.fill(answer.data.items, answer.data.more);
  greet();
}

// Acknowledged = a person could see it: a tab in the background waits until it is looked at.
function advance(n) {
  cursor = Math.max(cursor, n ?? 0);
  if (cursor <= acked || document.hidden) return;
  acking ??= setTimeout(async () => {
    const n = cursor;
    if (good(await call("POST", "/ack", { n }))) acked = n;
    acking = undefined;
    if (cursor > n) advance(cursor);
  }, 800);
}

// ---- telling

const showTitle = () => (document.title = (unread ? `(${unread}) ` : "") + t("title"));

function show(next) {
  state = next;
  $("state").textContent = t(`state_${state}`);
  $("state").dataset.state = state;
  notice(said);
  if (state === "online") advance(cursor);
}

function notice(sentence) {
  said = sentence;
  const words = sentence || (state === "offline" ? t("offline") : "");
  if ($("notice").textContent !== words) $("notice").textContent = words;
}

// The person had everything erased, here or elsewhere. What waits to be sent still goes, as the first words of somebody new.
function beginAnew() {
  keep.drop("draft");
  for (const entry of queue.entries()) if (entry.error !== undefined) queue.remove(entry);
  keep.set("erased", Date.now());
  location.reload();
}

function tellErased() {
  if (Date.now() - keep.get("erased") < 15000) notice(t("erased")); // also to the other tabs, which come a little later
}

// Whoever sits here next sees nothing of what the official saw.
function entryNeeded() {
  if ($("composer").hidden) return;
  $("composer").hidden = true;
  $("menu-open").hidden = true;
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  composer.clear();
  log.clear();
  for (const name of keep.names("")) if (name !== "lang") keep.drop(name);
  document.querySelector(".skip").remove();
  $("log").after($("entry").content.cloneNode(true));
  speak();
  show("offline");
  $("state").textContent = t("entry_needed");
  $("notice").hidden = true;
  log.end();
}

function language() {
  speak(other());
  showTitle();
  show(state);
  log.redraw();
  composer.redraw();
  tellLanguage();
}

// The language belongs to the conversation: its pushes are written in it too.
function tellLanguage() {
  if (begun && !log.isEmpty()) command("language", lang());
}

// The personal link, /#a=NUMBER.CODE, and the one that joins another chat to this one, /#join=CODE: the address forgets
// it at once, so that neither a reload nor the history repeats it. What it opens is asked in the chat: nothing is spent.
function followLink() {
  const found = /^#(?:a=([^.]{1,24}\.[^.]{1,24})|join=([^.]{1,24}))$/.exec(location.hash);
  if (!found || desk) return;
  history.replaceState(null, "", location.pathname + location.search);
  command(found[1] ? "open" : "join", unescaped(found[1] ?? found[2]));
}

function unescaped(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function copy(link) {
  const done = await navigator.clipboard?.writeText(link).then(() => true, () => false);
  notice(done ? t("copied") : t("not_copied", { link }));
}

// ---- the page

function open() {
  speak();
  showTitle();
  log.open({ press, takeBack, forget, more: older, copy, notice });
  composer.open({ send: (...said) => sendText(...said) !== null, notice });
  $("language").onclick = language;
  $("report")?.addEventListener("click", composer.focus);
  $("menu-open").onclick = () => $("menu").showModal();
  for (const el of document.querySelectorAll("[data-command]")) el.onclick = () => ($("menu").close(), command(el.dataset.command));
  for (const dialog of document.querySelectorAll("dialog"))
    dialog.onclick = (e) => (e.target === dialog || e.target.closest("[data-close]")) && dialog.close();
  addEventListener("online", () => begun || show("ready"));
  document.addEventListener("visibilitychange", seen);
  keep.watch(stored);
  addEventListener("pageshow", (e) => e.persisted && begun && catchUp());
  if (visualViewport) visualViewport.onresize = fit;
  if (desk || token()) begin();
  else (show("ready"), greet());
  addEventListener("hashchange", followLink);
  followLink();
  tellErased();
}

// Another tab stored something.
function stored(name) {
  if (name === "token" && token()) begin();
  if (!begun || !name.startsWith("out.")) return;
  hear.queued();
  if (live.isLeader()) live.nudge();
}

function seen() {
  if (document.hidden) return;
  unread = 0;
  showTitle();
  advance(cursor);
}

// iOS does not shrink the page for its keyboard; everything else does it by itself.
function fit() {
  if (visualViewport.scale > 1.01) return;
  document.documentElement.style.setProperty("--height", `${visualViewport.height}px`);
}

open();
