const fieldSheet = sheet(`
  :host { display: block; min-width: 0; }
  .field { display: grid; gap: 4px; } label, legend, .label { font-weight: 500; } legend { padding: 0; margin-bottom: 4px; } fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
  .control { display: flex; align-items: center; gap: 6px; min-height: 36px; padding: 0 10px; border: 1px solid #8a8a8a; border-radius: 8px; background: #fdfdfd; }
  .control:focus-within { outline: 2px solid #005bd3; outline-offset: 1px; } .control.bad { border-color: #8e0b21; background: #fff5f5; } .control.off { background: #f0f0f0; border-color: #c4c4c4; }
  .control svg { flex: none; color: #616161; } .affix { color: var(--soft); white-space: nowrap; }
  input, select, textarea { font: inherit; color: inherit; background: none; border: 0; outline: none; min-width: 0; width: 100%; padding: 6px 0; } textarea { resize: vertical; line-height: 1.45; }
  input:disabled, select:disabled, textarea:disabled { color: #6b6b6b; } ::placeholder { color: #6b6b6b; opacity: 1; }
  .details { color: var(--soft); font-size: .75rem; overflow-wrap: anywhere; } .error { color: #8e0b21; font-size: .75rem; overflow-wrap: anywhere; }
  .choice { display: flex; gap: 8px; align-items: start; min-height: 24px; padding: 2px 0; font-weight: 400; cursor: pointer; } .choice input { width: 18px; height: 18px; margin: 1px 0 0; flex: none; accent-color: #303030; }
  .choice input:focus-visible { outline: 2px solid #005bd3; outline-offset: 2px; } .choices { display: grid; gap: 2px; }
  @media (pointer: coarse) { .control { min-height: 44px; } input, select, textarea { font-size: 1rem; } .choice { min-height: 36px; padding: 6px 0; } }`);

/** What every field has: a label, a control, details, an error, and a place in its form. */
class Field extends Component {
  static formAssociated = true;
  static focusable = true;
  static watched = ["label", "labelaccessibilityvisibility", "details", "error", "disabled", "required", "readonly", "value", "name",
    "placeholder", "autocomplete", "prefix", "suffix", "icon", "min", "max", "step", "minlength", "maxlength", "rows", "inputmode", "checked", "accessibilitylabel"];
  static sheets = [fieldSheet];
  constructor() {
    super();
    this.internals = this.attachInternals();
  }
  build() {
    this.control = this.makeControl();
    this.control.id = "control";
    this.control.addEventListener("input", () => this.edit());
    this.control.addEventListener("change", (event) => {
      event.stopPropagation();
      this.edit();
      this.dispatchEvent(new Event("change", { bubbles: true })); // a change does not leave a shadow tree by itself
    });
    this.control.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && this.control.localName === "input") this.internals.form?.requestSubmit();
    });
    this.labelled = make("label", { for: "control" });
    this.hint = make("div", { class: "details", id: "details" });
    this.fault = make("div", { class: "error", id: "error" });
    this.root.append(this.arrange());
  }
  makeControl() {
    return make("input", { type: "text" });
  }
  arrange() {
    this.before = make("span", { class: "affix" });
    this.after = make("span", { class: "affix" });
    this.frame = make("div", { class: "control" }, this.before, this.control, this.after, slot("accessory"));
    return make("div", { class: "field" }, this.labelled, this.frame, this.hint, this.fault);
  }
  edit() {
    this.edited = true;
    this.tell();
  }
  tell() {
    this.internals.setFormValue(this.value);
  }
  update() {
    const control = this.control;
    this.labelled.textContent = this.get("label");
    this.labelled.classList.toggle("heard", this.get("labelaccessibilityvisibility") === "exclusive");
    put(control, "aria-label", this.get("label") ? null : this.getAttribute("accessibilitylabel"));
    for (const name of ["placeholder", "autocomplete", "min", "max", "step", "minlength", "maxlength", "inputmode"]) put(control, name, this.getAttribute(name));
    put(control, "rows", control.localName === "textarea" ? this.get("rows", "3") : null);
    put(control, "readonly", this.hasAttribute("readonly") ? true : null);
    put(control, "aria-required", this.hasAttribute("required") ? "true" : null);
    put(control, "aria-invalid", this.get("error") ? "true" : null);
    control.disabled = this.hasAttribute("disabled") || this.formDisabled === true;
    this.hint.textContent = this.get("details");
    this.fault.textContent = this.get("error");
    put(this.hint, "hidden", this.get("details") ? null : true);
    put(this.fault, "hidden", this.get("error") ? null : true);
    const told = [this.get("details") && "details", this.get("error") && "error"].filter(Boolean).join(" ");
    put(control, "aria-describedby", told || null);
    if (this.frame) {
      this.before.textContent = this.get("prefix");
      this.after.textContent = this.get("suffix");
      put(this.before, "hidden", this.get("prefix") ? null : true);
      put(this.after, "hidden", this.get("suffix") ? null : true);
      this.frame.classList.toggle("bad", Boolean(this.get("error")));
      this.frame.classList.toggle("off", control.disabled);
      this.frame.querySelector(":scope > svg")?.remove();
      if (this.get("icon")) this.frame.prepend(drawn(this.get("icon"), 18));
    }
    if (!this.edited) this.reset();
    this.tell();
  }
  reset() {
    this.control.value = this.get("value");
  }
  get value() {
    return this.control.value;
  }
  set value(text) {
    this.control.value = text ?? "";
    this.edited = true;
    this.tell();
  }
  get name() {
    return this.get("name");
  }
  get form() {
    return this.internals.form;
  }
  get disabled() {
    return this.hasAttribute("disabled");
  }
  set disabled(off) {
    put(this, "disabled", Boolean(off));
  }
  formResetCallback() {
    this.edited = false;
    this.update();
  }
  formDisabledCallback(off) {
    this.formDisabled = off;
    if (this.isConnected) this.update();
  }
}

