// Runs the script of the sign-in page, as the server gives it out, against that server: `node page.mjs ORIGIN ADDRESS MODE`.
// There is no browser: the few parts of one that the script touches are here, and tell what was done to them, in order.
const [origin, address, mode, typed] = process.argv.slice(2);
const events = [];
const page = new URL(address, origin);

const element = (id) => ({ id, hidden: false, listeners: {}, addEventListener(name, work) { this.listeners[name] = work; },
  set textContent(text) { events.push(["message", text]); } });
const elements = Object.fromEntries(
  ["message", "with-token", "with-password", "with-invitation", "with-provider"].map((id) => [id, element(id)]),
);
const kept = new Map();
const sessionStorage = {
  getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value),
  removeItem: (name) => kept.delete(name),
};
const location = {
  href: page.href, origin: page.origin, pathname: page.pathname, search: page.search, hash: page.hash,
  reload: () => events.push(["reload"]), replace: (url) => events.push(["replace", String(url)]),
  assign: (url) => events.push(["assign", String(url)]),
};
const history = { replaceState: (state, title, url) => events.push(["history", url]) };
const document = {
  documentElement: { dataset: { base: "", mode } },
  getElementById: (id) => elements[id] ?? null,
  forms: ["with-token", "with-password", "with-invitation", "with-provider"].map((id) => elements[id]),
};
const ask = async (path, options) => {
  events.push(["fetch", options.method, path]);
  const answer = await fetch(new URL(path, origin), { ...options, headers: { ...options.headers, connection: "close" } });
  events.push(["answer", answer.status, answer.headers.get("set-cookie") !== null]);
  return answer;
};

const script = await (await fetch(new URL("/sign-in/script.js", origin))).text();
new Function("document", "location", "history", "sessionStorage", "fetch", script)(
  document, location, history, sessionStorage, ask,
);
if (typed) {
  const [id, fields] = JSON.parse(typed);
  const form = { elements: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { value }])) };
  elements[id].listeners.submit({ preventDefault() {}, target: form });
}
process.on("exit", () => console.log(JSON.stringify({
  events, shown: document.forms.filter((form) => !form.hidden).map((form) => form.id),
})));
