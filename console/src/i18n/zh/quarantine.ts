// Chinese texts of the quarantine page.

import type { quarantine as english } from "../en/quarantine";
import type { TranslationOf } from "../messages";

const STATES: Record<string, string> = { open: "待处理", replayed: "已重放", all: "全部" };

export const quarantine: TranslationOf<typeof english> = {
  title: "被拒数据",
  intro: "上报方发送、但无法作为事件接收的数据行。不会丢失：脱敏后保存，修复原因后可以重放。",
  shown: "显示范围",
  states: (code) => STATES[code] ?? code,
  received: "接收时间",
  emitter: "令牌",
  place: "位置",
  placeOf: (line) => `请求的第 ${line} 行`,
  reason: "原因",
  size: "大小",
  line: "内容",
  show: "查看",
  act: "操作",
  replay: "重放",
  replayOf: (index) => `重放：第 ${index} 条`,
  replayed: "已重放",
  notReplayable: "内容不完整",
  more: "更多",
  emptyTitle: (state) => (state === "open" ? "没有待处理的数据" : "没有内容"),
  emptyText: "收到的每一行都已作为事件接收。",
};
