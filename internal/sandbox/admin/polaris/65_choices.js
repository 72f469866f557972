let lists = 0;

/** One of several, or several of them. */
class ChoiceList extends Component {
  static formAssociated = true;
  static focusable = true;
  static watched = ["label", "labelaccessibilityvisibility", "details", "error", "disabled", "multiple", "name"];
  static sheets = [fieldSheet];
  constructor() {
    super();
    this.internals = this.attachInternals();
  }
  build() {
    this.group = `choices-${++lists}`;
    this.legend = make("legend");
    this.choices = make("div", { class: "choices" });
    this.hint = make("div", { class: "details", id: "details" });
    this.fault = make("div", { class: "error", id: "error" });
    this.root.append(make("fieldset", {}, this.legend, this.hint, this.choices, this.fault), make("slot", { hidden: true }));
    this.choices.addEventListener("change", (event) => this.choose(event));
    new MutationObserver(() => this.isConnected && this.update()).observe(this, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["value", "selected", "disabled"] });
  }
  update() {
    this.legend.textContent = this.get("label");
    this.legend.classList.toggle("heard", this.get("labelaccessibilityvisibility") === "exclusive");
    this.hint.textContent = this.get("details");
    this.fault.textContent = this.get("error");
    const kept = this.edited ? this.values : null;
    this.choices.replaceChildren(...[...this.querySelectorAll(":scope > s-choice")].map((choice, n) => {
      const input = make("input", { type: this.hasAttribute("multiple") ? "checkbox" : "radio", name: this.group, id: `c${n}`, value: choice.getAttribute("value") ?? "", disabled: this.hasAttribute("disabled") || choice.hasAttribute("disabled") });
      input.checked = kept ? kept.includes(input.value) : choice.hasAttribute("selected");
      const words = [...choice.childNodes].filter((node) => !node.slot).map((node) => node.textContent).join("").trim();
      const more = [...choice.querySelectorAll("[slot=details]")].map((node) => node.textContent).join(" ");
      return make("div", { class: "choice" }, input, make("span", {}, make("label", { for: `c${n}` }, words), make("div", { class: "details" }, more)));
    }));
    this.tell();
  }
  choose(event) {
    event.stopPropagation();
    this.edited = true;
    this.tell();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
  tell() {
    const data = new FormData();
    if (this.get("name")) for (const value of this.values) data.append(this.get("name"), value);
    this.internals.setFormValue(data);
  }
  get values() {
    return [...this.choices.querySelectorAll("input:checked")].map((input) => input.value);
  }
  set values(wanted) {
    for (const input of this.choices.querySelectorAll("input")) input.checked = wanted.includes(input.value);
    this.edited = true;
    this.tell();
  }
  formResetCallback() {
    this.edited = false;
    this.update();
  }
}

define("s-choice-list", ChoiceList);
define("s-choice", class extends Component {});
