// Chinese texts that the pages about one thing share.

import type { entity as english } from "../en/entity";
import type { TranslationOf } from "../messages";

export const entity: TranslationOf<typeof english> = {
  inLog: "在审计日志中查看",
  showMore: "显示更多",
  foldSpan: (from, to) => `${from} 至 ${to}`,
  eventsCount: (count) => `审计日志中的 ${count} 条事件`,
  count: (count) => `${count} 条事件`,
  partial: "时限内未能查完全部数据，实际数量不少于所示。",
  operations: "操作类型",
  users: "用户",
  addresses: "源地址",
  objects: "操作对象",
  services: "服务",
  refusals: "失败与拒绝",
  refusalsNone: "没有失败或被拒绝的操作。",
  sessions: "会话",
  sessionsNone: "没有会话。",
  overTime: "事件趋势",
  dragHint: "拖动以放大",
  story: "操作经过",
  storyNone: "该时间范围内没有事件。",
  events: "事件",
  firstSeen: "首次出现",
  lastSeen: "最近出现",
  never: "从未",
  newestFirst: "最新在前",
  oldestFirst: "最早在前",
  order: "排序",
  figures: "概要数字",
  address: "地址",
  ofAll: (share) => `占全部的 ${share}`,
};
