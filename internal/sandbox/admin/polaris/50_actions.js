const buttonSheet = sheet(`
  :host { display: inline-block; vertical-align: middle; max-width: 100%; } :host([inlinesize=fill]) { display: block; }
  .button { appearance: none; display: inline-flex; gap: 6px; align-items: center; justify-content: center; position: relative; max-width: 100%; min-height: 32px; padding: 5px 12px; border: 0; border-radius: 8px;
    font: inherit; font-weight: 550; line-height: 1.4; text-align: center; text-decoration: none; cursor: pointer; background: #fff; color: var(--ink); box-shadow: 0 0 0 1px #c4c4c4, 0 1px 0 #a9a9a9; }
  .button:hover { background: #f3f3f3; } :host([inlinesize=fill]) .button { width: 100%; }
  :host([variant=primary]) .button { background: #2b2b2b; color: #fff; box-shadow: 0 0 0 1px #1a1a1a, 0 1px 0 #000; } :host([variant=primary]) .button:hover { background: #1a1a1a; }
  :host([variant=tertiary]) .button { background: transparent; box-shadow: none; } :host([variant=tertiary]) .button:hover { background: rgb(0 0 0 / .06); }
  :host([tone=critical]) .button { color: #8e0b21; } :host([tone=critical][variant=primary]) .button { background: #a8102a; color: #fff; box-shadow: 0 0 0 1px #8e0b21; }
  .button[aria-disabled=true], .button:disabled { cursor: default; background: #ebebeb !important; color: #6b6b6b !important; box-shadow: none; }
  .button[aria-pressed=true] { background: #dedede; } .wheel { position: absolute; inset: 0; display: grid; place-items: center; } .busy .label { visibility: hidden; }
  @media (pointer: coarse) { .button { min-height: 40px; } }`);

/** Whatever else is pressed: a button, or a link where there is an address. */
class Button extends Component {
  static watched = ["accessibilitylabel", "disabled", "loading", "href", "target", "download", "icon", "type", "lang", "pressed"];
  static focusable = true;
  static sheets = [buttonSheet];
  build() {
    this.caption = make("span", { class: "label" }, slot());
    this.wheel = make("span", { class: "wheel", hidden: true }, make("s-spinner"));
  }
  update() {
    const off = this.hasAttribute("disabled");
    const link = this.getAttribute("href") && !off;
    if (!this.inner || (this.inner.localName === "a") !== Boolean(link)) {
      this.inner?.remove();
      this.inner = make(link ? "a" : "button", { class: "button", click: (event) => this.press(event) }, this.caption, this.wheel);
      if (!link) this.inner.type = "button";
      this.root.append(this.inner);
    }
    this.inner.querySelector(":scope > svg")?.remove();
    if (this.get("icon")) this.inner.prepend(drawn(this.get("icon"), 18));
    const busy = this.hasAttribute("loading");
    this.inner.classList.toggle("busy", busy);
    put(this.wheel, "hidden", busy ? null : true);
    put(this.inner, "aria-busy", busy ? "true" : null);
    put(this.inner, "aria-label", this.getAttribute("accessibilitylabel"));
    put(this.inner, "lang", this.getAttribute("lang"));
    if (link) for (const name of ["href", "target", "download"]) put(this.inner, name, this.getAttribute(name));
    else put(this.inner, "disabled", off || busy ? true : null);
  }
  press(event) {
    if (this.inner.localName === "a") return follow(this, event);
    const form = this.closest("form");
    // After the listeners of the page, which may prevent it.
    if (form && this.get("type") !== "button" && this.hasAttribute("type")) {
      queueMicrotask(() => {
        if (event.defaultPrevented) return;
        if (this.get("type") === "submit") form.requestSubmit();
        else form.reset();
      });
    }
  }
  click() {
    this.inner?.click();
  }
  get disabled() {
    return this.hasAttribute("disabled");
  }
  set disabled(off) {
    put(this, "disabled", Boolean(off));
  }
}

class PressButton extends Button {
  update() {
    super.update();
    put(this.inner, "aria-pressed", String(this.hasAttribute("pressed")));
  }
  press() {
    this.toggleAttribute("pressed");
  }
}

class ButtonGroup extends Component {
  static watched = ["accessibilitylabel"];
  static sheets = [sheet(`:host { display: block; } div { display: flex; flex-wrap: wrap; gap: 8px; }`)];
  build() {
    this.group = make("div", { role: "group" }, slot("secondary-actions"), slot(), slot("primary-action"));
    this.root.append(this.group);
  }
  update() {
    put(this.group, "aria-label", this.getAttribute("accessibilitylabel"));
  }
}

