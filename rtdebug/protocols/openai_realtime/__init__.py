"""The grammar of OpenAI Realtime and its dialects: what a session of it is in the midst of."""
