// Chinese texts of the integrity page.

import type { integrity as english } from "../en/integrity";
import type { TranslationOf } from "../messages";

const VERDICTS: Record<string, [string, string]> = {
  signed: ["签名有效", "由此浏览器已知的公钥签名，并在此浏览器中完成校验。"],
  changed: ["公钥已变更", "签名公钥与此浏览器以前见过的不同，请核实轮换原因。"],
  bad: ["签名无效", "签名与公钥不符，请勿相信此服务器显示的内容。"],
  unsupported: ["未在此校验", "当前连接下浏览器无法进行校验。"],
};

export const integrity: TranslationOf<typeof english> = {
  title: "完整性",
  intro: "日志是否完整，以及如何在不信任此服务器、此页面及其所有者的前提下进行核查。",
  checkpoint: "签名检查点",
  checkpointText:
    "日志的名称、大小和根哈希，带有签名。请保存在服务器所有者无法触及的地方：之后的日志如果不是它的延续，就说明被改写或回退过。",
  keep: "保存为文件",
  log: "日志",
  size: "事件数",
  root: "根哈希",
  signature: "签名",
  checking: "正在校验…",
  verdict: (code) => VERDICTS[code]?.[0] ?? code,
  verdictText: (code) => VERDICTS[code]?.[1] ?? "",
  witnesses: "见证方",
  noWitness: "尚无见证签名",
  serverCheck: "服务器自检",
  serverCheckText: "重新读取保存的所有字节，并与哈希核对：每天一次，也可随时发起。",
  checkNow: "立即校验全部",
  running: (done, total) => `进行中：已读取 ${done}，共 ${total}`,
  lastVerdict: "最近结果",
  clean: "未发现问题",
  findings: (count) => `发现 ${count} 处问题`,
  ended: "结束时间",
  checked: "已核对",
  eventsIn: (events, time) => `${events} 条事件，用时 ${time}`,
  firstFinding: "首个问题",
  notYet: "启动以来尚未完成过自检。",
  nowhereElse: "检查点没有发布到其他位置，也没有请求见证方。",
  elsewhere: "外部位置",
  place: "位置",
  follows: "已到",
  age: "落后时间",
  trouble: "故障",
  none: "无",
  growth: "增长",
  growthText: "最近 30 天每天的事件数。",
  dayCount: (date, count) => `${date}：${count}`,
  keys: "验证公钥",
  keysText: "请与通过其他途径得到的公钥核对。随证明一起给出的公钥不能证明任何事情。",
  currentKey: "当前公钥",
  formerKey: "历史公钥",
  offline: "自行离线核查",
  offlineText: "程序不访问任何服务器，只需要来自其他途径的公钥，以及证明文件或数据目录。",
  proofCommand: "单条事件，使用下载的证明",
  folderCommand: "整个日志，对照自己保存的检查点",
};
