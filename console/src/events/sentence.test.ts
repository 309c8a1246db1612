// A sentence says who did what to what, from where and how it ended, in both languages, and never
// claims more than the event does.

import { describe, expect, test } from "vitest";
import { Catalogue, type CatalogueAnswer } from "../api/catalogue";
import type { AuditEvent } from "../api/events";
import { sentenceText } from "./sentence";

const operation = (code: string, english: string, chinese: string) => ({
  code,
  en: english,
  zh: chinese,
  access: "write",
  severity: "high",
  object_type: "",
});

const ANSWER: CatalogueAnswer = {
  fields: [],
  stacks: [],
  services: [
    {
      code: "desktops",
      en: "Desktop service",
      zh: "桌面服务",
      operations: [
        operation("desktop.delete", "Delete desktop", "删除桌面"),
        operation("desktop.power_off", "Power off desktop", "桌面关机"),
        operation("desktop.webrdp.create", "Create desktop WebRDP session", "建立桌面WebRDP会话"),
        operation("group.member", "Add user to group", "将用户加入用户组"),
        operation("user.login", "User login", "用户登录"),
        operation("session.timeout", "Session ended by time-out", "会话超时结束"),
      ],
    },
  ],
};

const EVENT: AuditEvent = {
  time: "2026-11-07T08:30:12Z",
  operator: "zhang3",
  operation: "desktop.delete",
  source_ip: "10.0.0.8",
  object: { type: "desktop", id: "d-42", name: "" },
};

function check(event: Partial<AuditEvent>, english: string, chinese: string) {
  const whole = { ...EVENT, ...event };
  expect(sentenceText(whole, new Catalogue(ANSWER, "en"))).toBe(english);
  expect(sentenceText(whole, new Catalogue(ANSWER, "zh"))).toBe(chinese);
}

describe("the sentence", () => {
  test("of a success", () => {
    check({}, "zhang3 deleted desktop d-42 from 10.0.0.8", "zhang3 从 10.0.0.8 删除桌面 d-42");
  });

  test("of a failure does not claim that it was done", () => {
    check(
      { outcome: "failure", reason: "quota" },
      "zhang3 tried to delete desktop d-42 from 10.0.0.8 — failed: quota",
      "zhang3 从 10.0.0.8 删除桌面 d-42——失败：quota",
    );
  });

  test("of what is still going on", () => {
    check(
      { outcome: "pending", source_ip: null },
      "zhang3 began to delete desktop d-42 — in progress",
      "zhang3 删除桌面 d-42——进行中",
    );
  });

  test("names an object by its name, and the actor only once", () => {
    check(
      {
        operation: "desktop.power_off",
        object: { type: "desktop", id: "d-42", name: "渲染" },
        source_ip: null,
      },
      "zhang3 powered off desktop 渲染",
      "zhang3 桌面关机 渲染",
    );
    check(
      { operation: "user.login", object: { type: "user", id: "u-1", name: "zhang3" } },
      "zhang3 signed in from 10.0.0.8",
      "zhang3 从 10.0.0.8 用户登录",
    );
  });

  test("says what an object is to an operation that is not named after it", () => {
    check(
      { operation: "desktop.webrdp.create", source_ip: null },
      "zhang3 created desktop WebRDP session on d-42",
      "zhang3 建立桌面WebRDP会话 d-42",
    );
    check(
      {
        operation: "group.member",
        object: { type: "user", id: "u-7", name: "li4" },
        source_ip: null,
      },
      "zhang3 added user to group: li4",
      "zhang3 将用户加入用户组 li4",
    );
  });

  test("counts many objects", () => {
    const objects = ["d-1", "d-2", "d-3", "d-4", "d-5"].map((id) => ({ type: "desktop", id }));
    check(
      { objects, source_ip: null },
      "zhang3 deleted desktop d-1, d-2, d-3 and 2 more",
      "zhang3 删除桌面 d-1、d-2、d-3 等 5 个对象",
    );
  });

  test("of an operation without a verb, and of one that no catalogue knows", () => {
    check(
      { operation: "session.timeout", source_ip: null, object: null },
      "zhang3: Session ended by time-out",
      "zhang3 会话超时结束",
    );
    check({ operation: "x.y", source_ip: null }, "zhang3: x.y d-42", "zhang3 x.y d-42");
  });
});
