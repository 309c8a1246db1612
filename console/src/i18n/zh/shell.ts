// Chinese texts of the frame: states, account menu, roles.

import type { shell as english } from "../en/shell";
import type { TranslationOf } from "../messages";

const ROLES: Record<string, string> = {
  viewer: "查看者",
  auditor: "审计员",
  "security-admin": "安全管理员",
  "system-admin": "系统管理员",
  "audit-admin": "审计管理员",
  emitter: "上报方",
};

export const shell: TranslationOf<typeof english> = {
  skip: "跳到内容",
  menu: "菜单",
  collapse: "收起",
  expand: "展开",
  account: "账号",
  language: "语言",
  theme: "主题",
  themeAuto: "跟随系统",
  themeLight: "浅色",
  themeDark: "深色",
  zone: "时区",
  zoneBrowser: "浏览器",
  signOut: "退出登录",
  retry: "重试",
  requestId: "请求编号",
  errorTitle: "操作未成功",
  offlineTitle: "服务器没有响应",
  offlineText: "请检查网络后重试，数据没有丢失。",
  offlineBanner: "网络已断开，页面内容可能不是最新。",
  forbiddenTitle: "当前角色无权查看",
  missingTitle: "这里没有内容",
  missingText: "地址有误，或者所指内容已不存在、不在可见范围内。",
  toLog: "前往审计日志",
  copy: "复制",
  copied: "已复制",
  close: "关闭",
  role: (code) => ROLES[code] ?? code,
};
