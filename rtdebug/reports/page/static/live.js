// The page while it is still happening: what is new comes over a WebSocket, and is drawn at most
// a few times a second, however much it is.

const NONE = {rows: [], shapes: [], strings: [], turns: [], marks: [], sound: {}, left_out: 0};

function listen() {
  const numbers = new Map(), changed = new Set();
  let due = 0;
  const socket = new WebSocket("ws://" + location.host + "/events" + location.search);
  waitingFor("Waiting for a connection to watch");
  socket.addEventListener("message", (message) => {
    const update = JSON.parse(message.data);
    if (!numbers.has(update.number)) numbers.set(update.number, DATA.runs.push({run: update.run, messages: structuredClone(NONE)}) - 1);
    const index = numbers.get(update.number);
    take(DATA.runs[index], update);
    changed.add(index);
    due ||= setTimeout(() => {
      due = 0;
      refresh(changed);
      changed.clear();
    }, 100);
  });
  socket.addEventListener("close", () => put(byId("foot"), " · the watch is over, and this is all of it"));
}

function waitingFor(words) {
  put(byId("top"), el("p.brand", {}, "rtdebug"), el("h1", {}, words), el("p.quiet", {}, "It is shown here as it comes."));
}

function take(known, update) {
  known.run = update.run;
  for (const name of ["rows", "shapes", "strings", "marks"]) for (const one of update[name]) known.messages[name].push(one);
  for (const name of ["turns", "sound", "left_out"]) known.messages[name] = update[name];
}

function refresh(changed) {
  if (!view) return present();
  drawRuns();
  if (changed.has(view.index)) view.refresh();
}

// Draws anew what has changed, and leaves alone what somebody is looking at.
RunView.prototype.refresh = function () {
  const {list, strip} = this, before = this.run, kept = DATA.runs[this.index].messages;
  const open = [...document.querySelectorAll("details.turn[open]")].map((one) => one.id);
  const atEnd = list.scroller.scrollTop + list.scroller.clientHeight > list.scroller.scrollHeight - 40;
  this.run = DATA.runs[this.index].run;
  this.messages.take(kept, this.run.findings);
  const said = (run) => JSON.stringify([run.findings, run.open, run.outcome]);
  if (said(this.run) !== said(before)) {
    drawFindings(this);
    drawSteps(this);
    drawLadder(this);
    list.learn();
  }
  drawTurns(this);
  for (const id of open) if (byId(id)) byId(id).open = true;
  if (strip) strip.grow();
  else if (this.messages.timed) this.drawStrip();
  list.filter();
  if (atEnd) list.scroller.scrollTop = list.scroller.scrollHeight;
  drawTop();
};
