// What stands where, and what the keys and the address do.

const MANY = 300;
const GOOD = new Set(["passed", "clean"]);
const KEYS = [["j, k", "next, previous event"], ["Enter", "to the chosen event in full, and back"], ["/", "search in events"], ["n, p", "next, previous finding"], ["Esc", "leave, and show all again"], ["?", "this help"]];

let view = null;

// Nothing that was shown to be wrong, or left open, stands under a tick.
const toneOf = (run) => (run.outcome === "running" ? "running" : !GOOD.has(run.outcome) ? "bad" : run.sign === "✓" ? "good" : "doubt");

function drawTop() {
  const {run} = view, many = DATA.runs.length > 1, {ignored, selected, never_begun: unplayed} = DATA.report;
  const figures = [run.pack, run.peer, run.duration ? duration(run.duration) : "", counted(run.events.client, "event") + " sent", counted(run.events.server, "event") + " received",
    run.started ? new Date(run.started).toLocaleString("en", {dateStyle: "medium", timeStyle: "medium", timeZone: "UTC"}) + " UTC" : ""];
  const count = (severity) => run.findings.filter((finding) => finding.severity === severity && !finding.withdrawn).length;
  const found = ["error", "warning", "info"].filter(count).map((severity) => el("a.tally." + severity, {href: "#findings"}, severityMark(severity), counted(count(severity), severity === "info" ? "remark" : severity)));
  const source = run.shown ? run.shown : "";
  byId("top").replaceChildren();
  put(byId("top"), el("p.brand", {}, "rtdebug", el("span.quiet", {}, many ? " · run " + (view.index + 1) + " of " + DATA.runs.length : " report")),
    el("h1", {}, el("span.outcome." + toneOf(run), {title: run.words}, run.sign), el("span", {}, run.name)),
    el("p.verdict", {}, el("b." + toneOf(run), {}, run.words), found),
    el("p.quiet", {}, [...figures.filter(Boolean), run.name.startsWith(source) ? "" : source].filter(Boolean).join(" · ")),
    run.advice ? el("p.advice", {}, run.advice) : null, ignored.length ? el("p.quiet", {}, "Not reported: " + ignored.join(", ")) : null,
    selected.length ? el("p.quiet", {}, "Looked for only: " + selected.join(", ")) : null, unplayed ? el("p.quiet", {}, counted(unplayed, "run") + " never begun") : null);
  document.title = visible(run.sign + " " + run.name + " · rtdebug");
  const titles = {runs: "Runs", findings: "Findings", steps: "Steps", ladder: "Sequence", turns: "Turns", timeline: "Timeline", events: "Events"};
  byId("sections").replaceChildren();
  put(byId("sections"), Object.keys(titles).filter((id) => !byId(id).hidden).map((id) => el("a", {href: "#" + id}, titles[id])), el("button", {type: "button", click: help, "aria-label": "Keys"}, "?"));
}

function drawRuns() {
  if (DATA.runs.length < 2) return;
  // Of very many those that are not good are listed first.
  const listed = DATA.runs.map(({run}, index) => ({run, index})).sort((one, other) => (DATA.runs.length > MANY ? GOOD.has(one.run.outcome) - GOOD.has(other.run.outcome) : 0));
  const rows = listed.slice(0, MANY).map(({run, index}) => el("a.run", {href: "#run-" + (index + 1), "aria-current": String(view && view.index === index)},
    el("span.outcome." + toneOf(run), {title: run.words}, run.sign), el("span.name", {}, run.name),
    el("span.words", {}, reasonOf(run)), el("span.time", {}, run.duration ? duration(run.duration) : "")));
  const bad = DATA.runs.filter(({run}) => !GOOD.has(run.outcome)).length;
  sectionOf("runs", heading(counted(DATA.runs.length, "run"), el("span.quiet", {}, bad ? bad + " not good" : "all good")), el("div.runs", {}, rows),
    listed.length > MANY ? el("p.quiet", {}, "and " + counted(listed.length - MANY, "more run") + ": #run-1 to #run-" + listed.length + " in the address lead to each") : null);
}

