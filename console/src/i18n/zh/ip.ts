// Chinese texts of the address page.

import type { ip as english } from "../en/ip";
import type { TranslationOf } from "../messages";

export const ip: TranslationOf<typeof english> = {
  kind: "源地址",
  figureEvents: "事件",
  figureUsers: "用户",
  figureRefused: "失败或拒绝",
  figureSignIns: "登录失败",
  agents: "客户端",
  unknownTitle: "该地址没有任何操作",
  unknownText: "可见范围内，从未有事件以该地址为来源。",
};
