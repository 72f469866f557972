// A stand-in for Polaris' web components, close enough in look and behavior to
// build pages against: attributes, slots, form values, names that are heard.
const sheet = (text) => {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
};

const base = sheet(`
  :host { box-sizing: border-box; --ink: #303030; --soft: #616161; --line: #dcdcdc; --paper: #f1f1f1; --card: #fff; --link: #005bd3;
    --green: #0c5132; --green-tint: #cdfee1; --blue: #00456b; --blue-tint: #e0f0ff; --amber: #5e4200; --amber-tint: #ffe1b8;
    --yellow: #4f4700; --yellow-tint: #fff3b0; --red: #8e0b21; --red-tint: #fedad9; }
  :host([hidden]) { display: none !important; }
  *, *::before, *::after { box-sizing: border-box; }
  :focus-visible { outline: 2px solid #005bd3; outline-offset: 2px; }
  .heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; margin: 0; }
  [hidden] { display: none !important; }
  button { font: inherit; color: inherit; }
  p { margin: 0; }`);

// The page itself: what components cannot reach.
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet(`
  :where(html) { background: #f1f1f1; -webkit-text-size-adjust: 100%; }
  :where(body) { color: #303030; font: .8125rem/1.25rem Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
  s-app-nav { display: none; }`)];

/** Makes an element; a property that is a function listens, other ones are attributes. */
const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
};
const slot = (name) => make("slot", name ? { name } : {});

/** Sets an attribute, or takes it away where there is no value. */
const put = (node, name, value) => {
  if (value === false || value == null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value === true ? "" : value)) node.setAttribute(name, value === true ? "" : value);
};

class Component extends HTMLElement {
  static watched = [];
  static sheets = [];
  static focusable = false;
  static get observedAttributes() {
    return this.watched;
  }
  constructor() {
    super();
    this.root = this.attachShadow({ mode: "open", delegatesFocus: this.constructor.focusable });
    this.root.adoptedStyleSheets = [base, ...this.constructor.sheets];
    this.build();
  }
  build() {
    this.root.append(slot());
  }
  update() {}
  connectedCallback() {
    this.update();
  }
  attributeChangedCallback() {
    if (this.isConnected) this.update();
  }
  get(name, otherwise = "") {
    return this.getAttribute(name) ?? otherwise;
  }
  /** How many headings stand above this element. */
  get depth() {
    let depth = 0;
    for (let at = this.parentElement?.closest("s-section[heading], s-admin-block"); at; at = at.parentElement?.closest("s-section[heading], s-admin-block")) depth++;
    return depth;
  }
}

const define = (tag, component) => {
  // Attributes are properties too: a framework sets what it finds as one.
  for (const name of component.observedAttributes) {
    if (name in component.prototype) continue;
    Object.defineProperty(component.prototype, name, {
      get() {
        return this.get(name);
      },
      set(value) {
        put(this, name, value);
      },
    });
  }
  if (!customElements.get(tag)) customElements.define(tag, component);
};

/** What is heard of an element: all of it, nothing, or only what is heard. */
const audible = (host, node) => {
  put(node, "aria-hidden", host.get("accessibilityvisibility") === "hidden" ? "true" : null);
  node.classList.toggle("heard", host.get("accessibilityvisibility") === "exclusive");
};

const tones = `
  :host([tone=info]) { --tone: var(--blue); --tint: var(--blue-tint); }
  :host([tone=success]) { --tone: var(--green); --tint: var(--green-tint); }
  :host([tone=caution]) { --tone: var(--yellow); --tint: var(--yellow-tint); }
  :host([tone=warning]) { --tone: var(--amber); --tint: var(--amber-tint); }
  :host([tone=critical]) { --tone: var(--red); --tint: var(--red-tint); }
  :host([tone=neutral]) { --tone: #444; --tint: #e6e6e6; }`;
