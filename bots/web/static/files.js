// Documents of a message: each is a row that fetches its file by a link of a few minutes. Must not upload anything.
import { icon, make, press } from "./make.js";
import { call, good } from "./net.js";
import { lang, t } from "./words.js";

const UNITS = ["byte", "kilobyte", "megabyte"];

export function sized(bytes) {
  const step = bytes < 1000 ? 0 : bytes < 1e6 ? 1 : 2;
  const form = { style: "unit", unit: UNITS[step], unitDisplay: step ? "short" : "long", maximumFractionDigits: step === 2 ? 1 : 0 };
  return new Intl.NumberFormat(lang(), form).format(bytes / 1000 ** step);
}

export function row({ ref, name, size }, failed) {
  const el = press("", () => fetchFile(el, ref, failed), "file");
  const words = make("span", "file-name", name);
  words.dir = "auto";
  el.append(icon("paper"), make("span", "vh", `${t("download")}: `), words, make("span", "file-size", sized(size)), icon("fetch"));
  return el;
}

async function fetchFile(el, ref, failed) {
  if (el.getAttribute("aria-busy") === "true") return;
  el.setAttribute("aria-busy", "true");
  const { data, ...answer } = await call("POST", `/files/${encodeURIComponent(ref)}/link`);
  el.removeAttribute("aria-busy");
  if (!good(answer) || !/^\/[^/\\]/.test(data.url)) return failed(data.error || t("file_lost"));
  failed("");
  Object.assign(document.createElement("a"), { href: data.url, download: "" }).click();
}
