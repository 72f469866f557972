// A stand-in for Shopify's App Bridge, for a page inside the simulated admin: it
// asks the admin around the page for session tokens and adds them to requests
// to the page's own origin, tells the admin where the page is, and hands the
// admin the page's navigation, messages and wishes to go elsewhere.
(() => {
  "use strict";
  const admin = new URL(document.currentScript.src).origin;
  const query = new URLSearchParams(location.search);
  const framed = window.parent !== window;
  const fetchAsIs = window.fetch.bind(window);
  const tell = (kind, what = {}) => framed && window.parent.postMessage({ kind, ...what }, admin);

  // What the admin opened the page with; later pages of the same frame lack it.
  const opened = {};
  for (const name of ["shop", "host", "locale"]) {
    try {
      if (query.get(name)) sessionStorage.setItem(`bridge.${name}`, query.get(name));
      opened[name] = sessionStorage.getItem(`bridge.${name}`);
    } catch {
      opened[name] = query.get(name); // storage is refused to this frame
    }
  }
  const store = (opened.shop ?? "").replace(/\.myshopify\.com$/, "");
  const own = ["shop", "host", "hmac", "id_token", "embedded", "locale", "session", "timestamp"];
  const pathOf = (address) => {
    const left = new URL(address, location.href);
    for (const name of own) left.searchParams.delete(name);
    return left.pathname + left.search;
  };
  const reload = query.get("shopify-reload");

  // Outside the admin's frame there is nobody to ask for a token: the app is opened where it belongs.
  if (!framed && store) {
    location.replace(`${admin}/store/${encodeURIComponent(store)}/apps/switchback${pathOf(reload ?? location.href)}`);
    return;
  }

  let asked = 0;
  const waiting = new Map();
  const idToken = () => new Promise((done) => {
    waiting.set(++asked, done);
    tell("token", { id: asked });
  });

  const own401 = (answer) => answer.status === 401 && answer.headers.has("X-Shopify-Retry-Invalid-Session-Request");
  window.fetch = async (resource, options) => {
    const request = new Request(resource, options);
    if (new URL(request.url).origin !== location.origin) return fetchAsIs(request);
    const send = async () => {
      const attempt = request.clone();
      attempt.headers.set("Authorization", `Bearer ${await idToken()}`);
      attempt.headers.set("X-Requested-With", "XMLHttpRequest");
      return fetchAsIs(attempt);
    };
    const answer = await send();
    return own401(answer) ? send() : answer;
  };

  // shopify:admin/orders/1 and shopify://admin/orders/1 are places of the admin.
  const openAsIs = window.open.bind(window);
  const elsewhere = (address) => {
    const [, path] = String(address).match(/^shopify:(?:\/\/)?admin(\/.*)$/) ?? [];
    if (path) tell("admin", { path });
    return Boolean(path);
  };
  window.open = (address, ...rest) => (elsewhere(address) ? null : openAsIs(address, ...rest));
  document.addEventListener("click", (event) => {
    const href = event.composedPath()[0]?.closest?.("a[href]")?.getAttribute("href");
    if (href && elsewhere(href)) event.preventDefault();
  }, true);

  window.shopify = {
    config: { apiKey: document.querySelector("meta[name=shopify-api-key]")?.content ?? "", shop: opened.shop, host: opened.host, locale: opened.locale ?? "en" },
    environment: { embedded: true, mobile: false, pos: false },
    idToken,
    loading: (on = true) => tell("loading", { on: Boolean(on) }),
    toast: {
      show(text, { isError = false, duration = 5000 } = {}) {
        tell("toast", { text: String(text), isError: Boolean(isError), duration: Number(duration) });
        return String(text);
      },
      hide: () => tell("toast", { text: "" }),
    },
    open: (address) => window.open(address),
    ready: Promise.resolve(),
  };

  // Where the page is, whichever way it came there.
  const here = () => reload || tell("location", { path: pathOf(location.href), title: document.title });
  for (const name of ["pushState", "replaceState"]) {
    const asIs = history[name].bind(history);
    history[name] = (...rest) => {
      asIs(...rest);
      here();
    };
  }
  window.addEventListener("popstate", here);
  document.addEventListener("DOMContentLoaded", here);
  document.addEventListener("turbo:load", here);

  const navigate = (link, href) => {
    const told = new CustomEvent("shopify:navigate", { bubbles: true, composed: true, cancelable: true });
    if (link.dispatchEvent(told)) location.assign(href);
  };
  window.addEventListener("message", ({ source, origin, data }) => {
    if (source !== window.parent || origin !== admin) return;
    if (data.kind === "token") {
      waiting.get(data.id)?.(data.token);
      waiting.delete(data.id);
    }
    if (data.kind === "navigate") {
      const link = [...document.querySelectorAll("s-app-nav s-link, s-app-nav a")].find((one) => one.getAttribute("href") === data.href);
      if (link) navigate(link, data.href);
    }
  });

  // The navigation is shown by the admin, beside the page.
  customElements.define("s-app-nav", class extends HTMLElement {
    connectedCallback() {
      this.hidden = true;
      this.watch ??= new MutationObserver(() => this.show());
      this.watch.observe(this, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["href"] });
      queueMicrotask(() => this.show());
    }
    show() {
      const links = [...this.querySelectorAll("s-link, a")].map((link) => ({ href: link.getAttribute("href"), text: link.textContent.trim(), home: link.getAttribute("rel") === "home" }));
      if (links.length) tell("nav", { links });
    }
  });

  if (reload && new URL(reload, location.href).origin === location.origin) {
    idToken().then((token) => {
      const address = new URL(reload, location.href);
      address.searchParams.set("id_token", token);
      location.replace(address);
    });
  }
})();
