// What the navigation offers, and which right each entry needs. No entry, no dead menu.

import type { Icon } from "@tabler/icons-react";
import { IconListSearch } from "@tabler/icons-react";
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
];
