// The strip: when which side spoke, what was found, and how loud the audio was. A range of it is
// chosen by dragging or with the arrow keys, and filters the events.

const LANE = 30, WAVE = 56, AXIS = 22, PAD = 6;

class Strip {
  constructor(view) {
    this.view = view;
    this.range = null;
    this.canvas = el("canvas.strip", {tabindex: "0", role: "application", "aria-label": "Timeline: arrow keys move a range, + and - make it smaller and larger, Escape shows all"});
    this.told = el("p.quiet", {"aria-live": "polite"});
    this.said = el("p.quiet");
    this.zoomed = el("button", {type: "button", click: () => this.zoom()}, "Zoom in");
    this.whole = el("button", {type: "button", click: () => this.all()}, "Show all");
    this.player = new Player(this);
    this.cursor = null;
    this.measure();
    this.from = this.start;
    this.to = this.end;
    this.listen();
  }

  measure() {
    const {messages} = this.view, ends = Object.values(messages.sound).map((side) => (side ? side.peaks.length / 2 * side.width : 0));
    this.start = messages.rows.length ? messages.rows[0][AT] : 0;
    this.end = Math.max(messages.last, this.start + 0.001, ...ends);
    this.sides = ["client", "server"].map((side) => [side, this.levels(messages.sound[side])]);
    this.waves = this.sides.filter(([, sound]) => sound);
    this.height = LANE * 2 + AXIS + PAD + this.waves.length * (WAVE + PAD);
    const words = this.waves.map(([side, sound]) => side + " " + duration(sound.seconds) + " of audio, " +
      (sound.peak === null ? "all of it digital silence" : "peak " + sound.peak + " dBFS" + (sound.zero ? ", " + duration(sound.zero) + " digital silence" : "")));
    put((this.said.replaceChildren(), this.said), words.length ? words.join("; ") + ". Audio stands where it would be heard if played as it came." : "",
      this.waves.some(([, sound]) => sound.recording && sound.recording.lost) ? " There was no room for all of the sound." : "");
  }

  // There is more by now; who looks at all of it goes on to.
  grow() {
    const all = this.from === this.start && this.to === this.end;
    this.measure();
    if (all) this.to = this.end;
    this.draw();
  }

  levels(sound) {
    if (!sound) return null;
    const bytes = (hex) => Uint8Array.from({length: hex.length / 2}, (_, at) => parseInt(hex.substr(at * 2, 2), 16));
    return {...sound, peaks: bytes(sound.peaks), means: bytes(sound.means)};
  }

  section() {
    const sound = Object.values(this.view.messages.sound).some(Boolean);
    const key = keyOf({client: "client", server: "server", ...(sound ? {heard: "speech heard by the server", zero: "digital silence"} : {})});
    return [heading("Timeline", key), el("div.stripbox", {}, this.canvas), el("div.row", {}, this.player.button, this.told, this.zoomed, this.whole), this.said];
  }

  x(at) { return ((at - this.from) / (this.to - this.from)) * this.width; }
  at(x) { return this.from + (Math.min(Math.max(x, 0), this.width) / this.width) * (this.to - this.from); }

  draw() {
    const box = this.canvas.parentElement, scale = window.devicePixelRatio || 1;
    this.width = Math.max(200, box.clientWidth);
    this.canvas.width = this.width * scale;
    this.canvas.height = this.height * scale;
    this.canvas.style.height = this.height + "px";
    const paint = this.canvas.getContext("2d"), style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue("--" + name).trim();
    paint.scale(scale, scale);
    paint.clearRect(0, 0, this.width, this.height);
    paint.font = "11px system-ui, sans-serif";
    this.drawDensity(paint, color);
    this.drawFound(paint, color);
    let top = LANE * 2 + PAD;
    for (const [side, sound] of this.waves) {
      this.drawWave(paint, color, side, sound, top);
      top += WAVE + PAD;
    }
    this.drawAxis(paint, color, top);
    this.drawRange(paint, color);
    if (this.cursor !== null) {
      paint.fillStyle = color("text");
      paint.fillRect(this.x(this.cursor), 0, 1, this.height - AXIS);
    }
    this.tell();
  }

  drawDensity(paint, color) {
    const bins = Math.ceil(this.width / 3), counts = [new Uint32Array(bins), new Uint32Array(bins)];
    for (const row of this.view.messages.rows) {
      if (row[SIDE] > 1 || row[AT] < this.from || row[AT] > this.to) continue;
      counts[row[SIDE]][Math.min(bins - 1, Math.floor(this.x(row[AT]) / 3))]++;
    }
    for (const side of [0, 1]) {
      const most = Math.log1p(Math.max(1, ...counts[side]));
      paint.fillStyle = color(SIDES[side]);
      counts[side].forEach((count, bin) => {
        if (!count) return;
        const tall = Math.max(3, (Math.log1p(count) / most) * (LANE - 5));
        paint.fillRect(bin * 3, side ? LANE - 1 - tall : LANE + 1, 2, tall);
      });
    }
    paint.fillStyle = color("line");
    paint.fillRect(0, LANE, this.width, 1);
  }

  drawFound(paint, color) {
    for (const finding of this.view.run.findings) {
      if (finding.withdrawn || finding.at < this.from || finding.at > this.to) continue;
      const x = Math.min(this.x(finding.at), this.width - 2);
      paint.fillStyle = color(finding.severity);
      paint.fillRect(x - 1, 0, 2, LANE * 2);
      paint.beginPath();
      paint.arc(x, 4, 4, 0, 7);
      paint.fill();
    }
  }

