// The navigation at the left edge: pages the person may see, then account, language and theme.

import { Tooltip } from "@mantine/core";
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useT } from "../i18n/locale";
import { recall, remember } from "../kept";
import { AccountMenu } from "./AccountMenu";
import type { NavEntry } from "./nav";
import classes from "./shell.module.css";

const WIDE_KEY = "annals.rail";

export interface RailProps {
  entries: NavEntry[];
  onNavigate?: () => void;
  /** Always with names; for the drawer of narrow screens. */
  isWide?: boolean;
}

export function Rail({ entries, onNavigate, isWide = false }: RailProps) {
  const t = useT("shell");
  const names = useT("nav");
  const [isOpen, setIsOpen] = useState(isWide || recall(WIDE_KEY) !== "narrow");
  const toggle = () => {
    remember(WIDE_KEY, isOpen ? "narrow" : "wide");
    setIsOpen(!isOpen);
  };
  return (
    <nav className={`${classes.rail} no-print`} data-open={isOpen || undefined} aria-label={t.menu}>
      <div className={classes.brand}>
        <Mark />
        {isOpen ? <span className={classes.brandName}>Annals</span> : null}
      </div>
      <ul className={classes.entries}>
        {entries.map((entry) => (
          <li key={entry.to}>
            <Tooltip label={names[entry.label]} position="right" disabled={isOpen}>
              <Link
                to={entry.to}
                className={classes.entry}
                activeProps={{ "data-active": true, "aria-current": "page" }}
                onClick={onNavigate}
                aria-label={isOpen ? undefined : names[entry.label]}
              >
                <entry.icon size={18} stroke={1.6} aria-hidden />
                {isOpen ? <span>{names[entry.label]}</span> : null}
              </Link>
            </Tooltip>
          </li>
        ))}
      </ul>
      <div className={classes.foot}>
        <AccountMenu isOpen={isOpen} />
        {isWide ? null : (
          <button
            type="button"
            className={classes.entry}
            onClick={toggle}
            aria-label={isOpen ? t.collapse : t.expand}
          >
            {isOpen ? (
              <IconLayoutSidebarLeftCollapse size={18} stroke={1.6} aria-hidden />
            ) : (
              <IconLayoutSidebarLeftExpand size={18} stroke={1.6} aria-hidden />
            )}
            {isOpen ? <span>{t.collapse}</span> : null}
          </button>
        )}
      </div>
    </nav>
  );
}

function Mark() {
  return (
    <svg className={classes.mark} viewBox="0 0 32 32" aria-hidden>
      <title>Annals</title>
      <rect width="32" height="32" rx="7" fill="var(--accent)" />
      <path
        d="M8 10h16M8 16h16M8 22h10"
        stroke="var(--on-accent)"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
      <circle cx="23.5" cy="22" r="2.2" fill="#7fd1ae" />
    </svg>
  );
}
