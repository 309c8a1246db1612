// Chinese texts of one's own account.

import type { account as english } from "../en/account";
import type { TranslationOf } from "../messages";

const SOURCES: Record<string, string> = { local: "本服务器", ldap: "企业目录（LDAP）" };

const REFUSALS: Record<string, string> = {
  wrong_proof: "当前密码不正确。",
  weak_password:
    "新密码过于简单：至少 12 个字符，不要使用常见词语、姓名、日期或键盘顺序，也不能与当前密码相同。",
};

export const account: TranslationOf<typeof english> = {
  title: "我的账号",
  intro: "在这里的操作同样会被记录。",
  name: "用户名",
  source: "账号来源",
  sources: (code) => SOURCES[code] ?? code.replace(/^oidc:?/, "OIDC "),
  roles: "角色",
  scope: "可见范围",
  noScope: "全部事件",
  created: "创建时间",
  password: "密码",
  passwordSince: (date) => `设置于 ${date}。`,
  mustChangeTitle: "请设置自己的密码",
  mustChangeText: "当前密码由他人代为设置，只能使用一次。设置自己的密码之前，不显示其他内容。",
  current: "当前密码",
  wanted: "新密码",
  again: "再次输入新密码",
  showPassword: "显示密码",
  different: "两次输入不一致。",
  refusal: (code) => REFUSALS[code] ?? code,
  change: "修改密码",
  changed: "密码已修改，其他浏览器已退出登录。",
  secondFactor: "二次验证",
  secondFactorText: "启用后，登录时除密码外还需要手机应用中的六位数字。",
  on: "已启用",
  off: "未启用",
  setUp: "设置",
  scan: "用验证器应用扫描二维码，或者手动输入下面的密钥，然后填写应用显示的六位数字。",
  qrName: "包含二次验证密钥的二维码",
  secret: "密钥",
  code: "六位数字",
  confirm: "启用",
  codesTitle: "已启用，请保存恢复码。",
  codesText: "每个恢复码可在没有验证器应用时登录一次，仅在此时显示。",
  endText: "停用二次验证前需要确认密码",
  endFactor: "停用",
  sessions: "已登录的位置",
  sessionsText: "发现陌生的登录时，请结束它并修改密码。",
  since: "登录时间",
  lastUsed: "最近使用",
  from: "来源地址",
  browser: "浏览器",
  act: "操作",
  thisOne: "当前会话",
  end: "结束",
};
