// Chinese texts of the sessions page, and of sessions anywhere.

import type { sessions as english } from "../en/sessions";
import type { TranslationOf } from "../messages";

const KINDS: Record<string, string> = {
  webssh: "WebSSH",
  webvnc: "WebVNC",
  webrdp: "WebRDP",
  login: "登录",
};

const CAUSES: Record<string, string> = {
  user: "用户主动断开",
  admin: "管理员强制断开",
  timeout: "超时断开",
  network: "网络中断",
  release: "资源释放断开",
  system: "平台断开",
};

const SHORT: Record<string, string> = {
  user: "主动断开",
  admin: "管理员断开",
  timeout: "超时",
  network: "网络中断",
  release: "资源释放",
  system: "平台断开",
};

export const sessions: TranslationOf<typeof english> = {
  title: "会话",
  all: "全部会话",
  kind: (code) => KINDS[code] ?? code,
  kinds: "会话类型",
  cause: (code, by) => (CAUSES[code] ?? code) + (by ? `（${by}）` : ""),
  causeShort: (code) => SHORT[code] ?? code,
  inferred: "（据操作推断）",
  stillOpen: "进行中",
  superseded: "被后续会话取代",
  endUnknown: "结束情况未知",
  legend: "图例",
  nobody: "未记名",
  filter: "筛选",
  filterHint: "操作人:zhang3，对象:d-42，源IP:10.0.0.0/8",
  state: "状态",
  stateAny: "全部",
  stateOpen: "进行中",
  stateEnded: "已结束",
  lanes: "分行依据",
  laneUser: "用户",
  laneObject: "对象",
  laneKind: "类型",
  layout: "布局",
  asLanes: "时间轴",
  asList: "列表",
  ends: "结束方式",
  count: (count) => `${count} 个会话`,
  openCount: (count) => `${count} 个进行中`,
  median: (duration) => `半数超过 ${duration}`,
  loadMore: (since) => `已显示 ${since} 以来的会话，显示更早`,
  began: "开始时间",
  user: "用户",
  session: "会话",
  object: "目标",
  address: "来源",
  lasted: "时长",
  ended: "结束方式",
  emptyTitle: "没有会话",
  emptyText: "该时间范围内没有发起这些类型的会话。",
  emptyWiden: "查看最近 30 天",
};
