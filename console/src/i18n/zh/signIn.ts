// Chinese texts of signing in.

import type { signIn as english } from "../en/signIn";
import type { TranslationOf } from "../messages";

const PROVIDER: Record<string, string> = {
  denied: "身份提供方拒绝了登录。",
  expired: "等待时间过长，请重试。",
};

export const signIn: TranslationOf<typeof english> = {
  title: "登录",
  intro: "本平台的审计日志。",
  username: "用户名",
  directory: "本系统账号，或企业目录账号",
  password: "密码",
  showPassword: "显示密码",
  otp: "二次验证",
  otpHint: "验证器应用中的六位数字，或恢复码",
  submit: "登录",
  or: "或",
  by: (provider) => `使用 ${provider} 登录`,
  provider: (code) => PROVIDER[code] ?? `身份提供方登录失败（${code}）。`,
  failed: "用户名、密码或二次验证有误，或者该账号不可用。",
  tooMany: "尝试次数过多，请几分钟后再试。",
  openLog: (origin, size) => `${origin} · ${size} 条事件 · 对所有人公开`,
  openLogText:
    "签名检查点：日志的名称、大小和根哈希。请保存一份；之后的日志如果不是它的延续，就说明被改写或回退过。",
  checkpoint: "签名检查点",
  keysText: "验证公钥，当前公钥在前。请与通过其他途径得到的公钥核对。",
  keys: "验证公钥",
};
