// The address to return to comes from outside: it must never lead away from this console.

import { expect, test } from "vitest";
import { backTo } from "./back";

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