/** Polaris tells the page that a link of it was followed; the page may go there itself. */
const follow = (host, event) => {
  const href = host.getAttribute("href");
  if (!href || event.metaKey || event.ctrlKey || event.shiftKey || event.button > 0 || host.get("target", "auto") === "_blank") return;
  if (/^(shopify|app|extension):/.test(href)) {
    event.preventDefault(); // the admin's to follow
    return;
  }
  if (new URL(href, location.href).origin !== location.origin) return;
  const told = new CustomEvent("shopify:navigate", { bubbles: true, composed: true, cancelable: true });
  if (!host.dispatchEvent(told)) event.preventDefault();
};

class Link extends Component {
  static watched = ["href", "target", "download", "accessibilitylabel", "lang"];
  static focusable = true;
  static sheets = [sheet(`:host { display: inline; } a, button { all: unset; color: var(--link); text-decoration: underline; text-underline-offset: 2px; cursor: pointer; overflow-wrap: anywhere; }
    a:hover, button:hover { color: #00359c; } a:focus-visible, button:focus-visible { outline: 2px solid #005bd3; outline-offset: 2px; border-radius: 2px; }
    :host([tone=critical]) :is(a, button) { color: #8e0b21; } :host([tone=neutral]) :is(a, button) { color: inherit; }`)];
  build() {}
  update() {
    const href = this.getAttribute("href");
    if (!this.inner || (this.inner.localName === "a") !== Boolean(href)) {
      this.inner?.remove();
      this.inner = make(href ? "a" : "button", { click: (event) => follow(this, event) }, slot());
      if (!href) this.inner.type = "button";
      this.root.append(this.inner);
    }
    if (href) for (const name of ["href", "target", "download"]) put(this.inner, name, this.getAttribute(name) === "auto" ? null : this.getAttribute(name));
    put(this.inner, "aria-label", this.getAttribute("accessibilitylabel"));
  }
  click() {
    this.inner?.click();
  }
}

/** A box that is pressed as a whole. */
class Clickable extends Button {
  static watched = [...Button.watched, ...boxNames];
  static sheets = [sheet(`:host { display: block; min-width: 0; } .button { all: unset; box-sizing: border-box; display: block; width: 100%; cursor: pointer; } .button:hover { background: #f3f3f3; }
    .button:focus-visible { outline: 2px solid #005bd3; outline-offset: 1px; border-radius: 4px; } .label { display: block; } .wheel { display: none; }`)];
  update() {
    super.update();
    this.own ??= new CSSStyleSheet();
    this.own.replaceSync(`.button { ${boxNames.map((name) => (this.get(name) ? boxRules[name](this.get(name)) : "")).filter(Boolean).join("; ")} }`);
    if (!this.root.adoptedStyleSheets.includes(this.own)) this.root.adoptedStyleSheets = [...this.root.adoptedStyleSheets, this.own];
  }
}

const chipSheet = sheet(`:host { display: inline-block; max-width: 100%; } .chip, .button { all: unset; box-sizing: border-box; display: inline-flex; gap: 4px; align-items: center; padding: 2px 10px; border-radius: 8px; background: #e3e3e3; font-size: .8125rem; overflow-wrap: anywhere; }
  .button { cursor: pointer; } .button:hover { background: #d4d4d4; } .button:focus-visible, .remove:focus-visible { outline: 2px solid #005bd3; outline-offset: 2px; } .wheel { display: none; } .remove { all: unset; cursor: pointer; line-height: 0; }`);
class Chip extends Component {
  static watched = ["removable"];
  static sheets = [chipSheet];
  build() {
    this.remover = make("button", { type: "button", class: "remove", "aria-label": "Remove", click: () => this.dispatchEvent(new Event("remove")) }, drawn("x", 14));
    this.root.append(make("span", { class: "chip" }, slot("graphic"), slot(), this.remover));
  }
  update() {
    put(this.remover, "hidden", this.hasAttribute("removable") ? null : true);
  }
}

define("s-button", Button);
define("s-press-button", PressButton);
define("s-button-group", ButtonGroup);
define("s-link", Link);
define("s-clickable", Clickable);
define("s-chip", Chip);
define("s-clickable-chip", class extends Button { static sheets = [chipSheet]; });
