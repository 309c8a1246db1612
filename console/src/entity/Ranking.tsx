// Values by how often they occur: name, bar, count; each leads to what is behind it.

import type { ReactNode } from "react";
import { useLocale } from "../i18n/locale";
import { GoLink } from "../shell/GoLink";
import classes from "./ranking.module.css";

export interface Ranked {
  key: string;
  label: ReactNode;
  /** Smaller, behind the name. */
  sub?: ReactNode;
  count: number;
  /** Where the count leads: the audit log. */
  to: string;
  /** Where the name leads, if elsewhere. */
  page?: string | undefined;
  tone?: "failure" | "denied" | undefined;
}

export interface RankingProps {
  label: string;
  rows: Ranked[];
  /** Reads the count's link aloud. */
  sayCount: (count: string) => string;
}

export function Ranking({ label, rows, sayCount }: RankingProps) {
  const { format } = useLocale();
  const most = Math.max(1, ...rows.map((row) => row.count));
  return (
    <ol className={classes.ranking} aria-label={label}>
      {rows.map((row) => (
        <li key={row.key} data-tone={row.tone}>
          <span
            className={classes.bar}
            style={{ width: `${(row.count / most) * 100}%` }}
            aria-hidden
          />
          <span className={classes.name}>
            <GoLink to={row.page ?? row.to}>{row.label}</GoLink>
            {row.sub ? <span className={classes.sub}>{row.sub}</span> : null}
          </span>
          <GoLink
            to={row.to}
            className={`${classes.count} figures`}
            aria-label={sayCount(format.number(row.count))}
          >
            {format.number(row.count)}
          </GoLink>
        </li>
      ))}
    </ol>
  );
}
