// A text turn with the agents library; the types of what it hears are printed, a line each.
import { RealtimeAgent, RealtimeSession } from "@openai/agents-realtime";

const agent = new RealtimeAgent({ name: "A", instructions: "Answer." });
const session = new RealtimeSession(agent, { transport: "websocket" });
session.transport.on("*", (event) => {
  console.log(JSON.stringify({ type: event.type }));
  if (event.type === "session.updated" && !session.asked) {
    session.asked = true;
    session.sendMessage("Hello");
  }
  if (event.type === "response.done") setTimeout(() => { session.close(); process.exit(0); }, 100);
});
session.on("error", (error) => { console.error(JSON.stringify(error)); process.exit(1); });
await session.connect({ apiKey: "sk-planted0123456789", url: process.argv[2] });
