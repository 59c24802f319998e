// Speaks HTTP with the server: one call, one answer as a value, never an exception. Decides nothing about messages.
import { token } from "./keep.js";
import { lang } from "./words.js";

const { api, role } = document.body.dataset;
const TRIES = [1, 2, 4, 8, 15];

const headers = (more) => {
  const own = { "X-Lang": lang(), ...more };
  if (role === "citizen") own.Authorization = `Bearer ${token()}`;
  return own;
};

// status 0: the network failed, nobody knows whether the server heard us.
export async function call(method, path, body) {
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), 20000);
  try {
    const json = body && { "Content-Type": "application/json" };
    const options = { method, headers: headers(json), body: body && JSON.stringify(body), signal: stop.signal };
    const answer = await fetch(api + path, { cache: "no-store", ...options });
    const data = await answer.json().catch(() => ({}));
    return { status: answer.status, data: data ?? {}, wait: Number(answer.headers.get("Retry-After")) || 0 };
  } catch {
    return { status: 0, data: {}, wait: 0 };
  } finally {
    clearTimeout(late);
  }
}

export const good = ({ status }) => status >= 200 && status < 300;
export const passing = ({ status }) => status === 0 || status >= 500 || [408, 425, 429].includes(status);

const sleepers = [];

// Waits before the next try; hurry() ends the wait, but never one that the server asked for. Of many that are told the same
// second, some come later than it, the more the oftener they have come in vain.
export function pause(tries, wait = 0) {
  const own = TRIES[Math.min(tries, TRIES.length - 1)];
  const seconds = wait ? wait + own * Math.random() : own * (0.8 + Math.random() * 0.4);
  return new Promise((resolve) => {
    setTimeout(resolve, Math.min(seconds, 60) * 1000);
    if (!wait) sleepers.push(resolve);
  });
}

export function hurry() {
  for (const wake of sleepers.splice(0)) wake();
}

addEventListener("online", hurry);
document.addEventListener("visibilitychange", () => document.hidden || hurry());

// XMLHttpRequest, because fetch does not tell how far an upload is.
export function upload(path, blob, own, progress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", api + path);
    const all = headers({ "Content-Type": blob.type || "application/octet-stream", ...own });
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    request.timeout = 60000 + blob.size / 8; // 8 kB a second is slow, but it goes on
    request.responseType = "json";
    request.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total);
    request.onloadend = () => resolve({
      status: request.status,
      data: request.response ?? {},
      wait: Number(request.getResponseHeader("Retry-After")) || 0,
    });
    request.send(blob);
  });
}

export async function picture(ref) {
  const answer = await fetch(`${api}/photos/${encodeURIComponent(ref)}`, { headers: headers() });
  if (!answer.ok) throw new Error(`photo: ${answer.status}`);
  return answer.blob();
}

export const streamUrl = (ticket, after) => `${api}/stream?ticket=${encodeURIComponent(ticket)}&after=${after}`;
