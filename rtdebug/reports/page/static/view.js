// One run, as it is looked at.

class RunView {
  constructor(index) {
    this.index = index;
    this.run = DATA.runs[index].run;
    this.messages = new Messages(DATA.runs[index].messages, this.run.findings);
  }

  // Of one run alone an address is #event-12, of several #run-2/event-12.
  anchor(name) { return "#" + this.id(name); }
  id(name) { return DATA.runs.length > 1 ? "run-" + (this.index + 1) + "/" + name : name; }

  draw() {
    drawFindings(this);
    drawSteps(this);
    drawLadder(this);
    drawTurns(this);
    this.list = new EventList(this);
    this.strip = null;
    if (this.messages.timed) this.drawStrip();
    else byId("timeline").hidden = true;
    sectionOf("events", this.list.section());
    this.list.filter();
    const told = this.messages.numbered.get(this.run.findings[0]?.evidence[0]);
    if (told !== undefined) this.list.choose(told, true);
  }

  drawStrip() {
    this.strip = new Strip(this);
    sectionOf("timeline", this.strip.section());
    this.strip.draw();
  }

  showRange(from, to) {
    const room = Math.max(0.0005, (to - from) / 1000);
    this.strip.choose([Math.max(0, from - room), to + room]);
    byId("events").scrollIntoView();
  }
}
