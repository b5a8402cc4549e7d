// What the Node drivers share: a microphone in real time, a loudspeaker that knows what it played, the conversation.
// The same as stage.py, whose first lines tell the arguments and what is printed.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const RATE_HZ = 24_000;
export const MODEL = "gpt-realtime-2.1";
export const INSTRUCTIONS = "You are the voice of a house.";
export const TOOL_NAME = "set_light";
export const TOOL_DESCRIPTION = "Switch a light on or off";
export const TOOL_PARAMETERS = {
  type: "object",
  properties: { name: { type: "string" }, on: { type: "boolean" } },
  required: ["name", "on"],
  additionalProperties: false,
};
export const TOOL_OUTPUT = "The kitchen light is on now.";
const CHUNK_MS = 20;
const CHUNK_BYTES = (RATE_HZ * 2 * CHUNK_MS) / 1000;
const HEARD_BEFORE_INTERRUPTING_MS = 1000;
const PATIENCE_MS = 60_000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

/** Gives a chunk every 20 ms: what was asked to be said, else a quiet room. */
export class Microphone {
  #speech;
  #waiting = Buffer.alloc(0);
  #room;
  #open = true;

  constructor(speech) {
    this.#speech = speech;
    this.#room = readFileSync(join(speech, "room.pcm"));
  }

  say(name) {
    this.#waiting = Buffer.concat([this.#waiting, readFileSync(join(this.#speech, `${name}.pcm`))]);
  }

  close() {
    this.#open = false;
  }

  async *chunks() {
    for (let dueMs = performance.now(); this.#open; dueMs += CHUNK_MS) {
      await pause(dueMs - performance.now());
      const chunk = this.#waiting.subarray(0, CHUNK_BYTES);
      this.#waiting = this.#waiting.subarray(chunk.length);
      yield Buffer.concat([chunk, this.#room.subarray(chunk.length, CHUNK_BYTES)]);
    }
  }
}

/** One spoken reply, as the library handed it over. */
class Reply {
  said = "";
  sound = [];
  beganMs = null;
  interrupted = false;
  over = false;

  get lengthMs() {
    return this.sound.reduce((total, pcm) => total + pcm.length, 0) / 2 / (RATE_HZ / 1000);
  }

  /** How much of it the room heard by now. */
  get playedMs() {
    return this.beganMs === null ? 0 : Math.floor(Math.min(performance.now() - this.beganMs, this.lengthMs));
  }
}

/** What a driver is told by its library, as it happens. */
export class Notes {
  heard = [];
  calls = [];
  replies = [];
  errors = [];
  #waiting = new Set();

  #changed() {
    for (const look of this.#waiting) look();
  }

  userSaid(transcript) {
    this.heard.push(transcript);
    this.#changed();
  }

  called(name, given) {
    this.calls.push({ name, arguments: typeof given === "string" ? JSON.parse(given) : given });
    this.#changed();
  }

  /** The reply that is coming now: a new one once the last is over. */
  current() {
    if (this.replies.length === 0 || this.replies.at(-1).over) this.replies.push(new Reply());
    return this.replies.at(-1);
  }

  sound(pcm) {
    const reply = this.current();
    reply.beganMs ??= performance.now();
    reply.sound.push(pcm);
    this.#changed();
  }

  words(text) {
    this.current().said += text;
  }

  /** The reply that was coming has ended; nothing happens when none was. */
  ended(interrupted = false) {
    const reply = this.replies.at(-1);
    if (reply === undefined || reply.over) return;
    reply.over = true;
    reply.interrupted = interrupted;
    this.#changed();
  }

  trouble(error) {
    this.errors.push(String(error?.stack ?? JSON.stringify(error)));
    this.#changed();
  }

  until(happened, what) {
    return new Promise((resolve, reject) => {
      const end = (settle) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        settle();
      };
      const look = () => {
        if (this.errors.length > 0) end(() => reject(new Error(`${this.errors.at(-1)} came before ${what}`)));
        else if (happened()) end(resolve);
      };
      const late = () => end(() => reject(new Error(`${what} did not happen within ${PATIENCE_MS} ms`)));
      const timer = setTimeout(late, PATIENCE_MS);
      this.#waiting.add(look);
      look();
    });
  }

  async replyPlayed(number) {
    await this.until(() => this.replies[number - 1]?.over, `reply ${number}`);
    const reply = this.replies[number - 1];
    await pause(reply.beganMs + reply.lengthMs - performance.now());
  }
}

/** A spoken turn, a tool call, an interruption, and the turn that interrupted. */
export async function converse(microphone, notes) {
  microphone.say("who");
  await notes.replyPlayed(1);
  microphone.say("light");
  await notes.replyPlayed(2);
  microphone.say("story");
  await notes.until(() => notes.replies.length === 3 && notes.replies[2].beganMs !== null, "the story");
  await pause(HEARD_BEFORE_INTERRUPTING_MS);
  microphone.say("sum");
  await notes.until(() => notes.replies[2].over, "the end of the story");
  await notes.replyPlayed(4);
}

/** driver(url, key, microphone, notes) connects and awaits `converse`. */
export async function run(name, driver) {
  const [url, key, speech, out] = process.argv.slice(2);
  const [microphone, notes] = [new Microphone(speech), new Notes()];
  try {
    await driver(url, key, microphone, notes);
  } catch (error) {
    // It is told in the report, with what happened before it.
    notes.errors.push(String(error.stack));
  }
  const replies = notes.replies.map((reply, index) => {
    const sound = `reply-${index + 1}.pcm`;
    writeFileSync(join(out, sound), Buffer.concat(reply.sound));
    return { said: reply.said, sound, interrupted: reply.interrupted };
  });
  const pins = JSON.parse(readFileSync(new URL("package.json", import.meta.url)));
  const told = { peer: name, version: pins.dependencies[name], heard: notes.heard, calls: notes.calls };
  process.stdout.write(JSON.stringify({ ...told, replies, errors: notes.errors }) + "\n", () => process.exit(0));
}
