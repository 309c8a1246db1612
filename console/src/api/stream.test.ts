// Messages of a stream are taken whole, however the network cuts them.

import { expect, test } from "vitest";
import { takeMessages } from "./stream";

function check(chunks: string[], expected: [string, string, string][]) {
  const seen: [string, string, string][] = [];
  let text = "";
  for (const chunk of chunks) {
    const { messages, rest } = takeMessages(text + chunk);
    text = rest;
    for (const message of messages) seen.push([message.id, message.event, message.data]);
  }
  expect(seen).toEqual(expected);
}

test("messages are parted by empty lines, wherever chunks end", () => {
  const whole = 'event: begin\nid: 4\ndata: {}\n\nid: 5\ndata: {"a":1}\n\n';
  const messages: [string, string, string][] = [
    ["4", "begin", "{}"],
    ["5", "message", '{"a":1}'],
  ];
  check([whole], messages);
  check([...whole], messages);
});

test("comments are passed over, data of several lines is one text", () => {
  check([": alive\n\ndata: a\ndata: b\n\n"], [["", "message", "a\nb"]]);
});

test("a half message waits", () => {
  check(["data: a\n"], []);
});