  drawWave(paint, color, side, sound, top) {
    const middle = top + WAVE / 2, step = (this.to - this.from) / this.width;
    paint.fillStyle = color("wave");
    paint.fillRect(0, top, this.width, WAVE);
    if (side === "client") this.drawHeard(paint, color, top);
    for (let x = 0; x < this.width; x++) {
      const first = Math.floor((this.from + x * step) / sound.width), last = Math.max(first + 1, Math.floor((this.from + (x + 1) * step) / sound.width));
      let peak = 0, mean = 0, zero = false;
      for (let at = first; at < last && at < sound.peaks.length; at++) {
        peak = Math.max(peak, sound.peaks[at]);
        mean = Math.max(mean, sound.means[at]);
        zero ||= sound.peaks[at] === 1;
      }
      if (peak > 1) {
        for (const [level, alpha] of [[peak, 0.35], [mean, 1]]) {
          const tall = Math.max(1, amplitude(level) * (WAVE - 4));
          paint.globalAlpha = alpha;
          paint.fillStyle = color(side);
          paint.fillRect(x, middle - tall / 2, 1, tall);
        }
        paint.globalAlpha = 1;
      } else if (zero) {
        paint.fillStyle = color("error");
        paint.fillRect(x, middle - 1, 1, 2);
      }
    }
    paint.fillStyle = color("quiet");
    paint.fillText(side, 5, top + 13);
  }

  drawHeard(paint, color, top) {
    let began = null;
    paint.fillStyle = color("heard");
    const band = (from, to) => paint.fillRect(this.x(from), top, Math.max(2, this.x(to) - this.x(from)), WAVE);
    for (const [, at, kind] of this.view.messages.marks) {
      if (kind === "speech.started") began = at;
      if (kind === "speech.stopped" && began !== null) { band(began, at); began = null; }
    }
    if (began !== null) band(began, this.end);
    paint.fillStyle = color("accent");
    for (const [, at, kind] of this.view.messages.marks) if (kind === "audio.committed") paint.fillRect(this.x(at), top, 1, WAVE);
  }

  drawAxis(paint, color, top) {
    const span = this.to - this.from, about = span / Math.max(2, this.width / 110);
    const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600, 7200, 21600, 86400].find((one) => one >= about) || about;
    paint.fillStyle = color("quiet");
    for (let at = Math.ceil(this.from / step) * step; at <= this.to; at += step) {
      const x = this.x(at), label = step < 1 ? at.toFixed(2) + " s" : at < 60 && this.to < 90 ? Math.round(at) + " s" : Math.floor(at / 60) + ":" + String(Math.round(at % 60)).padStart(2, "0");
      paint.fillRect(x, top, 1, 4);
      if (x < this.width - 28) paint.fillText(label, x + 3, top + 12);
    }
  }

  drawRange(paint, color) {
    if (!this.range) return;
    const [from, to] = this.range.map((at) => Math.min(Math.max(this.x(at), 0), this.width));
    paint.fillStyle = color("shade");
    paint.fillRect(0, 0, from, this.height - AXIS);
    paint.fillRect(to, 0, this.width - to, this.height - AXIS);
    paint.fillStyle = color("accent");
    paint.fillRect(from, 0, 2, this.height - AXIS);
    paint.fillRect(to - 2, 0, 2, this.height - AXIS);
  }

  tell() {
    const {clock} = this.view.messages;
    put((this.told.replaceChildren(), this.told), this.range ? "Only " + clock(this.range[0]) + " to " + clock(this.range[1]) + "." : "Drag over the strip, or use the arrow keys on it, to look at a part.");
    this.player.button.hidden = !this.player.sides.length;
    this.zoomed.hidden = !this.range || (this.range[0] === this.from && this.range[1] === this.to);
    this.whole.hidden = !this.range && this.from === this.start && this.to === this.end;
  }

  choose(range) {
    this.range = range;
    this.draw();
    this.view.list.filter();
  }

  zoom() {
    [this.from, this.to] = this.range;
    this.draw();
    this.canvas.focus();
  }

  all() {
    this.from = this.start;
    this.to = this.end;
    this.choose(null);
  }

  listen() {
    let start = null;
    const at = (event) => this.at(event.clientX - this.canvas.getBoundingClientRect().left);
    this.canvas.addEventListener("pointerdown", (event) => { start = event.clientX; this.canvas.setPointerCapture(event.pointerId); });
    this.canvas.addEventListener("pointermove", (event) => {
      if (start === null || Math.abs(event.clientX - start) < 4) return;
      const from = this.at(start - this.canvas.getBoundingClientRect().left);
      this.range = [Math.min(from, at(event)), Math.max(from, at(event))];
      this.draw();
    });
    this.canvas.addEventListener("pointerup", (event) => {
      if (start !== null && Math.abs(event.clientX - start) < 4) this.view.list.goToTime(at(event));
      else if (start !== null) this.view.list.filter();
      start = null;
    });
    this.canvas.addEventListener("keydown", (event) => {
      const [from, to] = this.range || [this.from, this.to], span = to - from;
      const ranges = {ArrowLeft: [from - span / 4, to - span / 4], ArrowRight: [from + span / 4, to + span / 4],
        "+": [from + span / 4, to - span / 4], "=": [from + span / 4, to - span / 4], "-": [from - span / 2, to + span / 2]};
      if (event.key === "Escape") this.all();
      else if (ranges[event.key]) {
        const [left, right] = ranges[event.key];
        this.choose(left <= this.start && right >= this.end ? null : [Math.max(this.start, left), Math.min(this.end, right)]);
      } else return;
      event.preventDefault();
    });
  }
}

const amplitude = (level) => Math.pow(10, ((level - 2) / 3 - 84) / 20) ** 0.6;
