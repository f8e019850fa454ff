// A text turn with the official library; every event it hears is printed as a line of JSON.
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";

const client = new OpenAI({ apiKey: "sk-planted0123456789", baseURL: process.argv[2] });
const realtime = new OpenAIRealtimeWS({ model: "gpt-realtime" }, client);
realtime.on("event", (event) => console.log(JSON.stringify(event)));
realtime.on("session.created", () => {
  realtime.send({
    type: "conversation.item.create",
    item: { type: "message", role: "user", content: [{ type: "input_text", text: "Hello" }] },
  });
  realtime.send({ type: "response.create" });
});
realtime.on("response.done", () => setTimeout(() => realtime.close(), 100));
realtime.on("error", (error) => { console.error(String(error)); process.exit(1); });
