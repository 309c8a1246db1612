// The pages of the console by address, who sees each, and how one knows that it is there.

import { expect, type Page } from "@playwright/test";
import { paths } from "../src/paths";
import type { Person } from "./house";
import { drawer, rows } from "./log";
import { APPROVAL, CLUSTER, DESKTOP, OWL, OWN_APPROVAL, RELEASER } from "./story";

export interface Listed {
  /** A name for files and tests. */
  name: string;
  path: string;
  person: Person | null;
  /** Its heading in each language. */
  heading: Record<"en" | "zh", string>;
  /** With its first event opened. */
  opens?: boolean;
}

/** What the drawer says once it has checked its event. */
const VERIFIED = { en: "Verified in this browser", zh: "已在浏览器中校验通过" } as const;

/** Goes to a page and waits until it is there, with what it asks for. */
export async function visit(page: Page, listed: Listed, language: "en" | "zh"): Promise<void> {
  await page.goto(listed.path);
  const heading = page.getByRole("heading", { name: listed.heading[language] });
  await expect(heading.first()).toBeVisible();
  await expect(page.locator(".mantine-Skeleton-root")).toHaveCount(0);
  if (!listed.opens) return;
  await rows(page).first().click();
  await expect(drawer(page)).toContainText(VERIFIED[language]);
}

const AUDIT_LOG = ["Audit log", "审计日志"] as const;

export const PAGES: Listed[] = [
  listed("sign-in", "/ui/sign-in", null, ["Sign in", "登录"]),
  listed("log", "/ui/log?q=-service%3Aaudit-log", "auditor", AUDIT_LOG),
  { ...listed("event", `/ui/log?q=object%3A${CLUSTER.id}`, "auditor", AUDIT_LOG), opens: true },
  listed("overview", "/ui/overview", "auditor", ["Overview", "概览"]),
  listed("object", paths.object(DESKTOP.type, DESKTOP.id), "auditor", alike(DESKTOP.name)),
  listed("user", paths.user(OWL.operator), "auditor", alike(OWL.operator)),
  listed("ip", paths.ip(RELEASER.source_ip), "auditor", alike(RELEASER.source_ip)),
  listed("sessions", "/ui/sessions", "auditor", ["Sessions", "会话"]),
  listed("approvals", "/ui/approvals", "auditor", ["Approvals", "审批"]),
  listed("approval", paths.approval(APPROVAL.id), "auditor", alike(APPROVAL.name)),
  listed("approval-own", paths.approval(OWN_APPROVAL.id), "auditor", alike(OWN_APPROVAL.name)),
  listed("integrity", "/ui/integrity", "auditor", ["Integrity", "完整性"]),
  listed("quarantine", "/ui/quarantine?state=all", "keeper", ["Rejected input", "被拒数据"]),
  listed("exports", "/ui/exports", "auditor", ["Exports", "导出"]),
  listed("account", "/ui/account", "auditor", ["Account", "我的账号"]),
  listed("accounts", "/ui/admin/accounts", "admin", ["Accounts", "账号管理"]),
  listed("tokens", "/ui/admin/tokens", "admin", ["Tokens", "令牌管理"]),
  listed("configuration", "/ui/admin/configuration", "operator", ["Configuration", "运行配置"]),
  listed("embed", "/embed", null, ["Waiting for the page around", "正在等待外层页面"]),
];

function listed(
  name: string,
  path: string,
  person: Person | null,
  [en, zh]: readonly [string, string],
): Listed {
  return { name, path, person, heading: { en, zh } };
}

/** A name is the same in both languages. */
function alike(name: string): readonly [string, string] {
  return [name, name];
}
