// Pictures: made small before they leave the browser (which also removes EXIF and GPS), fetched with the person's key, shown large on a click.
import { makeToken } from "./keep.js";
import { good, passing, pause, picture, upload } from "./net.js";
import { t } from "./words.js";

const LARGEST = 2000;
const urls = new Map();
const viewer = document.getElementById("viewer");

// Rejects what the browser cannot decode.
export async function shrink(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LARGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext("2d", { alpha: false });
  pen.fillStyle = "#fff"; // what was transparent must not turn black
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
  if (!blob) throw new Error("not encoded");
  return blob;
}

// A photo or a document: tries until the server says yes (ref) or no (error); wanted() ends it when it has been removed.
export async function send(kind, blob, headers, progress, wanted) {
  makeToken();
  for (let tries = 0; wanted(); tries++) {
    const answer = await upload(`/${kind}s`, blob, headers, progress);
    if (good(answer)) return answer.data;
    if (!passing(answer)) return { error: answer.data.error || t("refused") };
    await pause(tries, answer.wait);
  }
  return {};
}

export function url(ref) {
  if (!urls.has(ref)) {
    const coming = picture(ref).then((blob) => URL.createObjectURL(blob));
    coming.catch(() => urls.delete(ref));
    urls.set(ref, coming);
  }
  return urls.get(ref);
}

// What has just been sent need not be fetched.
export const remember = (ref, blob) => urls.set(ref, Promise.resolve(URL.createObjectURL(blob)));

const near = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) if (isIntersecting) (near.unobserve(target), load(target));
}, { rootMargin: "400px" });

export function button(ref, number, count) {
  const el = document.createElement("button");
  el.type = "button";
  el.className = "photo";
  el.ref = ref;
  el.append(Object.assign(new Image(), { alt: t("photo", { number, count }), decoding: "async" }));
  el.onclick = () => (el.classList.contains("lost") ? load(el) : open(el));
  near.observe(el);
  return el;
}

async function load(el, tries = 0) {
  try {
    el.firstChild.src = await url(el.ref);
    el.classList.remove("lost");
    el.removeAttribute("title");
  } catch {
    if (tries < 3) return pause(tries).then(() => load(el, tries + 1));
    el.classList.add("lost");
    el.title = t("photo_lost");
  }
}

async function open(el) {
  const large = viewer.querySelector("img");
  large.src = await url(el.ref);
  large.alt = el.firstChild.alt;
  viewer.setAttribute("aria-label", large.alt);
  viewer.showModal();
}
