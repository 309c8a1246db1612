// Chips and text are the same filter: nothing is lost between them, in either script.

import { describe, expect, test } from "vitest";
import {
  comparison,
  excluded,
  included,
  inverted,
  only,
  shutOut,
  toggled,
  withoutTerm,
} from "./edit";
import { joined, narrowed, quoted, terms, unquoted } from "./terms";

function check(filter: string, expected: [string, string, string][]) {
  const seen = terms(filter).map((term) => [
    `${term.isNegated ? "-" : ""}${term.field ?? ""}`,
    term.sign,
    term.value,
  ]);
  expect(seen).toEqual(expected);
}

describe("terms", () => {
  test("fields, signs, negation, quotes and free text are told apart", () => {
    check('service:hpc-clusters -outcome:success duration_ms>=500 "mkfs /dev" cuda', [
      ["service", ":", "hpc-clusters"],
      ["-outcome", ":", "success"],
      ["duration_ms", ">=", "500"],
      ["", "", "mkfs /dev"],
      ["", "", "cuda"],
    ]);
  });

  test("only the first colon parts field and value", () => {
    check("source_ip:2001:db8::1", [["source_ip", ":", "2001:db8::1"]]);
  });

  test("NOT is a negation, AND is nothing, a bracket stays whole", () => {
    check("NOT outcome:success AND operator:(zhang3 OR li4)", [
      ["-outcome", ":", "success"],
      ["operator", ":", "(zhang3 OR li4)"],
    ]);
  });

  test("OR at the top makes the whole filter one term", () => {
    expect(terms("operator:a OR operator:b").map((term) => term.text)).toEqual([
      "operator:a OR operator:b",
    ]);
  });

  test("full-width punctuation reads as ASCII outside quotes and stays inside them", () => {
    check("操作人：zhang3　－操作结果：成功 “a：b”", [
      ["操作人", ":", "zhang3"],
      ["-操作结果", ":", "成功"],
      ["", "", "a：b"],
    ]);
    expect(narrowed("操作时间＞＝now-7d")).toBe("操作时间>=now-7d");
  });

  test("an unfinished quote or bracket is one term to the end", () => {
    expect(terms('a "b c').map((term) => term.text)).toEqual(["a", '"b c']);
    expect(terms("a (b c").map((term) => term.text)).toEqual(["a", "(b c"]);
  });

  test("joining the terms gives the filter back", () => {
    const filter = 'a:1 -b:(c OR "d e") "f g" h>2';
    expect(joined(terms(filter))).toBe(filter);
  });
});

describe("quoting", () => {
  test("has an inverse for every value", () => {
    for (const value of [
      "a",
      "a b",
      'say "hi"',
      "back\\slash",
      "AND",
      "-x",
      "结 果",
      "a*",
      "（x）",
    ]) {
      expect(unquoted(quoted(value))).toBe(value);
      expect(terms(comparison("f", value))[0]?.value).toBe(value);
    }
  });
});

describe("editing", () => {
  test("a second value of a field joins the first, a third click takes it out", () => {
    expect(toggled("x operator:a", "operator", "b")).toBe("x operator:(a OR b)");
    expect(toggled("x operator:(a OR b)", "operator", "a")).toBe("x operator:b");
    expect(toggled("x operator:b", "operator", "b")).toBe("x");
    expect(included('operator:(a OR "b c")', "operator")).toEqual(["a", "b c"]);
  });

  test("including what was shut out removes the exclusion", () => {
    expect(toggled("-operator:a x", "operator", "a")).toBe("x operator:a");
  });

  test("shutting out and letting in again gives the filter back", () => {
    expect(shutOut("x", "outcome", "success")).toBe("x -outcome:success");
    expect(shutOut("x -outcome:success", "outcome", "success")).toBe("x");
    expect(excluded("x -outcome:success", "outcome")).toEqual(["success"]);
  });

  test("only replaces whatever the filter said of the field", () => {
    expect(only("operator:(a OR b) -operator:c y", "operator", "d")).toBe("y operator:d");
  });

  test("fields and values in another language are the same fields and values", () => {
    const names = {
      field: (word: string) => (word === "操作结果" ? "outcome" : word),
      value: (_: string, word: string) => (word === "成功" ? "success" : word),
    };
    expect(included("操作结果：成功", "outcome", names)).toEqual(["success"]);
    expect(toggled("x 操作结果：成功", "outcome", "denied", names)).toBe(
      "x outcome:(success OR denied)",
    );
    expect(shutOut("x -操作结果：成功", "outcome", "success", names)).toBe("x");
    expect(only("操作结果:失败 y", "outcome", "success", names)).toBe("y outcome:success");
  });

  test("a chip is removed and turned round by its place", () => {
    expect(withoutTerm("a b c", 1)).toBe("a c");
    expect(inverted("a outcome:success", 1)).toBe("a -outcome:success");
    expect(inverted("a -outcome:success", 1)).toBe("a outcome:success");
    expect(inverted("NOT a", 0)).toBe("a");
    expect(inverted("a OR b", 0)).toBe("-(a OR b)");
  });
});