const typed = (type, icon) => class extends Field {
  makeControl() {
    return make("input", { type });
  }
  connectedCallback() {
    super.connectedCallback();
    if (icon && !this.get("icon") && !this.frame.querySelector(":scope > svg")) this.frame.prepend(drawn(icon, 18));
  }
};

class TextArea extends Field {
  makeControl() {
    return make("textarea");
  }
}

/** A field whose options are children of it. */
class Select extends Field {
  makeControl() {
    return make("select");
  }
  build() {
    super.build();
    this.root.append(make("slot", { hidden: true }));
    new MutationObserver(() => this.isConnected && this.update()).observe(this, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["value", "selected", "disabled", "label"] });
  }
  update() {
    const kept = this.edited ? this.control.value : null;
    const options = this.get("placeholder") ? [make("option", { value: "" }, this.get("placeholder"))] : [];
    const option = (from) => make("option", { value: from.getAttribute("value") ?? from.textContent.trim(), disabled: from.hasAttribute("disabled") }, from.textContent.trim());
    for (const child of this.children) {
      if (child.localName === "s-option") options.push(option(child));
      if (child.localName === "s-option-group") options.push(make("optgroup", { label: child.getAttribute("label") ?? "" }, ...[...child.children].map(option)));
    }
    this.control.replaceChildren(...options);
    super.update();
    if (kept !== null) this.control.value = kept;
    this.tell();
  }
  reset() {
    const chosen = this.getAttribute("value") ?? this.querySelector("s-option[selected]")?.getAttribute("value");
    if (chosen != null) this.control.value = chosen;
    else this.control.selectedIndex = 0;
  }
}

/** Something that is on or off. */
class Checkbox extends Field {
  makeControl() {
    return make("input", { type: "checkbox" });
  }
  arrange() {
    this.labelled.className = "text";
    const words = make("span", {}, this.labelled, this.hint, this.fault);
    return make("div", { class: "choice" }, this.control, words);
  }
  tell() {
    this.internals.setFormValue(this.checked ? this.get("value", "on") : null);
  }
  reset() {
    this.control.checked = this.hasAttribute("checked");
    this.control.indeterminate = this.hasAttribute("indeterminate");
  }
  get checked() {
    return this.control.checked;
  }
  set checked(on) {
    this.control.checked = Boolean(on);
    this.edited = true;
    this.tell();
  }
  get value() {
    return this.get("value", "on");
  }
  set value(text) {
    this.setAttribute("value", text);
  }
}

class Switch extends Checkbox {
  static sheets = [fieldSheet, sheet(`.choice { justify-content: space-between; gap: 16px; flex-direction: row-reverse; align-items: center; } .choice > span { flex: 1; }
    input { appearance: none; position: relative; width: 36px !important; height: 20px !important; border-radius: 10px; background: #707070; cursor: pointer; padding: 0; }
    input::after { content: ""; position: absolute; top: 3px; left: 3px; width: 14px; height: 14px; border-radius: 50%; background: #fff; } input:checked { background: #0d7a54; } input:checked::after { left: 19px; }
    input:disabled { background: #b5b5b5; } @media (prefers-reduced-motion: no-preference) { input::after { transition: left .12s; } }`)];
  makeControl() {
    return make("input", { type: "checkbox", role: "switch" });
  }
}

define("s-text-field", typed("text"));
define("s-search-field", typed("search", "search"));
define("s-url-field", typed("url"));
define("s-email-field", typed("email"));
define("s-password-field", typed("password"));
define("s-number-field", typed("number"));
define("s-money-field", typed("number"));
define("s-date-field", typed("date"));
define("s-color-field", typed("text"));
define("s-text-area", TextArea);
define("s-select", Select);
define("s-option", class extends Component {});
define("s-option-group", class extends Component {});
define("s-checkbox", Checkbox);
define("s-switch", Switch);
