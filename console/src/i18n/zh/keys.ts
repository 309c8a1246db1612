// Chinese texts of the keyboard help.

import type { keys as english } from "../en/keys";
import type { TranslationOf } from "../messages";

export const keys: TranslationOf<typeof english> = {
  title: "键盘快捷键",
  general: "通用",
  navigation: "前往",
  log: "审计日志",
  event: "事件",
  sessions: "会话",
  approvals: "审批",
  wall: "大屏显示",
  help: "显示本帮助",
  singleKeys: "启用单键快捷键（字母与符号）",
  singleKeysText: "停用后，仍可通过 Ctrl+/ 或账号菜单打开本帮助。",
};
