// Suggestions know what is typed where the caret stands, in either language and script.

import { expect, test } from "vitest";
import { completed, fieldsLike, typedAt } from "./complete";

const FIELDS = [
  { name: "operation", en: "Operation type", zh: "操作类型", aliases: ["action"] },
  { name: "operator", en: "Operator", zh: "操作人", aliases: ["actor"] },
  { name: "object.name", en: "Object name", zh: "对象名称", aliases: [] },
];

/** `|` is the caret. */
function check(marked: string, expected: string | null) {
  const caret = marked.indexOf("|");
  const typed = typedAt(marked.replace("|", ""), caret, FIELDS);
  const shown =
    typed && `${typed.kind === "value" ? `${typed.field}=` : ""}${typed.prefix}@${typed.start}`;
  expect(shown).toBe(expected);
}

test("what is typed at the caret", () => {
  check("oper|", "oper@0");
  check("operator:zh|", "operator=zh@9");
  check("-operator:|", "operator=@10");
  check("操作人：张|", "operator=张@4");
  check("operator:(a OR b|", "operator=b@15");
  check('object.name:"render f|', "object.name=render f@12");
  check("cuda op| operator:b", "op@5");
  check('"free te|', null);
  check("nofield:x|", null);
});

test("fields are found by any of their names, beginnings first", () => {
  expect(fieldsLike("oper", FIELDS).map((field) => field.name)).toEqual(["operation", "operator"]);
  expect(fieldsLike("操作人", FIELDS).map((field) => field.name)).toEqual(["operator"]);
  expect(fieldsLike("act", FIELDS).map((field) => field.name)).toEqual(["operation", "operator"]);
  expect(fieldsLike("name", FIELDS).map((field) => field.name)).toEqual(["object.name"]);
});

test("a suggestion replaces what was typed, and a blank follows a value at the end", () => {
  const typed = typedAt("x operator:zh", 13, FIELDS);
  if (!typed) throw new Error("nothing typed");
  expect(completed("x operator:zh", typed, "zhang3")).toEqual({
    text: "x operator:zhang3 ",
    caret: 18,
  });
  expect(completed("x operator:zh y", typed, "zhang3").text).toBe("x operator:zhang3 y");
});
