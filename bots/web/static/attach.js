// The photos of the message being written: thumbnails, their upload, removing. Must not send the message.
import { icon, make, press } from "./bubble.js";
import { send, shrink, url } from "./photos.js";
import { t } from "./words.js";

const LIMIT = 10;
const list = document.getElementById("thumbs");
const input = document.getElementById("files");
const button = document.getElementById("attach");
const drop = document.getElementById("drop");
let photos = []; // { el, ref }
let page = { changed() {}, notice() {} };

export const refs = () => photos.map(({ ref }) => ref).filter(Boolean);
export const isEmpty = () => photos.length === 0;
export const isReady = () => photos.every(({ ref }) => ref);

export function open(own) {
  page = own;
  button.onclick = () => input.click();
  input.onchange = () => {
    add([...input.files]);
    input.value = "";
  };
  document.addEventListener("paste", (e) => {
    const files = [...(e.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    e.preventDefault();
    add(files);
  });
  const carries = (e) => e.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (e) => {
    if (!carries(e)) return;
    e.preventDefault();
    drop.hidden = false;
  });
  document.addEventListener("dragleave", (e) => e.relatedTarget || (drop.hidden = true));
  document.addEventListener("drop", (e) => {
    drop.hidden = true;
    if (!carries(e)) return;
    e.preventDefault();
    add([...e.dataTransfer.files]);
  });
}

// Photos uploaded earlier: a draft after a reload, or a message that was given back.
export function restore(known) {
  for (const ref of known.slice(0, LIMIT - photos.length)) {
    const photo = thumb(ref);
    url(ref).then((address) => (photo.image.src = address), () => remove(photo));
  }
}

export function clear() {
  photos = [];
  show();
}

function add(files) {
  page.notice("");
  if (files.length > LIMIT - photos.length) page.notice(t("photo_many", { limit: LIMIT }));
  for (const file of files.slice(0, LIMIT - photos.length)) start(file);
}

async function start(file) {
  const photo = thumb(null);
  try {
    const blob = await shrink(file);
    photo.image.src = URL.createObjectURL(blob);
    await load(photo, blob);
  } catch {
    fail(photo, t("photo_bad"));
  }
}

async function load(photo, blob) {
  const progress = (part) => photo.el.style.setProperty("--done", `${Math.round(part * 100)}%`);
  const { ref, error } = await send(blob, progress, () => photos.includes(photo));
  if (error) return fail(photo, error);
  photo.ref = ref;
  show();
}

function fail(photo, sentence) {
  if (!photos.includes(photo)) return;
  remove(photo);
  page.notice(sentence);
}

function thumb(ref) {
  const photo = { ref, el: make("li"), image: new Image() };
  photo.remove = press("", () => (remove(photo), button.focus()), "quiet");
  photo.remove.append(icon("cross"));
  photo.el.append(photo.image, make("span", "ring"), photo.remove);
  photos.push(photo);
  show();
  return photo;
}

function remove(photo) {
  photos = photos.filter((one) => one !== photo);
  show();
}

export function show() {
  list.replaceChildren(...photos.map(({ el }) => el));
  list.hidden = photos.length === 0;
  photos.forEach(({ el, ref, image, remove: cross }, i) => {
    el.classList.toggle("ready", Boolean(ref));
    image.alt = t(ref ? "photo_ready" : "photo_loading", { number: i + 1 });
    cross.setAttribute("aria-label", t("photo_remove", { number: i + 1 }));
  });
  page.changed();
}
