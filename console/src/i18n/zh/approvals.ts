// Chinese texts of the approvals page and of one approval's dossier.

import type { approvals as english } from "../en/approvals";
import type { TranslationOf } from "../messages";

const STATES: Record<string, string> = {
  open: "审批中",
  approved: "已通过",
  rejected: "已拒绝",
  expired: "已过期",
  deleted: "数据已删除",
  refused: "未受理",
};

const FLAGS: Record<string, string> = {
  self_approval: "自己审批",
  same_approver_twice: "同一人多次审批",
  decision_without_request: "无申请的审批",
  approval_after_rejection: "拒绝后又通过",
  level_skipped: "跳级审批",
  fewer_levels_than_policy: "级数少于策略",
  download_before_approval: "未审批先下载",
  download_after_deletion: "删除后下载",
  data_changed_after_request: "数据与申请不符",
  flow_changed_after_request: "流程被修改",
  self_approval_refused: "自己审批被拒",
  deleted_by_person: "人工删除",
};

const FOUND: Record<string, string> = {
  self_approval: "申请人本人参与了审批。",
  same_approver_twice: "同一人审批通过了不止一次。",
  decision_without_request: "审批之前没有提出过申请。",
  approval_after_rejection: "已被拒绝的申请又被审批通过。",
  level_skipped: "上级先于下级审批通过。",
  fewer_levels_than_policy: "审批级数少于当时生效的策略要求。",
  download_before_approval: "全部级别通过之前数据已被下载。",
  download_after_deletion: "数据删除之后仍被下载。",
  data_changed_after_request: "文件清单与申请时不同。",
  flow_changed_after_request: "申请之后审批流程被修改。",
  self_approval_refused: "申请人尝试审批自己的申请，被平台拒绝。",
  deleted_by_person: "数据由人工删除，而非平台自动删除。",
};

const HELD: Record<string, string> = {
  self_approval: "审批人与申请人不是同一人。",
  same_approver_twice: "各级审批人互不相同。",
  decision_without_request: "申请先于所有审批。",
  approval_after_rejection: "拒绝之后无人再审批通过。",
  level_skipped: "各级依次审批。",
  fewer_levels_than_policy: "审批级数符合当时生效的策略。",
  download_before_approval: "全部级别通过之后数据才被下载。",
  download_after_deletion: "删除之后没有下载。",
  data_changed_after_request: "文件清单与申请时一致。",
  flow_changed_after_request: "审批流程与申请时一致。",
  self_approval_refused: "被平台拒绝的审批尝试均非申请人所为。",
  deleted_by_person: "数据由平台自动删除。",
};

const RESULTS: Record<string, string> = {
  found: "发现",
  possible: "可能",
  held: "正常",
  unknown: "无法判断",
  nothing: "无需检查",
};

const LEFT: Record<string, string> = {
  staged: "暂存区，等待审批",
  download_area: "下载区",
  deleted: "无：已删除",
  none: "无：申请未受理",
};

const STEPS: Record<string, string> = {
  request: "发起申请",
  flow_edit: "修改流程",
  download: "下载",
  deletion: "删除",
};

export const approvals: TranslationOf<typeof english> = {
  title: "审批",
  kind: (state) => `审批 · ${state}`,
  state: (code) => STATES[code] ?? code,
  states: "状态",
  stateDeleted: (decision) => `${STATES[decision] ?? decision}，数据已删除`,
  finding: "检查发现",
  findingAll: "全部审批",
  findingAny: "有发现的审批",
  flag: (kind) => FLAGS[kind] ?? kind,
  found: (kind) => FOUND[kind] ?? kind,
  held: (kind) => HELD[kind] ?? kind,
  result: (word) => RESULTS[word] ?? word,
  possibleWhy: "您无权查看的事件可能说明原因。",
  count: (count) => `${count} 个审批`,
  flagged: (count) => `${count} 个有发现`,
  submitted: "申请时间",
  case: "审批",
  requester: "申请人",
  level: "级别",
  levelOf: (level, levels) => `${level} / ${levels} 级`,
  data: "数据",
  files: (count) => `${count} 个文件`,
  decided: "审批完成",
  undecided: "尚未完成",
  after: (duration) => `历时 ${duration}`,
  left: "平台上的数据",
  leftOf: (code) => LEFT[code] ?? code,
  findings: "检查发现",
  findingsNone: "无",
  emptyTitle: "没有审批",
  emptyText: "该时间范围内没有符合条件的申请。",
  emptyWiden: "查看全部时间",
  loadMore: (since) => `已显示 ${since} 以来的审批，查看更早`,
  unknownTitle: "没有该审批的任何记录",
  unknownText: "可见范围内，没有事件以其为目标或关联对象。",
  limited: "您只能看到部分事件。看似有问题之处，可能由未显示的事件说明，因此不作“正常”判断。",
  cut: "事件过多，无法一次列出，最后的事件未显示。",
  life: "从申请到删除",
  step: (kind) => STEPS[kind] ?? null,
  decision: (level, verdict, isEffective) =>
    `第 ${level} 级${verdict === "approved" ? "通过" : "拒绝"}${isEffective ? "" : "：未生效"}`,
  levelInferred: "事件未说明级别，按次序推算。",
  waiting: (level) => `第 ${level} 级尚未审批`,
  other: "不是申请人本人",
  own: "申请人本人",
  otherUnknown: "无法判断是否申请人本人",
  cause: "起因",
  open: (index) => `打开事件 ${index}`,
  proof: (index) => `事件 ${index} 的证明`,
  checks: "检查结果",
  separation: "审批人 ≠ 申请人",
  compared: "比较项：操作人、操作人ID、账号",
  approver: (level) => `第 ${level} 级`,
  nothing: (names) => `无需检查：${names}`,
  evidence: "事件",
  policy: "当时生效的策略",
  policyNone: "申请之前没有策略记录。",
  policyLevels: (count) => `${count} 级`,
  since: (time) => `自 ${time}`,
  manifest: "文件清单 SHA-256",
  downloads: "下载",
  deletions: "删除",
  never: "日志中没有",
  notSaid: "未说明",
  objects: "文件与文件夹",
  print: "打印",
  printFoot: (size, time) =>
    `基于日志前 ${size} 条事件 · 打印时间 ${time} · 每条事件的证明：GET /v1/events/index/N/proof，用 annals verify 校验`,
};
