// What the navigation offers, and which right each entry needs. No entry, no dead menu.

import type { Icon } from "@tabler/icons-react";
import {
  IconChecklist,
  IconFileExport,
  IconKey,
  IconLayoutDashboard,
  IconListSearch,
  IconMailExclamation,
  IconPlugConnected,
  IconSettings,
  IconShieldCheck,
  IconUsers,
} from "@tabler/icons-react";
import type { Messages } from "../i18n/messages";
import { paths } from "../paths";

export interface NavEntry {
  to: string;
  /** Key of its name in the dictionaries' `nav`. */
  label: keyof Messages["nav"];
  icon: Icon;
  /** Shown only to who has it; null: to everyone signed in. */
  right: string | null;
  /** The second letter of its shortcut: `g l`. */
  key: string;
}

export const NAV: NavEntry[] = [
  { to: paths.log, label: "log", icon: IconListSearch, right: "read-events", key: "l" },
  {
    to: paths.overview,
    label: "overview",
    icon: IconLayoutDashboard,
    right: "read-events",
    key: "o",
  },
  {
    to: paths.sessions,
    label: "sessions",
    icon: IconPlugConnected,
    right: "read-events",
    key: "s",
  },
  {
    to: paths.approvals,
    label: "approvals",
    icon: IconChecklist,
    right: "read-events",
    key: "a",
  },
  { to: paths.exports, label: "exports", icon: IconFileExport, right: "export-events", key: "e" },
  { to: paths.integrity, label: "integrity", icon: IconShieldCheck, right: null, key: "i" },
  {
    to: paths.quarantine,
    label: "quarantine",
    icon: IconMailExclamation,
    right: "read-quarantine",
    key: "q",
  },
  { to: paths.accounts, label: "accounts", icon: IconUsers, right: "read-accounts", key: "c" },
  { to: paths.tokens, label: "tokens", icon: IconKey, right: "read-tokens", key: "t" },
  {
    to: paths.configuration,
    label: "configuration",
    icon: IconSettings,
    right: "read-configuration",
    key: "f",
  },
];
