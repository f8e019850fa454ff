// A text turn with the agents library.
import "./noting.mjs";
import { RealtimeAgent, RealtimeSession } from "@openai/agents-realtime";

const agent = new RealtimeAgent({ name: "A", instructions: "Answer." });
const session = new RealtimeSession(agent, { transport: "websocket" });
let asked = false;
session.transport.on("*", (event) => {
  if (event.type === "session.updated" && !asked) {
    asked = true;
    session.sendMessage("Hello");
  }
  if (event.type === "rate_limits.updated") session.close();
});
session.on("error", (error) => { console.error(JSON.stringify(error)); process.exit(1); });
await session.connect({ apiKey: "sk-planted0123456789", url: process.argv[2] });
