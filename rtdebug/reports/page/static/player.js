// Plays the sound that a page holds: the client on the left, the server on the right.

const PLAYED = 8000, AT_MOST = 600; // samples a second, and seconds at once

class Player {
  constructor(strip) {
    this.strip = strip;
    this.button = el("button", {type: "button", click: () => (this.source ? this.stop() : this.play())}, "Play");
    this.source = null;
  }

  get sides() { return this.strip.waves.filter(([, sound]) => sound.recording); }

  // The samples of both sides between two times.
  buffer(context, from, to) {
    const made = context.createBuffer(2, Math.max(1, Math.ceil((to - from) * PLAYED)), PLAYED);
    for (const [side, {recording}] of this.sides) {
      const samples = made.getChannelData(side === "client" ? 0 : 1);
      for (const [start, text] of recording.stretches) {
        if (start > to) continue;
        const bytes = atob(text), offset = Math.round((start - from) * PLAYED);
        for (let at = Math.max(0, -offset); at < bytes.length && at + offset < samples.length; at++) samples[at + offset] = DECODED[bytes.charCodeAt(at)];
      }
    }
    return made;
  }

  play() {
    const {strip} = this, [from, to] = strip.range || [strip.from, strip.to];
    const context = new AudioContext(), source = context.createBufferSource();
    source.buffer = this.buffer(context, from, Math.min(to, from + AT_MOST));
    source.connect(context.destination);
    source.addEventListener("ended", () => this.stop());
    source.start();
    Object.assign(this, {source, context, from, began: context.currentTime});
    this.button.textContent = "Stop";
    const follow = () => {
      if (this.source !== source) return;
      strip.cursor = from + context.currentTime - this.began;
      strip.draw();
      requestAnimationFrame(follow);
    };
    follow();
  }

  stop() {
    if (!this.source) return;
    const {source, context} = this;
    this.source = null;
    source.stop();
    context.close();
    this.button.textContent = "Play";
    this.strip.cursor = null;
    this.strip.draw();
  }
}

// Mu-law (ITU-T G.711, table 2a) as samples from -1 to 1.
const DECODED = Float32Array.from({length: 256}, (_, byte) => {
  const code = ~byte & 255, size = ((((code & 15) << 3) + 132) << ((code & 112) >> 4)) - 132;
  return (code & 128 ? -size : size) / 32768;
});
