// What every embedded page does in the browser. Turbo fetches pages and sends
// forms with `fetch`, to which App Bridge adds the session token; the rest here
// are attributes that any page may use.
import * as Turbo from "@hotwired/turbo";

// Shopify's navigation and Polaris' links say where to go and leave going to us.
document.addEventListener("shopify:navigate", (event) => {
  const href = event.target.getAttribute("href");
  if (!href) return;
  event.preventDefault();
  Turbo.visit(href);
});

// One form at a time: Turbo drops a form that is on its way when another is sent
// or a link is followed, and nobody would know whether it was saved. Until the
// answer is there no other form is sent, and a link waits.
let sent; // the form on its way, or the one whose answer is being shown
let onItsWay = false;
let wanted; // where a link led meanwhile

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (onItsWay) {
    event.preventDefault();
    event.stopImmediatePropagation();
    say("A moment: your last change is still being saved.", true);
  } else if (form.method === "post") {
    sent = form;
    onItsWay = true;
  }
}, true);

// Polaris' buttons are not among those that Turbo disables by itself.
let waiting = [];
document.addEventListener("turbo:submit-start", ({ target }) => {
  const buttons = onItsWay ? document.querySelectorAll("s-button[type=submit]") : target.querySelectorAll("s-button[type=submit]");
  waiting = [...buttons].filter((button) => !button.hasAttribute("disabled"));
  for (const button of waiting) {
    button.toggleAttribute("loading", target.contains(button));
    button.toggleAttribute("disabled", true);
  }
});
document.addEventListener("turbo:submit-end", ({ detail: { success } }) => {
  for (const button of waiting) for (const name of ["loading", "disabled"]) button.removeAttribute(name);
  waiting = [];
  onItsWay = false;
  if (!success) wanted = undefined; // why the form was refused is to be read
});
document.addEventListener("turbo:before-fetch-response", ({ target }) => {
  if (target === sent) onItsWay = false; // what is visited from now on is the answer
});
document.addEventListener("turbo:before-visit", (event) => {
  if (onItsWay) {
    event.preventDefault();
    wanted = event.detail.url;
  } else if (wanted) {
    event.preventDefault();
    const link = wanted;
    wanted = undefined;
    Turbo.visit(link);
  }
});

// What somebody typed into other forms of the page outlives the answer to one.
let shown = location.pathname;
document.addEventListener("turbo:before-render", ({ detail: { newBody } }) => {
  if (location.pathname !== shown) return;
  for (const form of document.forms) {
    if (form === sent) continue;
    const fresh = newBody.querySelector(`form[action="${CSS.escape(form.getAttribute("action"))}"]`);
    for (const field of fresh?.querySelectorAll("[name]") ?? []) keep(form.querySelector(`[name="${CSS.escape(field.getAttribute("name"))}"]`), field);
  }
});
document.addEventListener("turbo:render", () => {
  shown = location.pathname;
  sent = undefined;
});

function keep(field, fresh) {
  if (!field) return;
  const typed = field.value !== (field.getAttribute("value") ?? "");
  const ticked = typeof field.checked === "boolean" && field.checked !== field.hasAttribute("checked");
  if (!typed && !ticked && !field.hasAttribute("data-typed")) return;
  fresh.setAttribute("data-typed", "");
  fresh.setAttribute("value", field.value);
  if (typeof field.checked === "boolean") fresh.toggleAttribute("checked", field.checked);
}

function say(text, isError = false) {
  if (window.shopify?.toast) window.shopify.toast.show(text, { isError });
}

async function ask(method, path) {
  const answer = await fetch(path, { method, headers: { Accept: "application/json" } });
  if (answer.ok) return answer;
  const content = await answer.json().catch(() => ({}));
  throw new Error(content.error?.message ?? `The server answered ${answer.status}. Try again.`);
}

const acts = {
  // data-copy="text": the text goes to the clipboard.
  async copy(control) {
    await navigator.clipboard.writeText(control.dataset.copy);
    say("Copied");
  },
  // data-connect: TikTok's page does not let itself be framed, so it opens around us.
  async connect() {
    const { authorize_url: url } = await (await ask("POST", "/api/tiktok/connect")).json();
    open(url, "_top");
  },
  // data-download="/path": a link could not carry the session token.
  async download(control) {
    const file = await (await ask("GET", control.dataset.download)).blob();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = control.dataset.name;
    link.click();
    URL.revokeObjectURL(link.href);
  },
  async print() {
    window.print();
  },
};

document.addEventListener("click", async (event) => {
  for (const [name, act] of Object.entries(acts)) {
    const control = event.target.closest?.(`[data-${name}]`);
    if (!control || control.hasAttribute("disabled")) continue;
    event.preventDefault();
    control.toggleAttribute("disabled", true);
    try {
      await act(control);
    } catch (failure) {
      say(failure.message, true);
    } finally {
      control.toggleAttribute("disabled", false);
    }
  }
});

// data-submit: a switch or choice that takes effect at once sends its form.
document.addEventListener("change", (event) => {
  const control = event.target.closest?.("[data-submit]");
  control?.closest("form")?.requestSubmit();
});

// data-refresh="seconds": the page is read again while work goes on. Morphing
// keeps focus, scrolling and what somebody is typing.
let timer;
document.addEventListener("turbo:load", watch);

function watch() {
  clearTimeout(timer);
  const watched = document.querySelector("[data-refresh]");
  if (!watched) return;
  timer = setTimeout(() => (document.hidden || onItsWay ? watch() : Turbo.visit(location.href, { action: "replace" })), 1000 * Number(watched.dataset.refresh));
}

// Where the admin opened us: a reload of the frame alone comes without it.
const opened = new URLSearchParams(location.search);
if (opened.has("shop")) {
  try {
    sessionStorage.setItem("opened", new URLSearchParams([...opened].filter(([name]) => ["shop", "host", "embedded", "locale"].includes(name))));
  } catch {
    // Storage is refused to some frames: then the page says how to open it.
  }
}
