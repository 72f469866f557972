// A table keeps its roles when a narrow place makes a list of it.
const narrow = "@container (max-width: 30.5rem)";

class TablePart extends Component {
  static role = "generic";
  constructor() {
    super();
    this.internals = this.attachInternals();
    this.internals.role = this.constructor.role;
  }
}

/** The table itself, without what stands around it. */
class Proper extends TablePart {
  static role = "table";
}

class Table extends Component {
  static watched = ["paginate", "haspreviouspage", "hasnextpage", "loading"];
  static sheets = [sheet(`:host { display: block; container-type: inline-size; } .scroll { overflow-x: auto; } .table { display: table; width: 100%; border-collapse: collapse; }
    ${narrow} { .table { display: block; } } .pages { display: flex; justify-content: center; gap: 8px; padding: 12px; } slot[name=filters] { display: block; }`)];
  build() {
    const page = (name, event, icon) => make("s-button", { accessibilitylabel: name, icon, click: () => this.dispatchEvent(new Event(event)) });
    this.previous = page("Previous page", "previouspage", "chevron-left");
    this.next = page("Next page", "nextpage", "chevron-right");
    this.pages = make("div", { class: "pages" }, this.previous, this.next);
    this.root.append(slot("filters"), make("div", { class: "scroll" }, make("s-table-proper", { class: "table" }, slot())), this.pages);
  }
  update() {
    put(this.pages, "hidden", this.hasAttribute("paginate") ? null : true);
    put(this.previous, "disabled", !this.hasAttribute("haspreviouspage"));
    put(this.next, "disabled", !this.hasAttribute("hasnextpage"));
  }
}

class Row extends TablePart {
  static role = "row";
  static watched = ["clickdelegate"];
  static sheets = [sheet(`:host { display: table-row; } :host(:hover) { background: #fafafa; } :host([clickdelegate]) { cursor: pointer; }
    ${narrow} { :host { display: grid; gap: 2px; padding: 10px 16px; border-top: 1px solid #e6e6e6; } }`)];
  build() {
    super.build();
    this.addEventListener("click", (event) => {
      const to = this.getAttribute("clickdelegate") && document.getElementById(this.getAttribute("clickdelegate"));
      if (to && !event.composedPath().some((node) => node.matches?.("a, button, input, select, s-link, s-button, s-checkbox"))) to.click();
    });
  }
}

class HeaderRow extends TablePart {
  static role = "row";
  static sheets = [sheet(`:host { display: table-row; background: #f7f7f7; } ${narrow} { :host { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; } }`)];
}

class Body extends TablePart {
  static role = "rowgroup";
  static sheets = [sheet(`:host { display: table-row-group; } ${narrow} { :host { display: block; } }`)];
}

class Header extends TablePart {
  static role = "columnheader";
  static watched = ["format"];
  static sheets = [sheet(`:host { display: table-cell; padding: 8px 12px; text-align: start; font-size: .75rem; font-weight: 550; color: #4a4a4a; white-space: nowrap; vertical-align: bottom; }
    :host([format=numeric]), :host([format=currency]) { text-align: end; } ${narrow} { :host { display: inline; padding: 0 4px; } }`)];
}

class Cell extends TablePart {
  static role = "cell";
  static sheets = [sheet(`:host { display: table-cell; padding: 8px 12px; border-top: 1px solid #e6e6e6; vertical-align: top; overflow-wrap: break-word; }
    :host(:state(number)) { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; } .name { display: none; color: var(--soft); }
    ${narrow} { :host { display: block; border: 0; padding: 0; text-align: start !important; white-space: normal !important; min-width: 0; overflow-wrap: anywhere; } :host(:state(labeled)) .name { display: inline; } :host(:state(primary)) { font-weight: 600; } :host(:state(kicker)) { font-size: .75rem; color: var(--soft); } }`)];
  build() {
    this.name = make("span", { class: "name", "aria-hidden": "true" });
    this.root.append(this.name, slot());
  }
  update() {
    const table = this.closest("s-table");
    const at = [...(this.parentElement?.children ?? [])].indexOf(this);
    const header = table?.querySelectorAll("s-table-header")[at];
    const states = this.internals.states;
    states.clear();
    if (["numeric", "currency"].includes(header?.getAttribute("format"))) states.add("number");
    states.add(header?.getAttribute("listslot") ?? "labeled");
    this.name.textContent = header?.textContent.trim() ? `${header.textContent.trim()}: ` : "";
  }
}

define("s-table-proper", Proper); // not Polaris': only inside s-table
define("s-table", Table);
define("s-table-header-row", HeaderRow);
define("s-table-header", Header);
define("s-table-body", Body);
define("s-table-row", Row);
define("s-table-cell", Cell);
