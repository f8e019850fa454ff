// The report as it stands in the page, and the messages of a run unpacked as they are looked at.
// A row: number, time, side, type, size, words, and of a body its shape and its values.

const DATA = JSON.parse(byId("data").textContent);
const SEQ = 0, AT = 1, SIDE = 2, TYPE = 3, SIZE = 4, WORDS = 5, SHAPE = 6;

class Messages {
  constructor(kept, findings) {
    this.texts = [];
    this.numbered = new Map();
    this.last = this.counted = 0;
    this.take(kept, findings);
  }

  // What there is, or what there is by now: rows are only added.
  take(kept, findings) {
    Object.assign(this, {rows: kept.rows, shapes: kept.shapes, strings: kept.strings, leftOut: kept.left_out, turns: kept.turns, marks: kept.marks, sound: kept.sound});
    this.clock = clockOf(kept.rows);
    this.timed = this.clock(1) !== "";
    for (; this.counted < kept.rows.length; this.counted++) {
      const row = kept.rows[this.counted];
      this.last = Math.max(this.last, row[AT]);
      if (row[SEQ] !== null) this.numbered.set(row[SEQ], this.counted);
    }
    this.cited = new Map();
    findings.forEach((finding, index) => {
      for (const seq of finding.evidence) {
        if (!this.cited.has(seq)) this.cited.set(seq, []);
        this.cited.get(seq).push(index);
      }
    });
  }

  value(packed) {
    if (!Array.isArray(packed)) return packed;
    return typeof packed[0] === "number" ? this.strings[packed[0]] : new Verbatim(packed[0]);
  }

  type(row) { return this.value(row[TYPE]); }

  body(row) {
    if (row.length <= SHAPE) return undefined;
    const shape = typeof row[SHAPE] === "string" ? JSON.parse(row[SHAPE]) : this.shapes[row[SHAPE]];
    let next = SHAPE + 1;
    const fill = (form) => {
      if (form === 0) return this.value(row[next++]);
      if (form[0] === "a") return form.slice(1).map(fill);
      const members = new Map();
      for (let at = 1; at < form.length; at += 2) members.set(form[at], fill(form[at + 1]));
      return members;
    };
    return fill(shape);
  }

  // All that a search looks at, in small letters.
  text(index) {
    let text = this.texts[index];
    if (text === undefined) {
      const row = this.rows[index], parts = [this.type(row), row[WORDS]];
      for (let at = SHAPE + 1; at < row.length; at++) parts.push(this.value(row[at]));
      text = this.texts[index] = parts.join("\n").toLowerCase();
    }
    return text;
  }
}

// A number as its digits, since JavaScript would round it.
class Verbatim {
  constructor(digits) { this.digits = digits; }
  toString() { return this.digits; }
}
