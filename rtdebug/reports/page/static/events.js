// The events: a list of which only what is on screen exists, filters, and one event in full.

class EventList {
  constructor(view) {
    this.view = view;
    this.shown = [];
    this.chosen = -1; // an index into the rows, not into what is shown
    this.timer = 0;
    const {messages, run} = view;
    this.search = el("input", {type: "search", placeholder: "Search", "aria-label": "Search in events", input: () => this.soon()});
    this.sides = ["client", "server", "connection"].map((name) => el("input", {type: "checkbox", checked: true, change: () => this.filter(), "data-side": name}));
    this.types = el("select", {"aria-label": "Type of event", change: () => this.filter()});
    this.findings = el("select", {"aria-label": "Evidence of a finding", change: () => this.filter()});
    this.count = el("p.count", {"aria-live": "polite"});
    this.inner = el("div.inner");
    this.scroller = el("div.scroller", {tabindex: "0", role: "listbox", "aria-label": "Events", scroll: () => this.paint(), keydown: (event) => this.key(event)}, this.inner);
    this.detail = el("aside.detail", {tabindex: "-1", "aria-label": "The chosen event"});
    this.panes = el("div.panes", {}, this.scroller, this.detail);
  }

  // What there is to choose from, by now.
  learn() {
    const {messages, run} = this.view, types = new Map(), {types: choice, findings} = this;
    for (const row of messages.rows) types.set(messages.type(row), (types.get(messages.type(row)) || 0) + 1);
    const known = [...types].sort(([one], [other]) => (one < other ? -1 : 1)), chosen = [this.typeNames?.[Number(choice.value)], findings.value];
    this.typeNames = ["", ...known.map(([type]) => type)];
    choice.replaceChildren();
    put(choice, el("option", {value: ""}, "every type"), known.map(([type, count], at) => el("option", {value: String(at + 1)}, type + " (" + count + ")")));
    findings.replaceChildren();
    put(findings, el("option", {value: ""}, "with or without findings"), el("option", {value: "any"}, "evidence of any finding"), run.findings.map((finding, at) => el("option", {value: String(at)}, finding.name)));
    choice.value = chosen[0] ? String(this.typeNames.indexOf(chosen[0])) : "";
    findings.value = chosen[1];
    findings.hidden = !run.findings.length;
  }

  section() {
    this.learn();
    const labels = this.sides.map((box) => el("label", {}, box, " " + box.dataset.side));
    const reset = el("button", {type: "button", click: () => this.reset()}, "Reset");
    return [heading("Events", this.count), el("div.filters", {role: "search"}, this.search, labels, this.types, this.findings, reset),
      this.panes];
  }