function reasonOf(run) {
  const worst = run.findings.find((finding) => !finding.withdrawn && finding.severity !== "info");
  const step = run.steps.find((one) => one.outcome === "failed");
  return worst ? worst.title : step ? "step " + step.index + ": " + step.label : run.words;
}

function showRun(index) {
  if (view && view.index === index) return;
  if (view && view.strip) view.strip.player.stop();
  view = new RunView(index);
  drawRuns();
  view.draw();
  drawTop();
}

// Where the address leads: a section, a run, an event, a finding or a step of one.
function follow() {
  const parts = /^#(?:run-(\d+))?\/?(?:(event|finding|step|turn)-(\d+))?$/.exec(location.hash);
  const bad = Math.max(0, DATA.runs.findIndex(({run}) => !GOOD.has(run.outcome)));
  const number = parts && parts[1] ? Number(parts[1]) - 1 : view ? view.index : bad;
  if (DATA.runs[number]) showRun(number);
  if (!parts) return;
  if (parts[2] === "event") return view.list.go(Number(parts[3]));
  const target = parts[2] && byId(view.id(parts[2] + "-" + parts[3]));
  if (target) {
    target.scrollIntoView({block: "center"});
    target.focus({preventScroll: true});
  } else if (parts[1]) window.scrollTo(0, 0);
}

function help() {
  const dialog = byId("help");
  dialog.replaceChildren();
  put(dialog, el("h2", {}, "Keys"), el("dl", {}, KEYS.map(([key, words]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, words)])), el("button", {type: "button", click: () => dialog.close()}, "Close"));
  dialog.showModal();
}

function nextFinding(step) {
  const all = [...document.querySelectorAll("article.finding")], at = all.indexOf(document.activeElement.closest?.("article.finding"));
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length];
  if (next) { next.scrollIntoView({block: "center"}); next.focus({preventScroll: true}); }
}

function pressed(event) {
  const typing = event.target.matches("input[type=search], select");
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  if (event.key === "Escape" && typing) { view.list.search.value = ""; view.list.filter(); view.list.scroller.focus(); }
  if (typing) return;
  const {list} = view, inList = event.target === list.scroller;
  const acts = {j: () => list.move(1), k: () => list.move(-1), n: () => nextFinding(1), p: () => nextFinding(-1), "?": help,
    "/": () => { byId("events").scrollIntoView(); list.search.focus(); }, Escape: () => list.reset()};
  if (event.key === "Enter" && inList) list.detail.focus();
  else if (event.key === "Enter" && event.target === list.detail) list.scroller.focus();
  else if (acts[event.key] && !(event.key === "Escape" && event.target === (view.strip && view.strip.canvas))) acts[event.key]();
  else return;
  event.preventDefault();
  if (event.key === "j" || event.key === "k") { if (!inList) byId("events").scrollIntoView({block: "nearest"}); list.scroller.focus({preventScroll: true}); }
}

function start() {
  const kind = DATA.live ? "live, from this machine alone" : "one file, nothing is loaded from anywhere";
  put(byId("foot"), ["rtdebug " + DATA.report.rtdebug, kind, "press ? for keys"].join(" · "));
  if (DATA.live) return void listen();
  if (!DATA.runs.length) return void put(byId("top"), el("h1", {}, "Nothing was run"));
  present();
}

function present() {
  follow();
  if (!view) showRun(0);
  const again = () => { if (view.strip) view.strip.draw(); view.list.filter(); };
  window.addEventListener("hashchange", follow);
  window.addEventListener("resize", again);
  window.addEventListener("keydown", pressed);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  window.addEventListener("beforeprint", () => document.querySelectorAll("details.turn").forEach((one, at) => { one.open = at < 40; }));
}

start();
