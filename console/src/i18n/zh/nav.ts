// Chinese names of the pages in the navigation.

import type { nav as english } from "../en/nav";
import type { TranslationOf } from "../messages";

export const nav: TranslationOf<typeof english> = {
  log: "审计日志",
  exports: "导出",
  integrity: "完整性",
  quarantine: "被拒数据",
  accounts: "账号管理",
  tokens: "令牌管理",
  overview: "概览",
  sessions: "会话",
  approvals: "审批",
  configuration: "运行配置",
};
