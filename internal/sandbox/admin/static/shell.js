// The admin around the app: it answers the stand-in App Bridge inside the frame,
// shows the app's navigation and messages, and keeps the address in step.
(() => {
  "use strict";
  const frame = document.querySelector("iframe[data-app]");
  const side = document.querySelector("[data-app-nav]");
  const said = document.querySelector("[data-toast]");
  if (!frame) return;
  const app = frame.dataset.app;
  const root = frame.dataset.root; // /store/NAME/apps/switchback
  let path = "/";
  let links = [];
  let quiet;

  const send = (message) => frame.contentWindow.postMessage(message, app);

  function toast({ text, isError, duration }) {
    clearTimeout(quiet);
    said.hidden = !text;
    said.textContent = text;
    said.classList.toggle("bad", Boolean(isError));
    if (text) quiet = setTimeout(() => toast({ text: "" }), Math.min(Math.max(duration || 5000, 1000), 30000));
  }

  function nav() {
    const here = path.split("?")[0];
    const best = links.filter(({ href }) => href === here || (href !== "/" && here.startsWith(`${href}/`))).pop();
    side.replaceChildren(...links.map((one) => {
      const link = document.createElement("a");
      link.href = root + one.href;
      link.textContent = one.text;
      if (one === best) link.setAttribute("aria-current", "page");
      link.addEventListener("click", (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        send({ kind: "navigate", href: one.href });
      });
      const item = document.createElement("li");
      item.append(link);
      return item;
    }));
  }

  const local = (text) => typeof text === "string" && /^\/(?!\/)/.test(text);
  const acts = {
    async token({ id }) {
      const answer = await fetch(frame.dataset.tokens);
      if (answer.ok) send({ kind: "token", id, token: await answer.text() });
    },
    location(message) {
      if (!local(message.path)) return;
      path = message.path;
      history.replaceState(history.state, "", root + path);
      frame.removeAttribute("data-loading");
      nav();
    },
    nav(message) {
      links = (message.links ?? []).filter((one) => local(one.href)).slice(0, 20);
      nav();
    },
    toast,
    loading: ({ on }) => frame.toggleAttribute("data-loading", Boolean(on)),
    admin({ path: to }) {
      if (local(to)) location.assign(root.replace(/\/apps\/.*$/, "") + to);
    },
  };
  window.addEventListener("message", ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== app || typeof data?.kind !== "string") return;
    if (Object.hasOwn(acts, data.kind)) acts[data.kind](data);
  });
  // Only now, so that nothing the frame says is missed.
  frame.src = frame.dataset.src;
})();
