// The ladder: client on the left, server on the right, an arrow for what crossed between them.

function drawLadder(view) {
  const {run} = view;
  if (!run.ladder.length) return void (byId("ladder").hidden = true);
  const rungs = run.ladder.map((rung) => rungRow(view, rung));
  const missing = run.steps.some((step) => step.outcome === "failed") ? [] : run.open.filter((one) => one.awaited);
  const end = run.ladder.at(-1).kind === "state" && run.ladder.at(-1).type !== "opened" ? rungs.length - 1 : rungs.length;
  rungs.splice(end, 0, ...missing.slice(0, 5).map((one) => missingRow(view, one)));
  const head = el("div.rung.ends", {}, el("span.when"), el("div.lane", {}, el("span.who.client", {}, "client"), el("span.who.server", {}, run.peer || "server")));
  sectionOf("ladder", heading("Sequence"), el("div.ladder", {}, head, rungs));
}

function when(view, rung) {
  const at = rung.at !== null && rung.at !== undefined && rung.kind !== "cut" ? view.messages.clock(rung.at) : "";
  return el("span.when", {}, rung.seq !== null && rung.seq !== undefined ? eventLink(view, rung.seq) : null, el("span.time", {}, at));
}

function rungRow(view, rung) {
  const name = rung.type + (rung.times > 1 && rung.kind !== "cut" ? " × " + rung.times : "");
  const words = rung.summary ? el("span.words", {title: visible(rung.summary)}, rung.summary) : null;
  if (rung.kind === "event" && rung.from) {
    return el("div.rung." + rung.from + (rung.marked ? ".marked" : ""), {}, when(view, rung),
      el("div.lane", {}, el("div.label", {}, el("code", {}, name), words), el("div.arrow")));
  }
  if (rung.kind === "missing") return gap(view, rung, "server", name, rung.summary || "never came");
  if (rung.kind === "found") {
    const index = view.run.findings.findIndex((finding) => finding.name === rung.type);
    return el("div.rung.found." + rung.severity, {}, el("span.when"), el("div.lane", {}, el("div.badge", {}, severityMark(rung.severity),
      el("a", {href: view.anchor("finding-" + (index + 1))}, name), words)));
  }
  const side = rung.kind === "cut" ? ".cut" : ".state";
  return el("div.rung" + side, {}, when(view, rung), el("div.lane", {}, el("div.badge", {}, rung.kind === "cut" ? "⋯ " + name : el("code", {}, name), words)));
}

function missingRow(view, one) {
  return gap(view, {at: null, seq: null}, one.owed_by, one.awaited, "never came" + (one.event !== null ? ", owed for #" + one.event : ""));
}

function gap(view, rung, from, name, words) {
  return el("div.rung.missing." + from, {}, when(view, rung),
    el("div.lane", {}, el("div.label", {}, el("code", {}, name), el("span.words", {}, words)), el("div.arrow")));
}
