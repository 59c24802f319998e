// What this browser remembers for one role (citizen or staff): small strings, by name. Where storage is forbidden it lives as long as the page.
const prefix = `otklik.${document.body.dataset.role}.`;
const spare = new Map();

const shelf = (() => {
  try {
    localStorage.setItem(`${prefix}probe`, "1");
    localStorage.removeItem(`${prefix}probe`);
    return localStorage;
  } catch {
    return { getItem: (k) => spare.get(k) ?? null, setItem: (k, v) => spare.set(k, v), removeItem: (k) => spare.delete(k) };
  }
})();

const parse = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

export const keep = {
  lasting: typeof Storage === "function" && shelf instanceof Storage, // otherwise each tab is a person of its own
  get: (name) => parse(shelf.getItem(prefix + name)),
  // False means that the storage is full: the caller decides what that means for the person.
  set(name, value) {
    try {
      shelf.setItem(prefix + name, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  },
  drop: (name) => shelf.removeItem(prefix + name),
  names(start) {
    const all = keep.lasting ? Object.keys(shelf) : [...spare.keys()];
    return all.filter((k) => k.startsWith(prefix + start)).map((k) => k.slice(prefix.length)).sort();
  },
  // Another tab changed something: heard(name, new value, old value).
  watch: (heard) =>
    addEventListener("storage", ({ key, newValue, oldValue }) => {
      if (key?.startsWith(prefix)) heard(key.slice(prefix.length), parse(newValue), parse(oldValue));
    }),
};

export function random(bytes) {
  const raw = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...raw)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

// The citizen's only key to the conversation; it is made when the first message is sent, not before.
export function token() {
  const own = keep.get("token");
  return /^[\w-]{43}$/.test(own) ? own : null;
}

export function makeToken() {
  if (!token()) keep.set("token", random(32));
}
