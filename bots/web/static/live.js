// Keeps every tab up to date with one stream: one tab, the leader, holds it and sends the queue; the others hear it by BroadcastChannel.
// Must not touch the page or keep messages.
import { keep } from "./keep.js";
import { call, good, hurry, pause, streamUrl } from "./net.js";
import { flush } from "./queue.js";

const { role } = document.body.dataset;
const name = `otklik.${role}`;
const channel = keep.lasting && "BroadcastChannel" in self && navigator.locks ? new BroadcastChannel(name) : null;
const SILENT = 60000;
const BY_LEADER = ["here", "state", "items", "sent", "refused"];

let page; // { loaded: promise, cursor(), heard(message), catchUp() }
let leading = false;
let state = "connecting";
let stop = () => {};
let round = 0;
let hiddenAt = 0;
let answered = false;
let waiting; // for the lock

export const isLeader = () => leading;

// Says it to this tab and to all the others.
export function tell(message) {
  page?.heard(message);
  channel?.postMessage(message);
}

export function start(own) {
  page = own;
  if (channel) channel.onmessage = ({ data }) => hear(data);
  addEventListener("offline", () => leading && stop());
  document.addEventListener("visibilitychange", look);
  elect();
  look();
}

// There is something new in the queue. The message may overtake what was stored; then the storage event comes here too.
export function nudge() {
  if (leading) flush(isLeader, tell);
  else channel?.postMessage({ type: "queue" });
}

// The stream looks dead (we know of news that it did not bring): take a new one.
export function renew() {
  if (leading) stop("at once");
  else channel?.postMessage({ type: "renew" });
}

function hear(message) {
  if (message.type === "who" && leading) {
    hurry();
    channel.postMessage({ type: "here", n: page.cursor(), state });
  } else if (leading && message.type === "queue") flush(isLeader, tell);
  else if (leading && message.type === "renew") stop("at once");
  if (BY_LEADER.includes(message.type)) answered = true;
  if (message.type === "here" && message.n > page.cursor()) page.catchUp();
  if (message.state) state = message.state;
  page.heard(message);
}

async function elect(steal = false) {
  if (!channel) return lead();
  waiting?.abort();
  const { signal } = (waiting = new AbortController());
  try {
    await navigator.locks.request(name, steal ? { steal } : { signal }, () => (lead(), new Promise(() => {})));
  } catch {
    if (signal.aborted) return; // this tab stands in the queue once
    if (!leading) return lead(); // locks are forbidden here
    leading = false; // another tab took the lead
    stop();
    elect();
  }
}

function lead() {
  leading = true;
  flush(isLeader, tell);
  connect();
}

// This tab came to the front: a leader asleep in the background may have a dead stream, or be frozen itself.
function look() {
  if (document.hidden) hiddenAt = Date.now();
  else if (leading && hiddenAt && Date.now() - hiddenAt > SILENT / 2) stop("at once");
  else if (!leading && channel) {
    answered = false;
    channel.postMessage({ type: "who" });
    setTimeout(() => answered || leading || document.hidden || elect(true), 4000);
  }
}

function show(next) {
  if (state !== next) tell({ type: "state", state: (state = next) });
}

async function connect() {
  const mine = ++round;
  await page.loaded;
  for (let tries = 0; leading && mine === round; ) {
    const ticket = await call("POST", "/ticket");
    if (ticket.status === 401 && role === "staff") return tell({ type: "entry" });
    const end = good(ticket) ? await listen(ticket.data.ticket) : { lived: 0 };
    if (end.atOnce) continue;
    if (end.lived > 5000) tries = 0;
    show(tries > 0 || !navigator.onLine ? "offline" : "connecting");
    await pause(tries++, ticket.wait);
  }
}

// Lives as long as one stream; the browser's own reconnect would repeat a spent ticket, so the first error ends it.
function listen(ticket) {
  return new Promise((resolve) => {
    const source = new EventSource(streamUrl(ticket, page.cursor()));
    const born = Date.now();
    let opened = false;
    let beat;
    stop = (how) => {
      clearTimeout(beat);
      source.close();
      resolve({ lived: opened ? Date.now() - born : 0, atOnce: how === "at once" });
    };
    source.onopen = () => {
      opened = true;
      show("online");
      hurry();
    };
    source.addEventListener("items", ({ data }) => tell({ ...JSON.parse(data), type: "items" }));
    source.addEventListener("anew", () => tell({ type: "anew" }));
    source.addEventListener("ping", () => {
      clearTimeout(beat);
      beat = setTimeout(stop, SILENT, "at once");
    });
    source.onerror = () => stop();
  });
}
