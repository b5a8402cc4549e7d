// npm @openai/agents-realtime: a RealtimeAgent with a tool in a RealtimeSession over its WebSocket transport.

import { RealtimeAgent, RealtimeSession, tool } from "@openai/agents-realtime";
import { INSTRUCTIONS, MODEL, TOOL_DESCRIPTION, TOOL_NAME, TOOL_OUTPUT, TOOL_PARAMETERS } from "./stage.mjs";
import { converse, run } from "./stage.mjs";

async function hold(url, key, microphone, notes) {
  const setLight = tool({
    name: TOOL_NAME,
    description: TOOL_DESCRIPTION,
    parameters: TOOL_PARAMETERS,
    strict: true,
    execute: async (given) => {
      notes.called(TOOL_NAME, given);
      return TOOL_OUTPUT;
    },
  });
  const agent = new RealtimeAgent({ name: "House", instructions: INSTRUCTIONS, tools: [setLight] });
  const session = new RealtimeSession(agent, {
    transport: "websocket",
    model: MODEL,
    tracingDisabled: true,
    config: {
      audio: {
        input: {
          format: { type: "audio/pcm", rate: 24_000 },
          transcription: { model: "gpt-transcribe" },
          turnDetection: { type: "server_vad", createResponse: true, interruptResponse: true },
        },
        output: { format: { type: "audio/pcm", rate: 24_000 } },
      },
    },
  });
  listen(session, notes);
  await session.connect({ apiKey: key, url: `${url.replace(/^http/, "ws")}/v1/realtime?model=${MODEL}` });
  const speaking = speak(session, microphone);
  try {
    await converse(microphone, notes);
    writeDown(session, notes);
  } finally {
    microphone.close();
    await speaking;
    session.close();
  }
}

async function speak(session, microphone) {
  for await (const chunk of microphone.chunks()) session.sendAudio(new Uint8Array(chunk).buffer);
}

function listen(session, notes) {
  session.on("error", ({ error }) => notes.trouble(error));
  session.on("audio", (event) => notes.sound(Buffer.from(event.data)));
  session.on("audio_interrupted", () => notes.ended(true));
  session.on("audio_stopped", () => notes.ended());
}

/** The words stand in the session's history, which is what its users read. */
function writeDown(session, notes) {
  const text = (item) => item.content.map((part) => part.transcript ?? part.text ?? "").join(" ");
  const messages = session.history.filter((item) => item.type === "message");
  notes.heard.push(...messages.filter((item) => item.role === "user").map(text));
  messages
    .filter((item) => item.role === "assistant")
    .forEach((item, index) => {
      if (notes.replies[index]) notes.replies[index].said = text(item);
    });
}

await run("@openai/agents-realtime", hold);
