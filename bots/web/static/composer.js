// Where the person writes: text that grows and survives a reload, its limit, sending once the photos are ready.
// Must not know how a message travels: `send(text, photos, documents)` says true when it has been taken.
import * as attach from "./attach.js";
import { keep } from "./keep.js";
import { t } from "./words.js";

const LIMIT = 4000;
const form = document.getElementById("composer");
const words = document.getElementById("words");
const limit = document.getElementById("limit");
const sendButton = document.getElementById("send");
const touch = matchMedia("(pointer: coarse)").matches && !matchMedia("(any-pointer: fine)").matches;
let page = { send: () => false, notice() {} };
let quiet = false; // showing another tab's draft is not writing one
let wanted = false; // «Send» was pressed while photos were still loading

const length = () => [...words.value].length;

export function open(own) {
  page = own;
  if (document.body.dataset.role === "citizen") attach.open({ changed, notice: page.notice });
  const draft = keep.get("draft");
  words.value = draft?.text ?? "";
  attach.restore(draft ?? {});
  words.oninput = () => {
    page.notice("");
    changed();
  };
  words.onkeydown = (e) => {
    if (e.key !== "Enter" || e.isComposing || e.shiftKey || (touch && !e.ctrlKey && !e.metaKey)) return;
    e.preventDefault();
    submit();
  };
  form.onsubmit = (e) => {
    e.preventDefault();
    submit();
  };
  keep.watch(mirror);
  changed();
}

export const focus = () => words.focus();

// Never over what the person is writing now: added below it.
export function give(entry) {
  words.value = [words.value, entry.text].filter(Boolean).join("\n");
  attach.restore(entry);
  changed();
}

export function clear() {
  words.value = "";
  attach.clear();
  changed();
}

export const isEmpty = () => words.value.trim() === "" && attach.isEmpty();

export function redraw() {
  attach.show();
  count();
}

// The same draft in every tab, as long as nobody has written something else here.
function mirror(name, now, old) {
  if (name !== "draft" || words.value !== (old?.text ?? "") || document.hasFocus()) return;
  quiet = true;
  words.value = now?.text ?? "";
  attach.clear();
  attach.restore(now ?? {});
  changed();
  quiet = false;
}

function changed() {
  if (!quiet) save();
  words.style.height = "auto";
  words.style.height = `${words.scrollHeight + 2}px`;
  count();
  form.classList.toggle("empty", isEmpty());
  if (wanted && attach.isReady()) submit();
}

function save() {
  const draft = { text: words.value, photos: attach.photos(), documents: attach.documents() };
  if (draft.text || draft.photos.length || draft.documents.length) keep.set("draft", draft);
  else keep.drop("draft");
}

function count() {
  const used = length();
  const over = used > LIMIT;
  const near = used > LIMIT * 0.9 ? t("counter", { used, limit: LIMIT }) : "";
  limit.textContent = over ? t("too_long", { over: used - LIMIT }) : near;
  limit.classList.toggle("bad", over);
  words.setAttribute("aria-invalid", String(over));
}

function submit() {
  const was = wanted;
  wanted = false;
  if (isEmpty() || length() > LIMIT) return words.focus();
  if (!attach.isReady()) {
    wanted = true;
    page.notice(t("files_wait"));
    return sendButton.classList.add("wait");
  }
  sendButton.classList.remove("wait");
  if (was) page.notice("");
  if (!page.send(words.value.trim(), attach.photos(), attach.documents())) return;
  clear();
  words.focus();
}
