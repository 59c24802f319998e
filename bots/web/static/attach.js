// What is attached to the message being written: photos and documents, their upload, removing. Must not send the message.
import { placeOf } from "./exif.js";
import { sized } from "./files.js";
import { icon, make, press } from "./make.js";
import { remember, send, shrink, url } from "./photos.js";
import { t } from "./words.js";

const MOST = { photo: 10, document: 5 };
const LARGEST = 20; // MB of a document
const PICTURE = /\.(jpe?g|png|webp|hei[cf]|gif|bmp|tiff?|avif)$/i;
const list = document.getElementById("thumbs");
const input = document.getElementById("files");
const button = document.getElementById("attach");
const drop = document.getElementById("drop");
let things = []; // { el, kind, ref, name, size }
let turn = Promise.resolve(); // pictures are decoded one by one: thirty at once are more than a phone can hold
let page = { changed() {}, notice() {} };

const of = (kind) => things.filter((thing) => thing.kind === kind);
export const photos = () => of("photo").map(({ ref }) => ref).filter(Boolean);
export const documents = () => of("document").filter(({ ref }) => ref).map(({ ref, name, size }) => ({ ref, name, size }));
export const isEmpty = () => things.length === 0;
export const isReady = () => things.every(({ ref }) => ref);

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

// What was uploaded earlier: a draft after a reload, or a message that was given back.
export function restore(known = {}) {
  for (const ref of (known.photos ?? []).slice(0, MOST.photo - of("photo").length)) {
    fetched(attached({ kind: "photo", ref }));
  }
  for (const one of (known.documents ?? []).slice(0, MOST.document - of("document").length)) attached({ kind: "document", ...one });
}

export function clear() {
  things = [];
  show();
}

function add(files) {
  const said = [];
  const room = { photo: MOST.photo - of("photo").length, document: MOST.document - of("document").length };
  for (const file of files) {
    const kind = file.type.startsWith("image/") || PICTURE.test(file.name) ? "photo" : "document";
    if (kind === "document" && file.size > LARGEST * 1e6) said.push(t("file_large", { name: file.name, limit: LARGEST }));
    else if (room[kind]-- > 0) start(file, kind);
    else said.push(t(kind === "photo" ? "photo_many" : "file_many", { limit: MOST[kind] }));
  }
  page.notice([...new Set(said)].join(" "));
}

async function start(file, kind) {
  const thing = attached({ kind, name: file.name, size: file.size });
  const ready = kind === "photo" ? await (turn = turn.then(() => things.includes(thing) && small(thing, file))) : { blob: file };
  if (!ready) return;
  const headers = kind === "document" ? { "X-File-Name": encodeURIComponent(file.name) } : ready.place ? { "X-Photo-Place": ready.place } : {};
  const progress = (part) => thing.el.style.setProperty("--done", `${Math.round(part * 100)}%`);
  const { ref, name, size, error } = await send(kind, ready.blob, headers, progress, () => things.includes(thing));
  if (error) return fail(thing, error);
  if (!ref) return; // it has been removed meanwhile
  Object.assign(thing, { ref, name: name ?? thing.name, size: size ?? thing.size });
  if (ready.shrunk) remember(ref, ready.blob);
  else if (kind === "photo") fetched(thing);
  show();
  if (things.includes(thing)) document.getElementById("heard").textContent = title(thing);
}

// A picture that this browser cannot decode goes as it is: the server may know its kind.
async function small(thing, file) {
  try {
    const [blob, place] = [await shrink(file), await placeOf(file)];
    thing.image.src = URL.createObjectURL(blob);
    return { blob, place, shrunk: true };
  } catch {
    return { blob: file };
  }
}

const fetched = (thing) => url(thing.ref).then((address) => (thing.image.src = address), () => remove(thing));

function fail(thing, sentence) {
  if (!things.includes(thing)) return;
  remove(thing);
  page.notice(sentence);
}

function attached(known) {
  const thing = { ...known, el: make("li", known.kind) };
  thing.cross = press("", () => (remove(thing), button.focus()), "quiet");
  thing.cross.append(icon("cross"));
  if (thing.kind === "photo") thing.el.append((thing.image = new Image()));
  else thing.el.append(icon("paper"), (thing.words = make("span", "file-name")), make("span", "file-size", sized(thing.size)));
  thing.el.append(make("span", "ring"), thing.cross);
  things.push(thing);
  show();
  return thing;
}

function remove(thing) {
  things = things.filter((one) => one !== thing);
  show();
}

const state = ({ ref }) => (ref ? "ready" : "loading");
function title(thing) {
  if (thing.kind === "document") return t(`file_${state(thing)}`, { name: thing.name });
  return t(`photo_${state(thing)}`, { number: of("photo").indexOf(thing) + 1 });
}

export function show() {
  list.replaceChildren(...things.map(({ el }) => el));
  list.hidden = things.length === 0;
  for (const thing of things) {
    thing.el.classList.toggle("ready", Boolean(thing.ref));
    if (thing.image) thing.image.alt = title(thing);
    else thing.words.textContent = thing.name;
    const cross = thing.image ? t("photo_remove", { number: of("photo").indexOf(thing) + 1 }) : t("file_remove", { name: thing.name });
    thing.cross.setAttribute("aria-label", cross);
  }
  page.changed();
}
