// A row of figures that say at a glance how much there is.

import type { ReactNode } from "react";
import { GoLink } from "../shell/GoLink";
import classes from "./figures.module.css";

export interface Figure {
  label: string;
  /** null while it is not known yet. */
  value: ReactNode | null;
  note?: ReactNode;
  /** Where the figure leads. */
  to?: string | undefined;
  tone?: "failure" | "denied" | "success" | undefined;
}

export function Figures({ figures, label }: { figures: Figure[]; label: string }) {
  return (
    <dl className={classes.figures} aria-label={label}>
      {figures.map((figure) => (
        <div key={figure.label} className={classes.figure} data-tone={figure.tone}>
          <dt>{figure.label}</dt>
          <dd>
            <span className={classes.value}>
              {figure.value === null ? (
                "–"
              ) : figure.to ? (
                <GoLink to={figure.to}>{figure.value}</GoLink>
              ) : (
                figure.value
              )}
            </span>
            {figure.note ? <span className={classes.note}>{figure.note}</span> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** How a count stands to that of the period before; nothing where there was none. */
export function change(now: number, before: number, write: (share: number) => string): string {
  if (before === 0) return "";
  const share = now / before - 1;
  return `${share > 0 ? "+" : share < 0 ? "−" : "±"}${write(Math.abs(share))}`;
}
