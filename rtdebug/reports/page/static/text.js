"use strict";
// Text of a peer becomes text nodes only, and what could reorder or hide it is made visible.

const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\u{e0000}-\u{e0fff}]/gu;

function visible(text) {
  return String(text).replace(UNSAFE, (sign) => {
    const code = sign.codePointAt(0);
    return code < 0x100 ? "\\x" + code.toString(16).padStart(2, "0") : "\\u" + code.toString(16).padStart(4, "0");
  });
}

// An element: its name with classes ("p.quiet"), its attributes, its children. A function is a
// listener, everything else is text or an element.
function el(name, attributes, ...children) {
  const [tag, ...classes] = name.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes || {})) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  put(made, ...children);
  return made;
}

function put(parent, ...children) {
  for (const child of children.flat(4)) {
    if (child === null || child === undefined || child === "" || child === false) continue;
    parent.append(child instanceof Node ? child : visible(child));
  }
  return parent;
}

const byId = (id) => document.getElementById(id);

function counted(number, noun) {
  return number.toLocaleString("en") + " " + noun + (number === 1 ? "" : "s");
}

function duration(seconds) {
  if (seconds < 0.9995) return Math.max(seconds, 0) * 1000 < 10 && seconds > 0 ? (seconds * 1000).toFixed(1) + " ms" : Math.round(Math.max(seconds, 0) * 1000) + " ms";
  if (seconds < 59.95) return seconds.toFixed(1) + " s";
  const whole = Math.round(seconds), hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  return hours ? hours + " h " + minutes + " min" : minutes + " min " + (whole % 60) + " s";
}

// Times of a run: to the millisecond, in whole seconds where the record knows no better, and
// none where it knows nothing.
function clockOf(rows) {
  let last = 0, whole = true;
  for (const row of rows) {
    last = Math.max(last, row[1]);
    if (row[1] !== Math.floor(row[1])) whole = false;
  }
  if (!last) return () => "";
  return (at) => {
    if (at < 60) return at.toFixed(whole ? 0 : 3) + " s";
    const minutes = Math.floor(at / 60), rest = (at - minutes * 60).toFixed(whole ? 0 : 3);
    return minutes + ":" + rest.padStart(whole ? 2 : 6, "0");
  };
}

function size(bytes) {
  if (bytes < 1000) return bytes + " B";
  return bytes < 1e6 ? (bytes / 1000).toFixed(1) + " kB" : (bytes / 1e6).toFixed(1) + " MB";
}

const SIDES = ["server", "client", ""];
const ARROWS = ["←", "→", "·"];
const SEVERITIES = {error: "✗", warning: "!", info: "i"};

function severityMark(severity) {
  return el("span.mark." + severity, {title: severity}, SEVERITIES[severity]);
}

function heading(text, ...more) {
  return el("div.heading", {}, el("h2", {}, text), ...more);
}

// What the colours of a picture mean.
function keyOf(words) {
  return el("p.key", {}, Object.entries(words).map(([kind, said]) => el("span", {}, el("i." + kind), said)));
}

function sectionOf(id, ...children) {
  const section = byId(id);
  section.replaceChildren();
  put(section, ...children);
  section.hidden = !children.length;
  return section;
}
