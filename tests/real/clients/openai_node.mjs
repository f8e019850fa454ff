// A turn with the official library: node openai_node.mjs URL TURN; with --native by the socket of
// Node itself.
import OpenAI from "openai";
import { answer, chunks, done, failed, question, tool, turn, url } from "./turns.mjs";

const native = process.argv.includes("--native");
const { OpenAIRealtimeWS, OpenAIRealtimeWebSocket } = await import(
  native ? "openai/realtime/websocket" : "openai/realtime/ws"
);
const client = new OpenAI({ apiKey: "sk-none", baseURL: url, dangerouslyAllowBrowser: native });
const realtime = native
  ? new OpenAIRealtimeWebSocket({ model: "gpt-realtime", dangerouslyAllowBrowser: true }, client)
  : new OpenAIRealtimeWS({ model: "gpt-realtime" }, client);
let text = "", sound = 0, called = false;

realtime.on("session.created", () => {
  const output_modalities = [turn === "audio" ? "audio" : "text"];
  const tools = [{ type: "function", ...tool }];
  realtime.send({ type: "session.update", session: { type: "realtime", output_modalities, tools } });
});
realtime.on("session.updated", () => {
  if (turn === "audio") {
    for (const chunk of chunks())
      realtime.send({ type: "input_audio_buffer.append", audio: chunk.toString("base64") });
    return;
  }
  const content = [{ type: "input_text", text: question }];
  realtime.send({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
  realtime.send({ type: "response.create" });
});
realtime.on("response.output_text.delta", (event) => (text += event.delta));
realtime.on("response.output_audio_transcript.delta", (event) => (text += event.delta));
realtime.on("response.output_audio.delta", (event) => (sound += event.delta.length));
realtime.on("response.done", ({ response }) => {
  const call = response.output.find((item) => item.type === "function_call");
  if (call === undefined) {
    done(text, sound, called);
    realtime.close();
    return;
  }
  called = true;
  const output = JSON.stringify(answer(JSON.parse(call.arguments)));
  const item = { type: "function_call_output", call_id: call.call_id, output };
  realtime.send({ type: "conversation.item.create", item });
  realtime.send({ type: "response.create" });
});
realtime.on("error", failed);
