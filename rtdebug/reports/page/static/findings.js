// What was found: each cause with its consequences under it, what was left open, what was judged.

const SURE = {certain: "certain", high: "high certainty", medium: "medium certainty", low: "low certainty"};

const EXCLUDED = new Set(["excluded", "ruled out"]);

function eventLink(view, seq) {
  const row = view.messages.rows[view.messages.numbered.get(seq)];
  const title = row ? view.messages.type(row) : "not kept";
  return el("a.event", {href: view.anchor("event-" + seq), title}, "#" + seq);
}

function eventLinks(view, numbers) {
  const few = numbers.length > 8 ? [...numbers.slice(0, 4), null, ...numbers.slice(-3)] : numbers;
  return few.map((seq) => (seq === null ? el("span.quiet", {}, " … ") : [eventLink(view, seq), " "]));
}

function place(source) {
  return source ? source.path + ":" + source.line + ":" + source.column : "";
}

function drawFindings(view) {
  const {run} = view, keys = new Map(run.findings.map((finding, index) => [finding.key, index]));
  const children = new Map(), roots = [];
  run.findings.forEach((finding, index) => {
    const under = keys.get(finding.under);
    if (under === undefined || under === index) roots.push(index);
    else children.set(under, [...(children.get(under) || []), index]);
  });
  const drawn = new Set();
  const tree = (index) => {
    if (drawn.has(index)) return null;
    drawn.add(index);
    const below = (children.get(index) || []).map(tree);
    return findingCard(view, run.findings[index], index, below);
  };
  const cards = roots.map(tree);
  run.findings.forEach((_, index) => { if (!drawn.has(index)) cards.push(tree(index)); });
  const none = GOOD.has(run.outcome) ? "Nothing was found wrong" : run.outcome === "running" ? "Nothing found so far" : "No findings";
  const words = run.findings.length ? counted(run.findings.length, "finding") : none;
  sectionOf("findings", heading(words), cards, openEnd(view), notes(view));
}

function findingCard(view, finding, index, below) {
  const times = finding.count > 1 ? el("span.quiet", {}, " × " + finding.count) : null;
  const withdrawn = finding.withdrawn ? el("span.pill", {}, "withdrawn") : null;
  const step = view.run.steps.find((one) => one.outcome === "failed" && one.evidence.some((seq) => finding.evidence.includes(seq)));
  const where = finding.evidence.length ? el("p.evidence", {}, el("span.label", {}, "Events "), eventLinks(view, finding.evidence)) : null;
  const line = step && step.source
    ? el("p.evidence", {}, el("span.label", {}, "Scenario "), el("a", {href: view.anchor("step-" + step.index)}, "step " + step.index), " ", el("code", {}, place(step.source)))
    : null;
  return el("article.finding." + finding.severity + (finding.withdrawn ? ".withdrawn" : ""), {id: view.id("finding-" + (index + 1)), tabindex: "-1"},
    el("h3", {}, severityMark(finding.severity), el("span", {}, finding.title), times),
    el("p.facts", {}, el("code", {}, finding.name), " ", el("span.pill", {}, SURE[finding.certainty]), " ",
      withdrawn, finding.subject ? [" ", el("code.id", {}, finding.subject)] : null,
      view.messages.timed ? [" ", el("span.quiet", {}, "known at " + view.messages.clock(finding.at))] : null),
    finding.message ? el("p.said", {}, finding.message) : null,
    causes(finding.causes.filter((cause) => !EXCLUDED.has(cause.likelihood))),
    finding.fix ? el("div.fix", {}, el("span.label", {}, "What to do"), el("p", {}, finding.fix)) : null,
    where, line, ruledOut(finding, view.run.ruled_out[index]),
    finding.docs ? el("p.evidence", {}, el("span.label", {}, "More "), el("code", {}, finding.docs)) : null,
    below.length ? el("div.below", {}, el("p.label", {}, "Follows from it"), below) : null);
}

function causes(known) {
  if (!known.length) return null;
  return el("div.causes", {}, el("span.label", {}, known.length > 1 ? "Possible causes" : "Cause"),
    el("ol", {}, known.map((cause) => el("li", {}, cause.text,
      cause.likelihood ? el("span.quiet", {}, " (" + cause.likelihood + ")") : null,
      cause.test ? el("div.test", {}, "To tell: " + cause.test) : null))));
}

function ruledOut(finding, words) {
  const causes = finding.causes.filter((cause) => EXCLUDED.has(cause.likelihood)).map((cause) => cause.text + (cause.test ? " (" + cause.test + ")" : ""));
  const all = [...causes, ...words];
  return all.length ? el("div.evidence", {}, el("span.label", {}, "Ruled out"), el("ul", {}, all.map((one) => el("li", {}, one)))) : null;
}

function openEnd(view) {
  const {open} = view.run;
  if (!open.length) return null;
  return el("div.note", {}, el("h3", {}, view.run.outcome === "running" ? "Open now" : "Open at the end"), el("ul", {}, open.map((one) => el("li", {},
    el("code", {}, one.what), one.subject ? [" ", el("code.id", {}, one.subject)] : null, one.event !== null ? [" ", eventLink(view, one.event)] : null,
    view.messages.timed ? ", since " + view.messages.clock(one.since) : "", ", owed by the " + one.owed_by,
    one.awaited ? [": awaited ", el("code", {}, one.awaited)] : null))));
}

function notes(view) {
  const {coverage, notes: said} = view.run, lines = [...said, ...coverage.why];
  if (coverage.unknown) lines.push(counted(coverage.unknown, "message") + " of types that the pack does not know");
  if (coverage.unread) lines.push(counted(coverage.unread, "line") + " not read, the first: " + coverage.first_unread);
  return lines.length ? el("div.note", {}, el("h3", {}, "Notes"), el("ul", {}, lines.map((line) => el("li", {}, line)))) : null;
}

function drawSteps(view) {
  const {steps} = view.run;
  if (!steps.length) return void (byId("steps").hidden = true);
  const failed = steps.filter((step) => step.outcome === "failed").length;
  const marks = {passed: "✓", failed: "✗", skipped: "–"};
  const rows = steps.map((step) => el("li." + step.outcome, {id: view.id("step-" + step.index), tabindex: "-1"},
    el("span.mark." + step.outcome, {title: step.outcome}, marks[step.outcome]),
    el("div", {}, el("div", {}, el("span.quiet", {}, step.index + " "), el("span", {}, step.label), " ", eventLinks(view, step.evidence)),
      step.detail && step.outcome !== "passed" ? el("p.said", {}, step.detail) : null,
      step.outcome !== "passed" && step.source ? el("p.quiet", {}, el("code", {}, place(step.source))) : null),
    step.at !== null && view.messages.timed ? el("span.time", {}, view.messages.clock(step.at)) : null));
  const words = failed ? counted(failed, "step") + " of " + steps.length + " failed" : counted(steps.length, "step") + " of the scenario";
  sectionOf("steps", heading(words), el("ol.steps", {}, rows));
}
