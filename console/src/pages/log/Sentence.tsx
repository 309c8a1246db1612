// An event's sentence with its parts told apart by weight, so that a list is read down its names.

import { useCatalogue } from "../../api/catalogue";
import type { AuditEvent } from "../../api/events";
import { outcomeOf } from "../../events/outcome";
import { sentenceOf } from "../../events/sentence";
import classes from "./log.module.css";

export function Sentence({ event }: { event: AuditEvent }) {
  const catalogue = useCatalogue();
  return (
    <span className={classes.sentence} data-outcome={outcomeOf(event)}>
      {sentenceOf(event, catalogue).map((part, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one sentence never move
        <span key={place} data-part={part.kind}>
          {part.text}
        </span>
      ))}
    </span>
  );
}
