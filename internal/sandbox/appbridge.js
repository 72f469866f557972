// A stand-in for Shopify's App Bridge: it adds a session token to the page's
// requests to its own origin, and reloads a page that came without one.
(() => {
  const admin = new URL(document.currentScript.src).origin;
  const query = new URLSearchParams(location.search);
  const fetchAsIs = window.fetch.bind(window);
  const idToken = async () => {
    const answer = await fetchAsIs(`${admin}/session-token?shop=${encodeURIComponent(query.get("shop"))}`);
    return answer.text();
  };
  window.shopify = { idToken };
  window.fetch = async (resource, options = {}) => {
    const request = new Request(resource, options);
    if (new URL(request.url).origin === location.origin) request.headers.set("Authorization", `Bearer ${await idToken()}`);
    return fetchAsIs(request);
  };
  const reload = query.get("shopify-reload");
  if (reload) {
    idToken().then((token) => {
      const address = new URL(reload);
      address.searchParams.set("id_token", token);
      location.replace(address);
    });
  }
})();
