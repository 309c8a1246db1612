// The address to return to comes from outside: it must never lead away from this console.

import { expect, test } from "vitest";
import { backTo, ledTo } from "./back";

test("only pages of this console are led back to", () => {
  const check = (wanted: string | undefined, expected: string, base = "/") =>
    expect(backTo(wanted, base)).toBe(expected);
  check("/ui/user/li4?range=7d", "/ui/user/li4?range=7d");
  check("/audit/ui/user/li4", "/ui/user/li4", "/audit/");
  check("/ui/user/li4", "/ui/user/li4", "/audit/");
  check(undefined, "/");
  check("https://elsewhere.example/ui/log", "/");
  check("//elsewhere.example/ui/log", "/");
  check("/\\elsewhere.example", "/");
  check("javascript:alert(1)", "/");
  check("/ui/sign-in?return=/ui/sign-in", "/");
});

test("a frame is led below the base path, with the columns of its token", () => {
  const check = (wanted: string, expected: string, columns = ["time", "operator"]) =>
    expect(ledTo(wanted, "/audit/", columns)).toBe(expected);
  check("/audit/ui/log?range=30d", "/ui/log?range=30d&columns=time%2Coperator");
  check("/ui/log", "/ui/log?columns=time%2Coperator");
  check("/ui/log?columns=outcome", "/ui/log?columns=outcome");
  check("/ui/log", "/ui/log", []);
  check("/audit/ui/integrity", "/ui/integrity");
  check("https://elsewhere.example/ui/log", "/");
});
