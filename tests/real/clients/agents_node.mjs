// A turn with the agents library: node agents_node.mjs URL TURN.
import { RealtimeAgent, RealtimeSession, tool as made } from "@openai/agents-realtime";
import { answer, chunks, done, failed, question, tool, turn, url } from "./turns.mjs";

let text = "", sound = 0, called = false;
const get_weather = made({
  ...tool,
  strict: true,
  execute: async (given) => {
    called = true;
    return JSON.stringify(answer(given));
  },
});
const agent = new RealtimeAgent({ name: "A", instructions: "Answer.", tools: [get_weather] });
const session = new RealtimeSession(agent, {
  transport: "websocket",
  config: { outputModalities: [turn === "audio" ? "audio" : "text"] },
});
session.on("audio", (event) => (sound += event.data.byteLength));
session.on("error", failed);
session.transport.on("*", (event) => {
  if (/^response\.output_(text|audio_transcript)\.delta$/.test(event.type)) text += event.delta;
  if (event.type !== "response.done" || (turn === "tool" && text === "")) return;
  done(text, sound, called);
  session.close();
});
await session.connect({ apiKey: "sk-none", url: `${url.replace("http", "ws")}/realtime?model=gpt-realtime` });
if (turn === "audio") {
  for (const chunk of chunks()) {
    session.sendAudio(chunk.buffer.slice(chunk.byteOffset, chunk.byteOffset + chunk.byteLength));
  }
} else {
  session.sendMessage(question);
}
