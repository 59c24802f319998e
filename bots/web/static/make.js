// Small pieces of the page: an element, an icon, a button. Knows nothing about messages.
const SVG = "http://www.w3.org/2000/svg";

export function make(tag, className = "", text = "") {
  const el = document.createElement(tag);
  if (className) el.className = className;
  if (text) el.textContent = text;
  return el;
}

export function icon(name, className = "i") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(SVG, "use"));
  svg.firstChild.setAttribute("href", `#${name}`);
  return svg;
}

export function press(label, onclick, className = "key") {
  const el = make("button", className, label);
  el.type = "button";
  el.onclick = onclick;
  return el;
}
