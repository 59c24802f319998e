// The page's own words in the language chosen by the person. Knows nothing about messages.
import { keep } from "./keep.js";

const page = document.documentElement;
const words = JSON.parse(document.getElementById("texts").textContent);
const asked = new URLSearchParams(location.search).get("lang"); // by the link that led here
let now = [asked, keep.get("lang"), page.lang].find((name) => Object.hasOwn(words, name));
export const isNew = now === asked && now !== keep.get("lang");

export const lang = () => now;

export function t(key, args = {}) {
  const values = { operator: words[now].operator, ...args };
  return (words[now]?.[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// «112: all emergency services», in whatever language the conversation is: the number and what it is for, or nothing.
const calls = Object.values(words).flatMap((own) => Object.entries(own).filter(([key]) => key.startsWith("tel_")));
export function callOf(line) {
  const [key, what] = calls.find(([key, what]) => line.startsWith(key.slice(4)) && line.endsWith(what)) ?? [];
  const number = key?.slice(4);
  return key && line.length - number.length - what.length <= 3 ? { number, what } : null;
}

export function speak(next = now) {
  if (next !== now || next === asked) keep.set("lang", next);
  if (next !== asked && asked) history.replaceState(null, "", location.pathname); // a reload must not change it back
  now = next;
  page.lang = now;
  for (const el of document.querySelectorAll("[data-t]")) el.textContent = t(el.dataset.t);
  for (const el of document.querySelectorAll("[data-t-label]")) el.setAttribute("aria-label", t(el.dataset.tLabel));
  for (const el of document.querySelectorAll("[data-t-hint]")) el.placeholder = t(el.dataset.tHint);
  showOther(document.getElementById("language"));
}

export const other = () => Object.keys(words).find((name) => name !== now) ?? now;

function showOther(button) {
  const name = words[other()].lang_name;
  button.textContent = name.slice(0, 2).toUpperCase();
  button.lang = other();
  button.setAttribute("aria-label", name);
}

export const hour = (date) => date.toLocaleTimeString(now, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export function day(date) {
  const midnight = (d) => new Date(d.getFullYear(), d.getMonth(), d.getDate());
  const ago = Math.round((midnight(new Date()) - midnight(date)) / 864e5);
  if (ago === 0 || ago === 1) return new Intl.RelativeTimeFormat(now, { numeric: "auto" }).format(-ago, "day");
  const year = date.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  return date.toLocaleDateString(now, { day: "numeric", month: "long", year });
}
