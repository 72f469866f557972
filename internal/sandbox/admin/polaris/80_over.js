/** Something above the page, that buttons show and hide with commandfor. */
class Over extends Component {
  showOverlay() {
    if (this.isOpen()) return;
    this.dispatchEvent(new Event("show"));
    this.open();
    this.dispatchEvent(new Event("aftershow"));
  }
  hideOverlay() {
    if (!this.isOpen()) return;
    this.dispatchEvent(new Event("hide"));
    this.close();
    this.dispatchEvent(new Event("afterhide"));
  }
  toggleOverlay() {
    if (this.isOpen()) this.hideOverlay();
    else this.showOverlay();
  }
}

class Modal extends Over {
  static watched = ["heading", "accessibilitylabel"];
  static sheets = [sheet(`dialog { border: 0; border-radius: 12px; padding: 0; width: min(38rem, calc(100vw - 32px)); max-height: calc(100vh - 32px); box-shadow: 0 8px 32px rgb(0 0 0 / .3); color: var(--ink); }
    :host([size^=small]) dialog { width: min(24rem, calc(100vw - 32px)); } :host([size^=large]) dialog { width: min(60rem, calc(100vw - 32px)); } dialog::backdrop { background: rgb(0 0 0 / .5); }
    header { display: flex; gap: 12px; align-items: center; padding: 12px 16px; background: #f3f3f3; } h2 { margin: 0; font-size: 1rem; flex: 1; } header button { all: unset; cursor: pointer; line-height: 0; padding: 4px; }
    header button:focus-visible { outline: 2px solid #005bd3; border-radius: 4px; } .content { padding: 16px; } footer { display: flex; flex-wrap: wrap; gap: 8px; justify-content: end; padding: 12px 16px; border-top: 1px solid #e3e3e3; }`)];
  build() {
    this.headline = make("h2", { id: "heading" });
    this.dialog = make("dialog", { "aria-labelledby": "heading", cancel: (event) => { event.preventDefault(); this.hideOverlay(); } },
      make("header", {}, this.headline, make("button", { type: "button", "aria-label": "Close", click: () => this.hideOverlay() }, drawn("x"))),
      make("div", { class: "content" }, slot()), make("footer", {}, slot("secondary-actions"), slot("primary-action")));
    this.root.append(this.dialog);
  }
  update() {
    this.headline.textContent = this.get("heading") || this.get("accessibilitylabel");
  }
  isOpen() {
    return this.dialog.open;
  }
  open() {
    this.dialog.showModal();
  }
  close() {
    this.dialog.close();
  }
}

class Popover extends Over {
  static role = null;
  static sheets = [sheet(`div { position: fixed; inset: auto; margin: 0; border: 0; border-radius: 12px; padding: 8px; background: #fff; color: var(--ink); box-shadow: 0 4px 16px rgb(0 0 0 / .25); max-width: calc(100vw - 16px); }
    div.menu:popover-open { display: grid; gap: 2px; }`)];
  build() {
    this.panel = make("div", { popover: "auto", class: this.constructor.role ?? "panel" }, slot());
    this.root.append(this.panel);
  }
  isOpen() {
    return this.panel.matches(":popover-open");
  }
  open() {
    const by = document.querySelector(`[commandfor="${CSS.escape(this.id)}"]`)?.getBoundingClientRect();
    this.panel.showPopover();
    if (by) {
      this.panel.style.top = `${Math.min(by.bottom + 4, innerHeight - this.panel.offsetHeight - 8)}px`;
      this.panel.style.left = `${Math.max(8, Math.min(by.left, innerWidth - this.panel.offsetWidth - 8))}px`;
    }
  }
  close() {
    this.panel.hidePopover();
  }
}

class Tooltip extends Component {
  static sheets = [sheet(`:host { position: fixed; z-index: 10; display: none; max-width: 16rem; padding: 6px 10px; border-radius: 8px; background: #1a1a1a; color: #fff; font-size: .8125rem; pointer-events: none; } :host(:state(shown)) { display: block; }`)];
  constructor() {
    super();
    this.internals = this.attachInternals();
    this.internals.role = "tooltip";
  }
  show(near) {
    this.internals.states.add("shown");
    const at = near.getBoundingClientRect();
    this.style.left = `${Math.max(8, Math.min(at.left, innerWidth - this.offsetWidth - 8))}px`;
    this.style.top = `${at.top - this.offsetHeight - 6 > 0 ? at.top - this.offsetHeight - 6 : at.bottom + 6}px`;
  }
  hide() {
    this.internals.states.delete("shown");
  }
}

class Picture extends Component {
  static watched = ["src", "alt", "loading", "initials", "size"];
  static sheets = [sheet(`:host { display: inline-block; } img { display: block; max-width: 100%; }`)];
  build() {
    this.image = make("img", { alt: "" });
    this.root.append(this.image);
  }
  update() {
    for (const name of ["src", "loading"]) put(this.image, name, this.getAttribute(name));
    put(this.image, "alt", this.get("alt"));
    if (this.localName !== "s-image") this.image.width = this.image.height = 40;
  }
}

define("s-modal", Modal);
define("s-popover", Popover);
define("s-menu", class extends Popover { static role = "menu"; });
define("s-tooltip", Tooltip);
define("s-image", Picture);
define("s-thumbnail", class extends Picture {});
define("s-avatar", class extends Picture {});

document.addEventListener("click", (event) => {
  const by = event.target.closest?.("[commandfor]");
  const what = by && document.getElementById(by.getAttribute("commandfor"));
  if (!(what instanceof Over)) return;
  const act = { "--show": "showOverlay", "--hide": "hideOverlay" }[by.getAttribute("command")] ?? "toggleOverlay";
  what[act]();
});

for (const [event, act] of [["mouseover", "show"], ["focusin", "show"], ["mouseout", "hide"], ["focusout", "hide"]]) {
  document.addEventListener(event, (happened) => {
    const by = happened.target.closest?.("[interestfor]");
    const what = by && document.getElementById(by.getAttribute("interestfor"));
    if (what instanceof Tooltip) what[act](by);
  });
}
