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

/** Goes to a page and waits until it is there. */
export async function visit(page: Page, listed: Listed, language: "en" | "zh"): Promise<void> {
  await page.goto(listed.path);
  const heading = page.getByRole("heading", { name: listed.heading[language] });
  await expect(heading.first()).toBeVisible();
  if (!listed.opens) return;
  await rows(page).first().click();
  await expect(drawer(page)).toContainText(VERIFIED[language]);
}

export const PAGES: Listed[] = [
  { name: "sign-in", path: "/ui/sign-in", person: null, heading: { en: "Sign in", zh: "登录" } },
  {
    name: "log",
    path: "/ui/log",
    person: "auditor",
    heading: { en: "Audit log", zh: "审计日志" },
  },
  {
    name: "event",
    path: `/ui/log?range=30d&q=object%3A${CLUSTER.id}`,
    person: "auditor",
    heading: { en: "Audit log", zh: "审计日志" },
    opens: true,
  },
  {
    name: "overview",
    path: "/ui/overview",
    person: "auditor",
    heading: { en: "Overview", zh: "概览" },
  },
  {
    name: "object",
    path: paths.object(DESKTOP.type, DESKTOP.id),
    person: "auditor",
    heading: { en: DESKTOP.name, zh: DESKTOP.name },
  },
  {
    name: "user",
    path: paths.user(OWL.operator),
    person: "auditor",
    heading: { en: OWL.operator, zh: OWL.operator },
  },
  {
    name: "ip",
    path: paths.ip(RELEASER.source_ip),
    person: "auditor",
    heading: { en: RELEASER.source_ip, zh: RELEASER.source_ip },
  },
  {
    name: "sessions",
    path: "/ui/sessions",
    person: "auditor",
    heading: { en: "Sessions", zh: "会话" },
  },
  {
    name: "approvals",
    path: "/ui/approvals",
    person: "auditor",
    heading: { en: "Approvals", zh: "审批" },
  },
  {
    name: "approval",
    path: paths.approval(APPROVAL.id),
    person: "auditor",
    heading: { en: APPROVAL.name, zh: APPROVAL.name },
  },
  {
    name: "approval-own",
    path: paths.approval(OWN_APPROVAL.id),
    person: "auditor",
    heading: { en: OWN_APPROVAL.name, zh: OWN_APPROVAL.name },
  },
  {
    name: "integrity",
    path: "/ui/integrity",
    person: "auditor",
    heading: { en: "Integrity", zh: "完整性" },
  },
  {
    name: "quarantine",
    path: "/ui/quarantine?state=all",
    person: "keeper",
    heading: { en: "Rejected input", zh: "被拒数据" },
  },
  {
    name: "exports",
    path: "/ui/exports",
    person: "auditor",
    heading: { en: "Exports", zh: "导出" },
  },
  {
    name: "account",
    path: "/ui/account",
    person: "auditor",
    heading: { en: "Account", zh: "我的账号" },
  },
  {
    name: "accounts",
    path: "/ui/admin/accounts",
    person: "admin",
    heading: { en: "Accounts", zh: "账号管理" },
  },
  {
    name: "tokens",
    path: "/ui/admin/tokens",
    person: "admin",
    heading: { en: "Tokens", zh: "令牌管理" },
  },
];
