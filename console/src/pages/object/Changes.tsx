// The events of an object's life with what each changed, and how well that is known.

import { Button } from "@mantine/core";
import { useState } from "react";
import type { AuditEvent } from "../../api/events";
import { Day, Line } from "../../entity/Line";
import story from "../../entity/story.module.css";
import { useT } from "../../i18n/locale";
import caption from "../../ui/caption.module.css";
import { DifferenceTable } from "../../ui/DifferenceTable";
import { Sentence } from "../log/Sentence";
import type { HistoryEvent } from "./history";
import classes from "./object.module.css";

const DIFFERENCES_SHOWN = 6;

export interface ChangesProps {
  events: HistoryEvent[];
  opened: string | undefined;
  onOpen: (index: number) => void;
}

export function Changes({ events, opened, onOpen }: ChangesProps) {
  return (
    <ol className={story.story}>
      {events.map((one, place) => (
        <li key={one.event.index}>
          <Day time={one.event.time} above={events[place - 1]?.event.time} />
          <Entry one={one} opened={opened} onOpen={onOpen} />
        </li>
      ))}
    </ol>
  );
}

interface EntryProps {
  one: HistoryEvent;
  opened: string | undefined;
  onOpen: (index: number) => void;
}

function Entry({ one, opened, onOpen }: EntryProps) {
  const t = useT("object");
  const event = one.event as AuditEvent;
  return (
    <div className={classes.entry} data-step={one.step ?? undefined}>
      <Line event={event} opened={opened} onOpen={onOpen}>
        <span className={classes.what}>
          <Sentence event={event} />
          {one.step ? (
            <span className={classes.badge} data-step={one.step}>
              {t.step(one.step)}
            </span>
          ) : null}
          {one.renamed_from ? (
            <span className={classes.badge} data-step="renamed">
              {t.renamed(one.renamed_from, one.object.name ?? "")}
            </span>
          ) : null}
          {one.part === "related" ? <span className={classes.role}>{t.related}</span> : null}
        </span>
      </Line>
      <Change one={one} />
    </div>
  );
}

function Change({ one: { changed } }: { one: HistoryEvent }) {
  const t = useT("object");
  const words = useT("drawer");
  const [isWhole, setIsWhole] = useState(false);
  const differences = changed.differences ?? [];
  if (changed.known === "unavailable") {
    const why = changed.why ? t.why(changed.why) : null;
    return why ? <p className={classes.why}>{why}</p> : null;
  }
  if (differences.length === 0) return <p className={classes.why}>{t.noDifference}</p>;
  const shown = isWhole ? differences : differences.slice(0, DIFFERENCES_SHOWN);
  return (
    <div className={classes.change}>
      <p className={`${caption.caption} ${classes.known}`} data-known={changed.known}>
        {t.known(changed.known)}
      </p>
      <DifferenceTable
        rows={shown.map((one) => ({
          path: one.path,
          before: one.kind === "masked" ? t.masked : one.before,
          after: one.kind === "masked" ? t.masked : one.after,
        }))}
        labels={{
          field: words.field,
          before: words.before,
          after: words.after,
          none: words.none,
        }}
      />
      {shown.length < differences.length ? (
        <Button variant="subtle" onClick={() => setIsWhole(true)}>
          {words.showAll(differences.length)}
        </Button>
      ) : null}
      {changed.cut && shown.length === differences.length ? (
        <p className={classes.why}>{t.cut}</p>
      ) : null}
    </div>
  );
}
