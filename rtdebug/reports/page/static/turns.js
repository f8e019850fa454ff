// The turns: one row each, with bars of its latencies, opening to its events.

const FEW = 60;

function drawTurns(view) {
  const {turns, timed} = view.messages;
  if (!turns.length) return void (byId("turns").hidden = true);
  const longest = Math.max(0.001, ...turns.map((turn) => spanOf(turn)));
  const list = el("div.turns"), more = el("button", {type: "button", click: () => add()});
  const add = () => {
    const from = list.childElementCount;
    put(list, turns.slice(from, from + FEW).map((turn, at) => turnRow(view, turn, from + at, longest)));
    const left = turns.length - list.childElementCount;
    more.hidden = !left;
    more.textContent = "Show more (" + left + " left)";
  };
  add();
  const key = timed ? keyOf({wait: "asked to created", first: "to the first of it", rest: "to its end"}) : null;
  sectionOf("turns", heading(counted(turns.length, "turn"), key), figures(view), list, more);
}

function spanOf(turn) {
  return turn.last && begin(turn) ? turn.last[1] - begin(turn)[1] : 0;
}

const begin = (turn) => turn.asked || turn.begun;

// Half of the turns were quicker than the first figure, nineteen of twenty than the second.
function figures(view) {
  const {turns, timed} = view.messages;
  const first = turns.filter((turn) => turn.first && begin(turn)).map((turn) => turn.first[1] - begin(turn)[1]).sort((a, b) => a - b);
  if (!timed || first.length < 3) return null;
  const at = (share) => duration(first[Math.min(first.length - 1, Math.floor(first.length * share))]);
  return el("p.quiet", {}, "From being asked to the first of an answer: p50 " + at(0.5) + ", p95 " + at(0.95) + ", at most " + duration(first.at(-1)) + ".");
}

function ending(turn) {
  if (!turn.begun) return ["bad", "never begun"];
  if (turn.how === "completed") return ["good", "completed"];
  if (!turn.end) return ["bad", turn.how || "never ended"];
  return [turn.how === "cancelled" || turn.how === "interrupted" ? "cut" : "bad", turn.how || "ended"];
}

function turnRow(view, turn, index, longest) {
  const [tone, how] = ending(turn), {clock, timed} = view.messages, start = begin(turn);
  const asked = !turn.asked ? "the server began" : turn.asked_by === "client" ? "the client asked" : "speech was heard";
  const figure = (from, to) => (from && to ? duration(to[1] - from[1]) : "–");
  const bar = timed ? bars(turn, longest) : null;
  const made = el("details.turn", {id: view.id("turn-" + (index + 1))},
    el("summary", {}, el("span.number", {}, String(index + 1)), el("span.asked", {}, asked, " ", turn.asked ? eventLink(view, turn.asked[0]) : null),
      el("span.time", {}, start ? clock(start[1]) : ""), bar,
      el("span.figures", {}, timed ? [figure(start, turn.first), el("span.quiet", {}, " / "), figure(start, turn.end)] : ""),
      el("span.pill." + tone, {}, how)),
    el("div.inside"));
  made.addEventListener("toggle", () => { if (made.open) openTurn(view, turn, made.lastElementChild); });
  return made;
}

function bars(turn, longest) {
  const strip = el("span.bars", {"aria-hidden": "true"}), start = begin(turn);
  if (!start) return strip;
  const steps = [["wait", turn.asked && turn.begun ? turn.begun : null], ["first", turn.first], ["rest", turn.end || (turn.first && turn.last)]];
  let from = start[1];
  for (const [kind, moment] of steps) {
    if (!moment) continue;
    const bar = el("i." + kind + (kind === "rest" && !turn.end ? ".unended" : ""));
    bar.style.width = Math.max(0.4, ((moment[1] - from) / longest) * 100) + "%";
    from = moment[1];
    strip.append(bar);
  }
  return strip;
}

function openTurn(view, turn, inside) {
  if (inside.childElementCount) return;
  const {messages} = view, first = messages.numbered.get(begin(turn)?.[0]), last = messages.numbered.get(turn.last?.[0]);
  if (first === undefined || last === undefined) return void put(inside, el("p.quiet", {}, "Its events were not kept."));
  const groups = [];
  for (let index = first; index <= last; index++) {
    const row = messages.rows[index], type = messages.type(row);
    const before = groups.slice(-3).find((group) => group.type === type && group.side === row[SIDE]); // streams come interleaved
    if (before) before.times++;
    else groups.push({type, side: row[SIDE], row, times: 1});
  }
  const lines = groups.slice(0, 100).map(({row, type, times, side}) => el("li", {},
    row[SEQ] !== null ? eventLink(view, row[SEQ]) : el("span"), el("span.time", {}, messages.clock(row[AT])), el("span.arrow", {}, ARROWS[side]),
    el("code", {}, type + (times > 1 ? " × " + times : "")), times > 1 ? null : el("span.words", {}, row[WORDS])));
  const show = el("button", {type: "button", click: () => view.showRange(messages.rows[first][AT], messages.rows[last][AT])}, "Show only these events");
  put(inside, el("ol.lines", {}, lines), groups.length > 100 ? el("p.quiet", {}, "and " + counted(groups.length - 100, "more group")) : null, messages.timed ? show : null);
}
