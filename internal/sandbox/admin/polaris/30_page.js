class Page extends Component {
  static watched = ["heading", "inlinesize"];
  static sheets = [sheet(`
    :host { display: block; container-type: inline-size; }
    main { max-width: 62rem; margin: 0 auto; padding: 16px 16px 48px; }
    :host([inlinesize=large]) main { max-width: 96rem; } :host([inlinesize=small]) main { max-width: 42rem; }
    header { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; min-height: 36px; margin-bottom: 16px; }
    h1 { font-size: 1.25rem; line-height: 1.3; font-weight: 650; margin: 0; flex: 1 1 auto; overflow-wrap: anywhere; }
    .actions { display: flex; flex-wrap: wrap; gap: 8px; } .crumbs { flex: 0 0 100%; } .crumbs.empty { display: none; }
    .columns { display: grid; gap: 16px; align-items: start; } .content, aside { display: flex; flex-direction: column; gap: 16px; min-width: 0; }
    aside.empty { display: none; }
    @container (min-width: 48rem) { .columns.two { grid-template-columns: minmax(0, 2fr) minmax(0, 1fr); } }
    @media print { main { padding: 0; } .actions { display: none; } }`)];
  build() {
    this.titled = make("h1");
    this.crumbs = make("div", { class: "crumbs empty" }, slot("breadcrumb-actions"));
    this.aside = make("aside", { class: "empty" }, slot("aside"));
    this.columns = make("div", { class: "columns" }, make("div", { class: "content" }, slot("supplemental-start"), slot()), this.aside);
    this.root.append(make("main", {}, make("header", {}, this.crumbs, this.titled,
      make("div", { class: "actions" }, slot("secondary-actions"), slot("primary-action"))), this.columns));
    this.root.addEventListener("slotchange", () => this.update());
  }
  update() {
    this.titled.textContent = this.get("heading");
    const has = (name) => [...this.children].some((child) => child.slot === name);
    this.crumbs.classList.toggle("empty", !has("breadcrumb-actions"));
    this.aside.classList.toggle("empty", !has("aside"));
    this.columns.classList.toggle("two", has("aside"));
  }
}

class Section extends Component {
  static watched = ["heading", "subheading", "accessibilitylabel", "padding"];
  static sheets = [sheet(`
    :host { display: block; min-width: 0; }
    section { background: var(--card); border-radius: 12px; padding: 16px; box-shadow: 0 1px 0 rgb(0 0 0 / .07), 0 0 0 1px rgb(0 0 0 / .06); }
    section.inner { background: none; box-shadow: none; padding: 0; border-radius: 0; }
    :host([padding=none]) section { padding: 0; overflow: hidden; } :host([padding=none]) header { padding: 16px 16px 0; }
    header { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; margin-bottom: 12px; } header.empty { display: none; }
    .heading { margin: 0; font-size: .875rem; line-height: 1.4; font-weight: 650; flex: 1 1 auto; overflow-wrap: anywhere; } .inner .heading { font-size: .8125rem; }
    .sub { color: var(--soft); flex: 0 0 100%; } .content { display: flex; flex-direction: column; gap: 12px; min-width: 0; }
    @media print { section { box-shadow: none; padding: 8px 0; break-inside: avoid; } }`)];
  build() {
    this.headline = make("div", { class: "heading", id: "heading" });
    this.sub = make("p", { class: "sub" });
    this.header = make("header", {}, this.headline, slot("accessory"), slot("secondary-actions"), slot("primary-action"), this.sub);
    this.section = make("section", {}, this.header, make("div", { class: "content" }, slot("graphic"), slot(), slot("supplemental")));
    this.root.append(this.section);
  }
  update() {
    const heading = this.get("heading");
    this.headline.textContent = heading;
    this.sub.textContent = this.get("subheading");
    put(this.sub, "hidden", !this.get("subheading"));
    put(this.headline, "role", heading ? "heading" : null);
    put(this.headline, "aria-level", heading ? Math.min(2 + this.depth, 6) : null);
    this.header.classList.toggle("empty", !heading);
    this.section.classList.toggle("inner", Boolean(this.parentElement?.closest("s-section, s-admin-block")));
    put(this.section, "aria-labelledby", heading ? "heading" : null);
    put(this.section, "aria-label", heading ? null : this.getAttribute("accessibilitylabel"));
  }
}

class AdminBlock extends Component {
  static watched = ["heading", "collapsedsummary"];
  static focusable = true;
  static sheets = [sheet(`
    :host { display: block; }
    section { background: var(--card); }
    h2 { margin: 0; font-size: .875rem; } button { all: unset; box-sizing: border-box; cursor: pointer; display: flex; gap: 8px; align-items: center; width: 100%; min-height: 48px; padding: 8px 16px; font-weight: 650; }
    button:focus-visible { outline: 2px solid #005bd3; outline-offset: -2px; border-radius: 12px; }
    button svg { margin-left: auto; flex: none; } [aria-expanded=false] svg { transform: rotate(180deg); }
    .mark { width: 20px; height: 20px; border-radius: 5px; background: #0d5b63; flex: none; }
    .folded { color: var(--soft); font-weight: 400; } .content { padding: 4px 16px 16px; }`)];
  build() {
    this.headline = make("span");
    this.folded = make("span", { class: "folded" });
    this.button = make("button", { type: "button", "aria-expanded": "true", "aria-controls": "content", click: () => this.fold() },
      make("span", { class: "mark", "aria-hidden": "true" }), this.headline, this.folded, drawn("chevron-up"));
    this.content = make("div", { class: "content", id: "content" }, slot());
    this.root.append(make("section", {}, make("h2", {}, this.button), this.content));
  }
  fold() {
    const open = this.button.getAttribute("aria-expanded") === "true";
    put(this.button, "aria-expanded", String(!open));
    this.update();
  }
  update() {
    const open = this.button.getAttribute("aria-expanded") === "true";
    this.headline.textContent = this.get("heading");
    // The admin shows no more of it.
    this.folded.textContent = open ? "" : [...this.get("collapsedsummary")].slice(0, 30).join("");
    put(this.content, "hidden", open ? null : true);
  }
}

class EmptyState extends Component {
  static watched = ["heading"];
  static sheets = [sheet(`:host { display: block; } div { text-align: center; padding: 32px 16px; display: grid; gap: 8px; justify-items: center; } p { font-weight: 650; font-size: 1rem; }`)];
  build() {
    this.headline = make("p");
    this.root.append(make("div", {}, slot("graphic"), this.headline, slot("subheading"), slot(), slot("secondary-actions"), slot("primary-action")));
  }
  update() {
    this.headline.textContent = this.get("heading");
  }
}

define("s-page", Page);
define("s-section", Section);
define("s-admin-block", AdminBlock);
define("s-empty-state", EmptyState);
