// Chinese texts of the object page.

import type { object as english } from "../en/object";
import type { TranslationOf } from "../messages";

const STEPS: Record<string, string> = { created: "创建", deleted: "删除" };

const WHY: Record<string, string> = {
  not_done: "操作未成功，没有产生变更。",
  nothing_said: "事件未说明变更内容，无法得知。",
  erased: "变更内容已被清除，无法得知。",
};

const KNOWN: Record<string, string> = {
  exact: "准确变更：以事件记录为准",
  approximate: "近似变更：与此前请求比较得出",
};

export const object: TranslationOf<typeof english> = {
  dossier: "审批档案",
  kindAnd: (type, state) => `${type} · ${state}`,
  alive: "存在",
  gone: "已删除",
  unsure: "日志中没有创建记录",
  created: "创建",
  deleted: "删除",
  by: (name) => `操作人 ${name}`,
  lived: "存续",
  livesFor: "已存续",
  lastTouched: "最近事件",
  figureEvents: "事件",
  figurePeople: "涉及用户",
  life: "生命线",
  lifeSay: (name) => `${name} 的生命线`,
  mark: (kind, time) =>
    `${{ created: "创建", deleted: "删除", renamed: "重命名", changed: "变更" }[kind]} ${time}`,
  column: (count, from) => `${from} 起 ${count} 条事件`,
  names: "曾用名",
  people: "操作过的用户",
  from: "来源地址",
  changes: "变更经过",
  show: "显示",
  showAll: "全部",
  showChanges: "变更",
  showSessions: "会话",
  showRefused: "失败与拒绝",
  wholeLife: "整个生命周期",
  step: (step) => STEPS[step] ?? step,
  renamed: (from, to) => `重命名：${from} → ${to}`,
  related: "关联",
  known: (known) => KNOWN[known] ?? known,
  why: (code) => WHY[code] ?? null,
  noDifference: "与此前没有差异。",
  masked: "（已脱敏，是否变更不可见）",
  cut: "还有更多变更未列出。",
  none: "没有此类事件。",
  unknownTitle: "没有该对象的任何记录",
  unknownText: "可见范围内，没有事件以其为目标或关联对象。",
};
