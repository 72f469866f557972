const spaces = {
  none: "0", "small-500": "1px", "small-400": "2px", "small-300": "4px", "small-200": "6px", "small-100": "8px", small: "12px",
  base: "16px", large: "20px", "large-100": "24px", "large-200": "28px", "large-300": "32px", "large-400": "40px", "large-500": "48px",
};
const radii = { none: "0", "small-200": "2px", "small-100": "4px", small: "6px", base: "8px", large: "12px", "large-100": "16px", "large-200": "20px", max: "999px" };
const shades = { subdued: "#f7f7f7", base: "#fff", strong: "#e3e3e3", transparent: "transparent" };
const widths = { "small-100": "1px", small: "1px", base: "1px", large: "2px", "large-100": "3px", none: "0" };

const spaced = (value) => value.split(" ").map((word) => spaces[word] ?? word).join(" ");
const sized = (value) => (/^\d+$/.test(value) ? `${value}px` : value === "auto" ? "auto" : value);

// Attribute → what it does to the inner box.
const boxRules = {
  background: (v) => `background: ${shades[v] ?? "transparent"}`,
  border: (v) => (v.startsWith("none") ? "border: 0" : `border: ${widths[v.split(" ")[0]] ?? "1px"} ${v.split(" ")[2] ?? "solid"} var(--line)`),
  borderwidth: (v) => `border-width: ${v.split(" ").map((w) => widths[w] ?? w).join(" ")}; border-style: solid; border-color: var(--line)`,
  borderstyle: (v) => `border-style: ${v}`,
  bordercolor: (v) => `border-color: ${v === "strong" ? "#8a8a8a" : "var(--line)"}`,
  borderradius: (v) => `border-radius: ${v.split(" ").map((w) => radii[w] ?? w).join(" ")}`,
  padding: (v) => `padding: ${spaced(v)}`,
  paddingblock: (v) => `padding-block: ${spaced(v)}`,
  paddingblockstart: (v) => `padding-block-start: ${spaced(v)}`,
  paddingblockend: (v) => `padding-block-end: ${spaced(v)}`,
  paddinginline: (v) => `padding-inline: ${spaced(v)}`,
  paddinginlinestart: (v) => `padding-inline-start: ${spaced(v)}`,
  paddinginlineend: (v) => `padding-inline-end: ${spaced(v)}`,
  blocksize: (v) => `block-size: ${sized(v)}`,
  minblocksize: (v) => `min-block-size: ${sized(v)}`,
  maxblocksize: (v) => `max-block-size: ${sized(v)}`,
  inlinesize: (v) => `inline-size: ${sized(v)}`,
  mininlinesize: (v) => `min-inline-size: ${sized(v)}`,
  maxinlinesize: (v) => `max-inline-size: ${sized(v)}`,
  overflow: (v) => `overflow: ${v}`,
  gap: (v) => `gap: ${spaced(v)}`,
  rowgap: (v) => `row-gap: ${spaced(v)}`,
  columngap: (v) => `column-gap: ${spaced(v)}`,
  alignitems: (v) => `align-items: ${v}`,
  justifyitems: (v) => `justify-items: ${v}`,
  aligncontent: (v) => `align-content: ${v}`,
  justifycontent: (v) => `justify-content: ${v}`,
  placeitems: (v) => `place-items: ${v}`,
  placecontent: (v) => `place-content: ${v}`,
  gridtemplatecolumns: (v) => `grid-template-columns: ${v}`,
  gridtemplaterows: (v) => `grid-template-rows: ${v}`,
  gridcolumn: (v) => `grid-column: ${v}`,
  gridrow: (v) => `grid-row: ${v}`,
  display: (v) => (v === "none" ? "display: none" : ""),
};
const boxNames = Object.keys(boxRules);
// A value may depend on the container: "@container (inline-size > 400px) 1fr 1fr, 1fr".
const depends = /^@container\s+(?:[\w-]+\s+)?(\([^)]*\))\s*([^,]+),\s*(.+)$/;

class Box extends Component {
  static watched = [...boxNames, "accessibilityrole", "accessibilitylabel", "accessibilityvisibility", "direction"];
  static sheets = [sheet(`:host { display: block; min-width: 0; } .box { min-width: 0; }`)];
  static start = "";
  build() {
    this.own = new CSSStyleSheet();
    this.root.adoptedStyleSheets = [...this.root.adoptedStyleSheets, this.own];
    this.box = make("div", { class: "box" }, slot());
    this.root.append(this.box);
  }
  update() {
    let rules = `.box { ${this.start()} }`;
    for (const name of boxNames) {
      const value = this.get(name).trim();
      if (!value) continue;
      const [, when, then, otherwise] = value.match(depends) ?? [];
      const at = name.startsWith("gridcolumn") || name.startsWith("gridrow") ? ":host" : ".box";
      rules += ` ${at} { ${boxRules[name](otherwise ?? value)} }`;
      if (when) rules += ` @container ${when} { ${at} { ${boxRules[name](then.trim())} } }`;
    }
    this.own.replaceSync(rules);
    const role = { "ordered-list": "list", "unordered-list": "list", "list-item": "listitem", header: "banner", footer: "contentinfo", aside: "complementary", section: "region", generic: null }[this.get("accessibilityrole")];
    put(this.box, "role", role === undefined ? this.getAttribute("accessibilityrole") : role);
    put(this.box, "aria-label", this.getAttribute("accessibilitylabel"));
    audible(this, this.box);
  }
  start() {
    return "";
  }
}

class Stack extends Box {
  start() {
    return this.get("direction") === "inline" ? "display: flex; flex-wrap: wrap;" : "display: flex; flex-direction: column;";
  }
}

class Grid extends Box {
  start() {
    return "display: grid; grid-template-columns: minmax(0, 1fr);";
  }
}

class QueryContainer extends Component {
  static sheets = [sheet(`:host { display: block; container-type: inline-size; }`)];
}

class Divider extends Component {
  static watched = ["direction"];
  static sheets = [sheet(`:host { display: block; } hr { border: 0; border-top: 1px solid #e3e3e3; margin: 0; }
    :host([direction=block]) { align-self: stretch; } :host([direction=block]) hr { border: 0; border-left: 1px solid #e3e3e3; height: 100%; }`)];
  build() {
    this.root.append(make("hr"));
  }
}

define("s-box", class extends Box {});
define("s-scroll-box", class extends Box { start() { return "overflow: auto;"; } });
define("s-grid-item", class extends Box {});
define("s-stack", Stack);
define("s-grid", Grid);
define("s-query-container", QueryContainer);
define("s-divider", Divider);
