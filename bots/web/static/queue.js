// What the person sent and the server has not yet accepted: kept in storage, sent in order by one tab with the same ids for ever.
// Must not touch the page; tells what happened by `tell`.
import { call, good, hurry, passing, pause } from "./net.js";
import { keep, random } from "./keep.js";

const START = "out.";
const desk = document.body.dataset.role === "staff";
let count = 0;
let running = false;

// One name per entry, so that two tabs never overwrite each other; names sort by time.
export function put(message) {
  const at = Date.now();
  const entry = { id: random(16), at, ...message };
  entry.key = `${START}${at.toString(36).padStart(9, "0")}.${String(count++).padStart(4, "0")}.${entry.id}`;
  return keep.set(entry.key, entry) ? entry : null;
}

export const entries = () => keep.names(START).map(keep.get).filter((entry) => entry?.id && entry.kind);
export const waiting = () => entries().filter((entry) => entry.error === undefined);
export const remove = (entry) => keep.drop(entry.key);

// No await between the last look into the queue and the end: a message put meanwhile starts the next round.
export async function flush(mayGo, tell) {
  if (running) return;
  running = true;
  try {
    let tries = 0;
    for (let entry; mayGo() && (entry = waiting()[0]); ) {
      const answer = await call("POST", "/messages", body(entry));
      if (passing(answer)) {
        await pause(tries++, answer.wait);
        continue;
      }
      tries = 0;
      if (answer.status === 401 && desk) return tell({ type: "entry" });
      settle(entry, answer, tell);
    }
  } finally {
    running = false;
  }
}

// What was stored by an older page may lack what is new, and know what is gone.
function body({ id, kind, ...rest }) {
  const { text, photos = [], documents = [], data, lat, lon, name, args } = rest;
  if (kind === "text") return { id, kind, text, photos, documents: documents.map(({ ref }) => ref) };
  return { id, kind, data, lat, lon, name, args };
}

function settle(entry, answer, tell) {
  if (good(answer)) {
    remove(entry);
    hurry();
    tell({ type: "sent", entry });
    return;
  }
  const refused = { ...entry, error: answer.data.error || "" };
  if (entry.kind === "text") keep.set(entry.key, refused);
  else remove(entry);
  tell({ type: "refused", entry: refused });
}
