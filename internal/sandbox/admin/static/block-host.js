// What an extension of the admin finds around it: Shopify's data, the app's
// back end, words in the admin's language, and a way into the app.
(() => {
  const { order, store, app } = document.currentScript.dataset;
  const fetchAsIs = window.fetch.bind(window);
  const idToken = async () => (await fetchAsIs(`${store}/session-token`)).text();
  const words = fetchAsIs("/assets/order-block.en.json").then((answer) => answer.json());

  // An address without a host is the app's, and gets a token.
  window.fetch = async (resource, options = {}) => {
    const address = new URL(resource, app);
    if (address.origin !== app) return fetchAsIs(resource, options);
    const headers = new Headers(options.headers);
    headers.set("Authorization", `Bearer ${await idToken()}`);
    return fetchAsIs(address, { ...options, headers });
  };

  const translate = (texts) => (key, replacements = {}) => {
    let text = key.split(".").reduce((at, part) => at?.[part], texts) ?? key;
    if (typeof text === "object") text = text[new Intl.PluralRules("en").select(replacements.count)] ?? text.other;
    return text.replace(/\{\{(\w+)\}\}/g, (_, name) => replacements[name] ?? "");
  };

  const kept = new Map();
  window.shopify = {
    extension: { target: "admin.order-details.block.render" },
    data: { selected: [{ id: order }] },
    auth: { idToken },
    storage: { get: async (key) => kept.get(key), set: async (key, value) => void kept.set(key, value), delete: async (key) => kept.delete(key) },
    async query(query, { variables } = {}) {
      const answer = await fetchAsIs(`${store}/graphql`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ query, variables }),
      });
      return answer.json();
    },
    async extend(target, run) {
      shopify.i18n = { translate: translate(await words) };
      await run();
    },
  };

  // The frame is as high as what it holds, once that is there.
  document.addEventListener("DOMContentLoaded", () => {
    const fit = () => {
      if (!document.querySelector("s-admin-block") || document.querySelector("s-spinner")) return;
      window.frameElement.style.height = `${Math.ceil(document.body.getBoundingClientRect().height) + 2}px`;
    };
    if (!window.frameElement) return;
    const soon = () => setTimeout(fit);
    new MutationObserver(soon).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
    document.addEventListener("click", soon);
    window.addEventListener("resize", soon);
    soon();
  });

  // "app:/path" is a page of the app inside the admin.
  document.addEventListener("click", (event) => {
    const link = event.composedPath().find((at) => at.getAttribute?.("href")?.startsWith("app:"));
    if (!link) return;
    event.preventDefault();
    window.parent.location.assign(`${store}/apps/switchback${link.getAttribute("href").slice("app:".length)}`);
  });
})();
