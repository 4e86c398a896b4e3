// Signs a browser in. A token or invitation stands in the fragment of a link, which browsers never send; it is taken out
// of the address and the history at once and exchanged for a cookie that no script can read.
"use strict";

(() => {
  const { base, mode } = document.documentElement.dataset;
  const RETURN = "runwatch-return";
  const message = document.getElementById("message");

  const say = (text) => {
    if (message) message.textContent = text;
  };

  const ask = async (verb, path, body) => {
    const answer = await fetch(`${base}/api/v1/session${path}`, {
      method: verb,
      credentials: "same-origin",
      headers: { "content-type": "application/json", "x-runwatch": "1" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const said = await answer.json();
    if (!answer.ok) throw new Error([said.message, said.hint].filter(Boolean).join(" "));
    return said;
  };

  const attempt = async (work) => {
    say("…");
    try {
      await work();
    } catch (error) {
      say(error.message);
    }
  };

  // Where the reader wanted to go: only ever a page of this server.
  const wanted = () => {
    const kept = sessionStorage.getItem(RETURN) ?? "";
    sessionStorage.removeItem(RETURN);
    const home = new URL(`${base}/`, location.href);
    const target = new URL(kept || home, home);
    return target.origin === location.origin ? target : home;
  };

  const enter = () => {
    const isPlace = new Set([`${base}/sign-in`, `${base}/sign-in/callback`]).has(location.pathname);
    if (isPlace) location.replace(wanted());
    else location.reload();
  };

  const signIn = (body, path = "") => attempt(async () => {
    await ask("POST", path, body);
    enter();
  });

  const fields = new URLSearchParams(location.hash.slice(1));
  const query = new URLSearchParams(location.search);
  const isCallback = location.pathname === `${base}/sign-in/callback`;
  if (fields.has("token") || fields.has("invitation") || isCallback) {
    history.replaceState(null, "", location.pathname + (isCallback ? "" : location.search));
  }

  const on = (id, event, work) => document.getElementById(id)?.addEventListener(event, (happened) => {
    happened.preventDefault();
    work(happened.target);
  });
  const show = (id) => {
    for (const form of document.forms) form.hidden = form.id !== id;
  };

  on("sign-out", "click", () => attempt(async () => {
    await ask("DELETE", "");
    location.replace(`${base}/sign-in`);
  }));
  if (!mode) return; // a page for those who are signed in

  on("with-token", "submit", (form) => {
    const given = form.elements.token.value.trim();
    signIn({ token: given.split("#token=").pop() });
  });
  on("with-password", "submit", (form) => {
    signIn({ name: form.elements.name.value, password: form.elements.password.value });
  });
  on("with-invitation", "submit", (form) => {
    if (form.elements.password.value !== form.elements.again.value) say("The two passwords differ.");
    else signIn({ invitation: fields.get("invitation"), password: form.elements.password.value }, ":invitation");
  });
  on("with-provider", "submit", () => attempt(async () => {
    if (!location.pathname.startsWith(`${base}/sign-in`)) sessionStorage.setItem(RETURN, location.pathname + location.search);
    location.assign((await ask("POST", ":begin")).url);
  }));

  if (fields.has("invitation")) show("with-invitation");
  else if (fields.has("token")) signIn({ token: fields.get("token") });
  else if (isCallback && query.has("error")) say("The provider did not sign you in.");
  else if (isCallback) signIn({ code: query.get("code"), state: query.get("state") }, ":provider");
})();
