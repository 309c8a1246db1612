// In one line: whether the event is proved, and by whom that was checked.

import {
  IconAlertTriangle,
  IconChevronRight,
  IconShieldCheckFilled,
  IconShieldQuestion,
  IconShieldX,
} from "@tabler/icons-react";
import { useLocale, useT } from "../../i18n/locale";
import type { EventVerification } from "./useVerification";
import classes from "./verdict.module.css";

export interface VerdictStripProps {
  verification: EventVerification;
  onOpen: () => void;
}

export function VerdictStrip({ verification, onOpen }: VerdictStripProps) {
  const t = useT("drawer");
  const { format } = useLocale();
  const { result, error, key } = verification;
  const verdict = error ? "unchecked" : (result?.verdict ?? "waiting");
  const size = format.number(Number(result?.checkpoint?.size ?? 0));
  const says = {
    waiting: [t.verifying, ""],
    verified: [t.verified, t.verifiedNote(size)],
    failed: [t.failed, t.failedNote],
    unchecked: [t.unchecked, error ? t.noProof : ""],
  }[verdict];
  const icon = {
    waiting: <IconShieldQuestion size={18} stroke={1.7} aria-hidden />,
    verified: <IconShieldCheckFilled size={18} aria-hidden />,
    failed: <IconShieldX size={18} stroke={1.9} aria-hidden />,
    unchecked: <IconShieldQuestion size={18} stroke={1.7} aria-hidden />,
  }[verdict];
  return (
    <>
      <button type="button" className={classes.verdict} data-verdict={verdict} onClick={onOpen}>
        {icon}
        <span role="status">
          <strong>{says[0]}</strong> {says[1]}
        </span>
        <IconChevronRight size={15} aria-hidden />
      </button>
      {key?.verdict === "changed" ? (
        <button type="button" className={classes.verdict} data-verdict="warned" onClick={onOpen}>
          <IconAlertTriangle size={18} stroke={1.8} aria-hidden />
          <span>{t.keyChanged}</span>
        </button>
      ) : null}
    </>
  );
}
