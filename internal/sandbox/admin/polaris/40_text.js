const sizes = { "small-200": ".6875rem", "small-100": ".75rem", small: ".75rem", base: ".8125rem", large: ".875rem", "large-100": "1.125rem", "large-200": "1.25rem", "large-300": "1.5rem", "large-400": "1.875rem" };
const sizeRules = Object.entries(sizes).map(([name, size]) => `:host([fontsize="${name}"]) .text { font-size: ${size}; }`).join(" ");
const textSheet = sheet(`
  .text { margin: 0; color: var(--tone, inherit); overflow-wrap: anywhere; } :host([color=subdued]) .text { color: var(--tone, var(--soft)); }
  :host([type=strong]) .text, :host([fontweight=bold]) .text { font-weight: 650; } :host([fontweight=semibold]) .text { font-weight: 600; } :host([fontweight=medium]) .text { font-weight: 550; }
  :host([type=redundant]) .text { text-decoration: line-through; } :host([type=address]) .text { font-style: normal; }
  :host([fontvariantnumeric=tabular-nums]) .text { font-variant-numeric: tabular-nums; } ${sizeRules} ${tones}
  :host([tone=neutral]) { --tone: #4a4a4a; }`);

class Text extends Component {
  static watched = ["accessibilityvisibility", "dir", "type"];
  static sheets = [sheet(`:host { display: inline; }`), textSheet];
  static tag = "span";
  build() {
    this.text = make(this.constructor.tag, { class: "text" }, slot());
    this.root.append(this.text);
  }
  update() {
    audible(this, this.text);
    put(this.text, "role", this.get("type") === "strong" ? "strong" : null);
  }
}

class Paragraph extends Text {
  static sheets = [sheet(`:host { display: block; }`), textSheet];
  static tag = "p";
  update() {
    audible(this, this.text);
  }
}

class Heading extends Component {
  static watched = ["accessibilityvisibility", "accessibilityrole", "lineclamp"];
  static sheets = [sheet(`:host { display: block; } .text { margin: 0; font-size: .875rem; font-weight: 650; line-height: 1.4; overflow-wrap: anywhere; } ${sizeRules}`)];
  build() {
    this.text = make("div", { class: "text", role: "heading" }, slot());
    this.root.append(this.text);
  }
  update() {
    audible(this, this.text);
    const role = this.get("accessibilityrole", "heading");
    put(this.text, "role", role === "heading" ? "heading" : null);
    put(this.text, "aria-level", role === "heading" ? Math.min(2 + this.depth, 6) : null);
  }
}

class Badge extends Component {
  static watched = ["icon", "tone"];
  static sheets = [sheet(`${tones} :host { display: inline-flex; vertical-align: middle; max-width: 100%; }
    span { display: inline-flex; gap: 4px; align-items: center; border-radius: 8px; padding: 1px 8px; font-size: .75rem; line-height: 1.4; font-weight: 550; color: var(--tone, #444); background: var(--tint, #e6e6e6); }`)];
  build() {
    this.pill = make("span", {}, slot());
    this.root.append(this.pill);
  }
  update() {
    this.pill.querySelector("svg")?.remove();
    if (this.get("icon")) this.pill.prepend(drawn(this.get("icon"), 14));
  }
}

class Banner extends Component {
  static watched = ["heading", "tone", "dismissible"];
  static sheets = [sheet(`${tones} :host { display: block; }
    div.banner { border-radius: 12px; background: var(--card); box-shadow: 0 0 0 1px rgb(0 0 0 / .12); overflow: hidden; }
    .top { display: flex; gap: 8px; align-items: start; padding: 10px 12px; background: var(--tint, #e0f0ff); color: var(--tone, var(--blue)); font-weight: 600; }
    .top svg { flex: none; } .heading { flex: 1; overflow-wrap: anywhere; } .content { padding: 12px; display: grid; gap: 8px; overflow-wrap: anywhere; } .actions { display: flex; flex-wrap: wrap; gap: 8px; }
    .content.bare { display: none; } button { all: unset; cursor: pointer; line-height: 0; } button:focus-visible { outline: 2px solid currentColor; border-radius: 4px; }`)];
  build() {
    this.headline = make("div", { class: "heading" });
    this.close = make("button", { type: "button", "aria-label": "Dismiss", click: () => this.dismiss() }, drawn("x"));
    this.top = make("div", { class: "top" }, this.headline, this.close);
    this.content = make("div", { class: "content" }, make("div", {}, slot()), make("div", { class: "actions" }, slot("secondary-actions")));
    this.banner = make("div", { class: "banner" }, this.top, this.content);
    this.root.append(this.banner);
    this.root.addEventListener("slotchange", () => this.update());
  }
  dismiss() {
    this.dispatchEvent(new Event("dismiss"));
    this.hidden = true;
    this.dispatchEvent(new Event("afterhide"));
  }
  update() {
    const tone = this.get("tone", "auto");
    this.headline.textContent = this.get("heading");
    put(this.close, "hidden", this.hasAttribute("dismissible") ? null : true);
    put(this.banner, "role", tone === "critical" ? "alert" : "status");
    this.top.querySelector(":scope > svg")?.remove();
    this.top.prepend(drawn({ success: "check-circle", warning: "alert", critical: "x-circle" }[tone] ?? "info"));
    this.content.classList.toggle("bare", !this.textContent.trim() && this.childElementCount === 0);
  }
}

class List extends Component {
  static sheets = [sheet(`:host { display: block; } div { display: grid; gap: 4px; padding-left: 20px; }`)];
  constructor() {
    super();
    this.internals = this.attachInternals();
    this.internals.role = "list";
  }
  build() {
    this.root.append(make("div", {}, slot()));
  }
}
class ListItem extends Component {
  static sheets = [sheet(`:host { display: list-item; overflow-wrap: anywhere; }`)];
  constructor() {
    super();
    this.internals = this.attachInternals();
    this.internals.role = "listitem";
  }
}

define("s-text", Text);
define("s-number", class extends Text {});
define("s-paragraph", Paragraph);
define("s-heading", Heading);
define("s-badge", Badge);
define("s-banner", Banner);
define("s-unordered-list", List);
define("s-ordered-list", class extends List { static sheets = [...List.sheets, sheet(`:host { list-style: decimal; }`)]; });
define("s-list-item", ListItem);
