// One event among those told under their days: a line that opens it beside the page.

import type { ReactNode } from "react";
import { useCatalogue } from "../api/catalogue";
import type { AuditEvent } from "../api/events";
import { outcomeOf } from "../events/outcome";
import { useLocale } from "../i18n/locale";
import { Sentence } from "../pages/log/Sentence";
import button from "../ui/button.module.css";
import { OutcomeMark } from "../ui/OutcomeMark";
import classes from "./story.module.css";

export interface LineProps {
  event: AuditEvent;
  /** Position of the event in the drawer. */
  opened: string | undefined;
  onOpen: (index: number) => void;
  /** In place of the sentence alone. */
  children?: ReactNode;
}

export function Line({ event, opened, onOpen, children }: LineProps) {
  const { format } = useLocale();
  const catalogue = useCatalogue();
  const outcome = outcomeOf(event);
  return (
    <button
      type="button"
      className={`${button.row} ${classes.line}`}
      aria-pressed={opened === String(event.index)}
      onClick={() => event.index != null && onOpen(event.index)}
    >
      <time className="figures" dateTime={event.time} title={format.full(event.time)}>
        {format.clock(event.time)}
      </time>
      <OutcomeMark outcome={outcome} label={catalogue.value("outcome", outcome)} isIconOnly />
      {children ?? <Sentence event={event} />}
    </button>
  );
}

/** The day of an event, where it is another than that of the one above. */
export function Day({ time, above }: { time: string; above: string | undefined }) {
  const { format } = useLocale();
  if (above !== undefined && format.dayStamp(above) === format.dayStamp(time)) return null;
  return (
    <h3 className={classes.day}>
      {format.custom(time, { weekday: "long", day: "numeric", month: "long", year: "numeric" })}
    </h3>
  );
}
