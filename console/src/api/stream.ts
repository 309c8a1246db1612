// Server-Sent Events over `fetch`, so that they go the way of every other call.
//
// A connection that breaks is taken up where it was, with growing pauses. Keep-alive comments are
// passed over. The caller's signal ends it.

import { send } from "./client";
import { problemOf } from "./error";

const PAUSE_MS = 500;
const PAUSE_MS_MAX = 15_000;

export interface Message {
  id: string;
  event: string;
  data: string;
}

/** Takes the whole messages off the front of what has come so far. */
export function takeMessages(text: string): { messages: Message[]; rest: string } {
  const parts = text.replaceAll("\r\n", "\n").split("\n\n");
  const rest = parts.pop() ?? "";
  const messages = parts.flatMap((part) => {
    const message: Message = { id: "", event: "message", data: "" };
    let hasData = false;
    for (const line of part.split("\n")) {
      const match = /^(id|event|data): ?(.*)$/.exec(line);
      if (match?.[1] === "id") message.id = match[2] ?? "";
      else if (match?.[1] === "event") message.event = match[2] ?? "";
      else if (match?.[1] === "data") {
        message.data += hasData ? `\n${match[2]}` : (match[2] ?? "");
        hasData = true;
      }
    }
    return hasData ? [message] : [];
  });
  return { messages, rest };
}

export interface StreamHandlers {
  onMessage: (message: Message) => void;
  /** True when connected, false when broken and about to be taken up again. */
  onState: (isConnected: boolean) => void;
}

/**
 * Follows a stream until the signal ends it; throws what the server refuses for good. It begins behind
 * the message of the id `from`; without one, with what is still to come.
 */
export async function follow(
  path: string,
  { onMessage, onState }: StreamHandlers,
  signal: AbortSignal,
  from = "",
): Promise<void> {
  let last = from;
  let pause = PAUSE_MS;
  while (!signal.aborted) {
    try {
      const headers: Record<string, string> = last ? { "last-event-id": last } : {};
      const response = await send(path, { headers, signal });
      if (response.status >= 400 && response.status < 500) {
        const body: unknown = await response.json().catch(() => undefined);
        throw problemOf(response.status, body, response.headers.get("x-request-id"));
      }
      if (response.ok && response.body) {
        onState(true);
        pause = PAUSE_MS;
        await readAll(response.body, (message) => {
          if (message.id) last = message.id;
          onMessage(message);
        });
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Error && "status" in error && Number(error.status) >= 400) {
        if (Number(error.status) < 500) throw error;
      }
    }
    if (signal.aborted) return;
    onState(false);
    await wait(pause, signal);
    pause = Math.min(pause * 2, PAUSE_MS_MAX);
  }
}

async function readAll(body: ReadableStream<Uint8Array>, take: (message: Message) => void) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const { messages, rest } = takeMessages(text + decoder.decode(value, { stream: true }));
    text = rest;
    for (const message of messages) take(message);
  }
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
