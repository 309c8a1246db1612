// Toggles in a row, each with a count if there is one.

import type { ReactNode } from "react";
import classes from "./chips.module.css";

export function Chips({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: toggles, not fields of a form
    <div className={classes.chips} role="group" aria-label={label}>
      {children}
    </div>
  );
}

export interface ChipProps {
  isOn: boolean;
  /** As the reader writes it. */
  count?: string | null;
  onToggle: () => void;
  children: ReactNode;
}

export function Chip({ isOn, count = null, onToggle, children }: ChipProps) {
  return (
    <button type="button" className={classes.chip} aria-pressed={isOn} onClick={onToggle}>
      {children}
      {count === null ? null : <span className="figures">{count}</span>}
    </button>
  );
}
