// An outcome as icon, word and colour; no one of the three is needed to tell it.

import {
  IconBan,
  IconCircleCheck,
  IconCircleHalf2,
  IconCircleX,
  IconHelpCircle,
  IconProgress,
} from "@tabler/icons-react";
import hidden from "./hidden.module.css";
import classes from "./marks.module.css";

const ICONS = {
  success: IconCircleCheck,
  failure: IconCircleX,
  denied: IconBan,
  partial: IconCircleHalf2,
  pending: IconProgress,
  unknown: IconHelpCircle,
};

export interface OutcomeMarkProps {
  outcome: keyof typeof ICONS;
  label: string;
  /** The icon alone; the word is still there for screen readers. */
  isIconOnly?: boolean;
  size?: number;
}

export function OutcomeMark({ outcome, label, isIconOnly = false, size = 15 }: OutcomeMarkProps) {
  const Icon = ICONS[outcome];
  return (
    <span className={classes.outcome} data-outcome={outcome} title={isIconOnly ? label : undefined}>
      <Icon size={size} stroke={1.9} aria-hidden />
      <span className={isIconOnly ? hidden.visually : undefined}>{label}</span>
    </span>
  );
}
