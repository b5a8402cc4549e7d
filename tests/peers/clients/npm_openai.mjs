// npm openai: the OpenAIRealtimeWS of its client, typed send and on. It speaks wss only.

import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import { INSTRUCTIONS, MODEL, TOOL_DESCRIPTION, TOOL_NAME, TOOL_OUTPUT, TOOL_PARAMETERS } from "./stage.mjs";
import { converse, run } from "./stage.mjs";

const TOOL = { type: "function", name: TOOL_NAME, description: TOOL_DESCRIPTION, parameters: TOOL_PARAMETERS };
const SESSION = {
  type: "realtime",
  instructions: INSTRUCTIONS,
  tools: [TOOL],
  audio: { input: { transcription: { model: "gpt-transcribe" } } },
};

async function hold(url, key, microphone, notes) {
  const line = new OpenAIRealtimeWS({ model: MODEL }, new OpenAI({ baseURL: `${url}/v1`, apiKey: key }));
  listen(line, notes);
  await new Promise((resolve, reject) => {
    line.socket.once("open", resolve);
    line.socket.once("error", reject);
  });
  line.send({ type: "session.update", session: SESSION });
  const speaking = speak(line, microphone);
  try {
    await converse(microphone, notes);
  } finally {
    microphone.close();
    await speaking;
    line.close();
  }
}

async function speak(line, microphone) {
  for await (const chunk of microphone.chunks()) {
    line.send({ type: "input_audio_buffer.append", audio: chunk.toString("base64") });
  }
}

function listen(line, notes) {
  let speakingItemId = null;
  line.on("error", (error) => notes.trouble(error));
  line.on("conversation.item.input_audio_transcription.completed", (event) => notes.userSaid(event.transcript));
  line.on("response.output_audio_transcript.delta", (event) => notes.words(event.delta));
  line.on("response.output_audio.delta", (event) => {
    speakingItemId = event.item_id;
    notes.sound(Buffer.from(event.delta, "base64"));
  });
  line.on("input_audio_buffer.speech_started", () => {
    const reply = notes.replies.at(-1);
    if (speakingItemId === null || reply.over) return;
    const place = { item_id: speakingItemId, content_index: 0, audio_end_ms: reply.playedMs };
    line.send({ type: "conversation.item.truncate", ...place });
  });
  line.on("response.function_call_arguments.done", (event) => {
    notes.called(event.name, event.arguments);
    const item = { type: "function_call_output", call_id: event.call_id, output: TOOL_OUTPUT };
    line.send({ type: "conversation.item.create", item });
  });
  line.on("response.done", ({ response }) => {
    if (response.output.some((item) => item.type === "function_call")) line.send({ type: "response.create" });
    notes.ended(response.status === "cancelled");
  });
}

await run("openai", hold);