  reset() {
    this.search.value = this.types.value = this.findings.value = "";
    for (const box of this.sides) box.checked = true;
    this.view.strip ? this.view.strip.all() : this.filter();
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.filter(), 80);
  }

  filter() {
    const {messages, run, strip} = this.view, words = this.search.value.toLowerCase();
    const type = this.typeNames[Number(this.types.value)], range = strip && strip.range;
    const sides = [this.sides[1].checked, this.sides[0].checked, this.sides[2].checked];
    const cited = this.findings.value === "" ? null : this.findings.value === "any" ? messages.cited : new Set(run.findings[Number(this.findings.value)].evidence);
    const shown = [], {rows} = messages;
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index];
      if (!sides[row[SIDE]] || (range && (row[AT] < range[0] || row[AT] > range[1]))) continue;
      if (type && messages.type(row) !== type) continue;
      if (cited && !cited.has(row[SEQ])) continue;
      if (words && !messages.text(index).includes(words)) continue;
      shown.push(index);
    }
    this.shown = shown;
    this.inner.style.height = shown.length * this.rowHeight() + "px";
    this.panes.style.setProperty("--rows", Math.max(360, rows.length * this.rowHeight() + 2) + "px");
    const all = rows.length, gone = messages.leftOut ? ", " + counted(messages.leftOut, "row") + " not kept" : "";
    put((this.count.replaceChildren(), this.count), (shown.length === all ? counted(all, "row") : shown.length.toLocaleString("en") + " of " + counted(all, "row")) + gone);
    const place = shown.indexOf(this.chosen);
    if (place >= 0) this.scrollTo(place);
    this.paint();
  }

  rowHeight() { return window.innerWidth < 640 ? 46 : 30; }

  paint() {
    const tall = this.rowHeight(), first = Math.max(0, Math.floor(this.scroller.scrollTop / tall) - 10);
    const last = Math.min(this.shown.length, first + Math.ceil(this.scroller.clientHeight / tall) + 20);
    const rows = [];
    for (let place = first; place < last; place++) rows.push(this.row(place, tall));
    if (!rows.length) rows.push(el("p.empty", {}, "No event fits these filters."));
    this.inner.replaceChildren(...rows);
  }

  row(place, tall) {
    const index = this.shown[place], {messages} = this.view, row = messages.rows[index];
    const before = place ? messages.rows[this.shown[place - 1]] : null;
    const hole = before && index === this.shown[place - 1] + 1 && row[SEQ] > before[SEQ] + 1 && before[SEQ] !== null;
    const found = (messages.cited.get(row[SEQ]) || []).map((at) => severityMark(this.view.run.findings[at].severity)).slice(0, 2);
    const made = el("div.line" + (SIDES[row[SIDE]] ? "." + SIDES[row[SIDE]] : "") + (index === this.chosen ? ".chosen" : "") + (hole ? ".hole" : ""),
      {role: "option", id: "row-" + index, "aria-selected": String(index === this.chosen), title: hole ? "events before this one were not kept" : null, click: () => this.choose(index)},
      el("span.seq", {}, row[SEQ] === null ? "" : "#" + row[SEQ]), el("span.time", {}, messages.clock(row[AT])),
      el("span.arrow", {}, ARROWS[row[SIDE]]), el("code", {}, messages.type(row)), el("span.words", {}, row[WORDS]), el("span.found", {}, found));
    made.style.top = place * tall + "px";
    made.style.height = tall + "px";
    return made;
  }

  key(event) {
    const page = Math.floor(this.scroller.clientHeight / this.rowHeight()) - 1;
    const step = {ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -1e9, End: 1e9}[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.move(step);
  }

  move(step) {
    if (!this.shown.length) return;
    const place = this.shown.indexOf(this.chosen);
    const next = place < 0 ? (step > 0 ? 0 : this.shown.length - 1) : Math.min(this.shown.length - 1, Math.max(0, place + step));
    this.choose(this.shown[next]);
  }

  choose(index, quietly = false) {
    this.chosen = index;
    const place = this.shown.indexOf(index), seq = this.view.messages.rows[index][SEQ];
    if (place >= 0) this.scrollTo(place);
    this.paint();
    this.scroller.setAttribute("aria-activedescendant", "row-" + index);
    this.show(index);
    if (!quietly && seq !== null) history.replaceState(null, "", this.view.anchor("event-" + seq));
  }

  // What a link leads to is shown even where the filters hide it.
  go(seq) {
    const index = this.view.messages.numbered.get(seq);
    if (index === undefined) return false;
    if (!this.shown.includes(index)) this.reset();
    this.choose(index, true);
    byId("events").scrollIntoView({block: "start"});
    this.scroller.focus({preventScroll: true});
    return true;
  }

  goToTime(at) {
    const {rows} = this.view.messages, place = this.shown.findIndex((index) => rows[index][AT] >= at);
    if (place >= 0) this.choose(this.shown[place]);
  }

  scrollTo(place) {
    const tall = this.rowHeight(), top = place * tall, {scrollTop, clientHeight} = this.scroller;
    if (top < scrollTop || top + tall > scrollTop + clientHeight) this.scroller.scrollTop = Math.max(0, top - clientHeight / 3);
  }

  show(index) {
    const {messages, run} = this.view, row = messages.rows[index], body = messages.body(row);
    const from = ["server → client", "client → server", "connection"][row[SIDE]];
    const cited = (messages.cited.get(row[SEQ]) || []).map((at) => el("a.cited." + run.findings[at].severity, {href: this.view.anchor("finding-" + (at + 1))}, severityMark(run.findings[at].severity), run.findings[at].name));
    this.detail.replaceChildren();
    put(this.detail, el("div.row", {}, el("h3", {}, row[SEQ] === null ? "" : "#" + row[SEQ] + " ", messages.type(row)),
      el("button", {type: "button", "aria-label": "previous event", click: () => this.move(-1)}, "↑"), el("button", {type: "button", "aria-label": "next event", click: () => this.move(1)}, "↓")),
      el("p.quiet", {}, [from, messages.clock(row[AT]), row[SIZE] ? size(row[SIZE]) : ""].filter(Boolean).join(" · ")), cited,
      body === undefined ? [el("p.said", {}, row[WORDS]), row[SEQ] === null ? null : el("p.quiet", {}, "Its body was not kept.")] : el("div.tree", {}, jsonTree(body, "", 0)));
  }
}

// A value as a tree that opens and closes.
function jsonTree(value, key, depth) {
  const name = key === "" ? "" : [el("span.key", {}, key), ": "];
  const members = value instanceof Map ? [...value] : Array.isArray(value) ? value.map((one, at) => [String(at), one]) : null;
  if (!members) {
    const kind = typeof value === "string" ? "text" : value === null ? "null" : "number";
    return el("div.leaf", {}, name, el("span." + kind, {}, typeof value === "string" ? JSON.stringify(value) : String(value)));
  }
  const brackets = value instanceof Map ? ["{", "}"] : ["[", "]"];
  if (!members.length) return el("div.leaf", {}, name, brackets.join(""));
  const inside = el("div.members"), fill = () => { if (!inside.childElementCount) put(inside, members.map(([inner, one]) => jsonTree(one, inner, depth + 1))); };
  const open = depth < 3 && members.length <= 60;
  if (open) fill();
  return el("details", {open, toggle: fill}, el("summary", {}, name, brackets[0] + "…" + brackets[1], el("span.quiet", {}, " " + members.length)), inside);
}
