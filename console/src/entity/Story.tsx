// What happened, told: events as sentences under their days, runs of one kind folded into one line.

import { Button } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useCatalogue } from "../api/catalogue";
import { type AuditEvent, eventsPage, type Question } from "../api/events";
import { outcomeOf } from "../events/outcome";
import { type Run, runsOf } from "../events/runs";
import { useLocale, useT } from "../i18n/locale";
import button from "../ui/button.module.css";
import { OutcomeMark } from "../ui/OutcomeMark";
import { Day, Line, type LineProps } from "./Line";
import classes from "./story.module.css";

const PAGE_EVENTS = 200;

/** The events of a question, page by page. */
export function useStory(question: Question, order: "-time" | "time") {
  const walk = useInfiniteQuery({
    queryKey: ["story", question, order],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => eventsPage(question, order, PAGE_EVENTS, pageParam, signal),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const events = useMemo(
    () => (walk.data?.pages.flatMap((page) => page.events) ?? []) as AuditEvent[],
    [walk.data],
  );
  return { walk, events };
}

export interface StoryProps {
  events: AuditEvent[];
  /** Position of the event in the drawer. */
  opened: string | undefined;
  onOpen: (index: number) => void;
  more?: { isLoading: boolean; onMore: () => void } | undefined;
}

export function Story({ events, opened, onOpen, more }: StoryProps) {
  const t = useT("entity");
  const runs = useMemo(() => runsOf(events), [events]);
  return (
    <>
      <ol className={classes.story}>
        {runs.map((run, place) => (
          <li key={run.first.index}>
            <Day time={run.first.time} above={runs[place - 1]?.first.time} />
            {run.events.length > 1 ? (
              <Folded run={run} opened={opened} onOpen={onOpen} />
            ) : (
              <Line event={run.first} opened={opened} onOpen={onOpen} />
            )}
          </li>
        ))}
      </ol>
      {more ? (
        <p className={`${classes.more} no-print`}>
          <Button variant="default" loading={more.isLoading} onClick={more.onMore}>
            {t.showMore}
          </Button>
        </p>
      ) : null}
    </>
  );
}

function Folded({ run, opened, onOpen }: { run: Run } & Omit<LineProps, "event">) {
  const t = useT("entity");
  const { format } = useLocale();
  const catalogue = useCatalogue();
  const [isOpen, setIsOpen] = useState(false);
  const outcome = outcomeOf(run.first);
  const last = run.events.at(-1) ?? run.first;
  const [from, to] = [run.first.time, last.time].sort();
  return (
    <>
      <button
        type="button"
        className={`${button.row} ${classes.line}`}
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        <time className="figures" dateTime={run.first.time}>
          {format.clock(run.first.time)}
        </time>
        <OutcomeMark outcome={outcome} label={catalogue.value("outcome", outcome)} isIconOnly />
        <span className={classes.fold}>
          <b>{catalogue.operation(run.first.operation)}</b>
          <span className={`${classes.times} figures`}>× {format.number(run.events.length)}</span>
          <span className="quiet figures">
            {t.foldSpan(format.clock(from ?? ""), format.clock(to ?? ""))}
          </span>
          {isOpen ? (
            <IconChevronDown size={14} aria-hidden />
          ) : (
            <IconChevronRight size={14} aria-hidden />
          )}
        </span>
      </button>
      {isOpen ? (
        <div className={classes.unfolded}>
          {run.events.map((event) => (
            <Line key={event.index} event={event} opened={opened} onOpen={onOpen} />
          ))}
        </div>
      ) : null}
    </>
  );
}
