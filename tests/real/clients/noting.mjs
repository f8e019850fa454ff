// Imported first: a line of JSON for every text that a socket of this process sends or receives.
import WebSocket from "ws";

const { send, emit } = WebSocket.prototype;
const note = (line) => console.log(JSON.stringify(line));

WebSocket.prototype.send = function (data, ...more) {
  note({ sent: String(data) });
  return send.call(this, data, ...more);
};
WebSocket.prototype.emit = function (name, ...values) {
  if (name === "message") note({ received: String(values[0]) });
  return emit.call(this, name, ...values);
};
