const drawings = {
  "check-circle": "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15Zm-3.5 7.7 2.4 2.4 4.6-4.8",
  check: "m4 10.5 4 4 8-9",
  info: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15ZM10 9v5M10 6v.5",
  alert: "M10 3 2.5 16.5h15L10 3Zm0 5v4m0 2v.5",
  "x-circle": "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15ZM7.5 7.5l5 5m0-5-5 5",
  x: "m5 5 10 10M15 5 5 15",
  search: "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11Zm4 9.5 4 4",
  "chevron-up": "m5 12.5 5-5 5 5", "chevron-down": "m5 7.5 5 5 5-5", "chevron-left": "m12.5 5-5 5 5 5", "chevron-right": "m7.5 5 5 5-5 5",
  order: "M4 3h12v14l-3-2-3 2-3-2-3 2V3Zm3 4h6M7 10h6", refresh: "M16 10a6 6 0 1 1-2-4.5M16 3v4h-4", return: "M7 4 3 8l4 4M3 8h9a4 4 0 0 1 0 8H8",
  clipboard: "M7 4H5v13h10V4h-2M7 2.5h6v3H7z", duplicate: "M7 7h9v9H7zM4 13V4h9", external: "M8 4H4v12h12v-4M11 4h5v5m0-5-7 7",
  settings: "M10 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6Zm0-4v2m0 10v2m7-7h-2M5 10H3", home: "M3 10l7-6 7 6M5 9v8h10V9", clock: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15ZM10 6v4l3 2",
  delivery: "M2 5h9v9H2zM11 8h4l3 3v3h-7zM5 14v2m9-2v2", import: "M10 3v9m-4-4 4 4 4-4M4 16h12", export: "M10 12V3m-4 4 4-4 4 4M4 16h12", print: "M6 8V3h8v5M4 8h12v6H4zM6 12h8v5H6z",
};
// Names that mean the same picture.
const alike = {
  "alert-triangle": "alert", "alert-circle": "info", "alert-octagon": "x-circle", "alert-diamond": "alert", "check-circle-filled": "check-circle",
  "info-filled": "info", "external-small": "external", "cash-dollar": "return", "shipping-label": "delivery", "package": "delivery", "reset": "refresh",
};

/** A picture for an icon's name; a dot where there is none. */
const drawn = (type, size = 20) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [name, value] of Object.entries({ viewBox: "0 0 20 20", width: size, height: size, fill: "none", stroke: "currentColor", "stroke-width": "1.5", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" })) svg.setAttribute(name, value);
  path.setAttribute("d", drawings[type] ?? drawings[alike[type]] ?? "M10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z");
  svg.append(path);
  return svg;
};

class Icon extends Component {
  static watched = ["type", "size"];
  static sheets = [sheet(`:host { display: inline-block; width: 20px; height: 20px; vertical-align: text-bottom; color: var(--tone, #4a4a4a); } :host([size=small]) { width: 16px; height: 16px; } svg { display: block; } ${tones}`)];
  build() {}
  update() {
    this.root.replaceChildren(drawn(this.get("type"), this.get("size") === "small" ? 16 : 20));
  }
}

class Spinner extends Component {
  static watched = ["accessibilitylabel", "size"];
  static sheets = [sheet(`:host { display: inline-block; line-height: 0; } span { display: inline-block; width: 20px; height: 20px; border-radius: 50%; border: 2.5px solid #d4d4d4; border-top-color: #303030; }
    :host([size^=large]) span { width: 40px; height: 40px; border-width: 4px; }
    @media (prefers-reduced-motion: no-preference) { span { animation: turn .8s linear infinite; } } @keyframes turn { to { transform: rotate(1turn); } }`)];
  build() {
    this.wheel = make("span", { role: "img" });
    this.root.append(this.wheel);
  }
  update() {
    put(this.wheel, "aria-label", this.get("accessibilitylabel", "Loading"));
  }
}

class Progress extends Component {
  static watched = ["accessibilitylabel", "value", "max"];
  static sheets = [sheet(`:host { display: block; } progress { appearance: none; display: block; width: 100%; height: 8px; border: 0; border-radius: 4px; overflow: hidden; background: #e3e3e3; }
    progress::-webkit-progress-bar { background: #e3e3e3; } progress::-webkit-progress-value { background: #0d7a54; } progress::-moz-progress-bar { background: #0d7a54; }`)];
  build() {
    this.bar = make("progress");
    this.root.append(this.bar);
  }
  update() {
    put(this.bar, "max", this.get("max", "1"));
    put(this.bar, "value", this.getAttribute("value"));
    put(this.bar, "aria-label", this.get("accessibilitylabel", "Progress"));
  }
}

define("s-icon", Icon);
define("s-spinner", Spinner);
define("s-progress", Progress);
