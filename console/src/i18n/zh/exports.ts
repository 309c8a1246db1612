// Chinese texts of the exports page.

import type { exports as english } from "../en/exports";
import type { TranslationOf } from "../messages";

const FORMATS: Record<string, string> = {
  csv: "CSV（表格）",
  ndjson: "NDJSON（程序）",
  parquet: "Parquet（分析）",
};
const STATES: Record<string, string> = {
  queued: "等待中",
  running: "进行中",
  done: "已完成",
  failed: "失败",
  cancelled: "已取消",
};

export const exports: TranslationOf<typeof english> = {
  title: "导出",
  intro: "把一次查询的完整结果写入文件，以发起时刻为准。导出操作会被记录。",
  fresh: "新的导出",
  begin: "导出",
  begun: "发起时间",
  filter: "过滤条件",
  range: "时间范围",
  badRange: "例如 7d、今天、2026-11-01..2026-11-07",
  everything: "全部事件",
  allTime: "全部时间",
  format: "格式",
  formats: (code) => FORMATS[code] ?? code,
  state: "状态",
  states: (code) => STATES[code] ?? code,
  rows: (number, _count, isLeast) => `将写入${isLeast ? "至少 " : " "}${number} 条事件`,
  counting: "正在统计…",
  rowsOf: (rows, total) => `${rows} / ${total}`,
  size: (rows, bytes) => `${rows} 条事件，${bytes}`,
  act: "操作",
  download: "下载",
  cancel: "取消",
  remove: "删除",
  emptyTitle: "还没有导出",
  emptyText: "文件会在数天后自动删除。",
};
