// What every client is to do in a turn, and what proves that it did; see turns.py.
export const [url, turn] = process.argv.slice(2);
export const question = { text: "Hello", audio: "", tool: "What is the weather in Oslo?" }[turn];
export const tool = {
  name: "get_weather",
  description: "Get the weather of a city",
  parameters: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  },
};
export const answer = ({ city }) => ({ city, temp_c: 21 });

export function chunks() {
  const sound = Buffer.alloc(48000 * 1.2);
  for (let n = 0; n < 24000 * 0.6; n++) sound.writeInt16LE(Math.trunc(9000 * Math.sin(n / 19)), 2 * n);
  return Array.from({ length: 12 }, (_, n) => sound.subarray(n * 4800, (n + 1) * 4800));
}

export function done(text, sound, called) {
  console.log(JSON.stringify({ turn, text, sound, called }));
}

export function failed(error) {
  console.error(error?.message ?? JSON.stringify(error));
  process.exit(1);
}
setTimeout(() => failed("no answer came"), 15000).unref();
