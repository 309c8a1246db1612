// Chinese texts of the embedded page before it has a token.

import type { embed as english } from "../en/embed";
import type { TranslationOf } from "../messages";

export const embed: TranslationOf<typeof english> = {
  waiting: "正在等待外层页面",
  waitingText: "外层页面交付令牌之后才会显示内容。",
  nobody: "此地址仅供服务器配置中列出的页面以框架方式嵌入。",
};
