// A text turn with the official library.
import "./noting.mjs";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";

const client = new OpenAI({ apiKey: "sk-planted0123456789", baseURL: process.argv[2] });
const realtime = new OpenAIRealtimeWS({ model: "gpt-realtime" }, client);
realtime.on("session.created", () => {
  realtime.send({
    type: "conversation.item.create",
    item: { type: "message", role: "user", content: [{ type: "input_text", text: "Hello" }] },
  });
  realtime.send({ type: "response.create" });
});
realtime.on("rate_limits.updated", () => realtime.close());
realtime.on("error", (error) => { console.error(String(error)); process.exit(1); });
