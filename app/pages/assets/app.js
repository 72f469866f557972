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

// A form that is on its way is not sent again. Polaris' buttons are not among
// those that Turbo disables by itself.
document.addEventListener("turbo:submit-start", (event) => busy(event.target, true));
document.addEventListener("turbo:submit-end", (event) => busy(event.target, false));

function busy(form, on) {
  for (const button of form.querySelectorAll("s-button[type=submit]")) {
    button.toggleAttribute("loading", on);
    button.toggleAttribute("disabled", on);
  }
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
  timer = setTimeout(() => (document.hidden ? watch() : Turbo.visit(location.href, { action: "replace" })), 1000 * Number(watched.dataset.refresh));
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
