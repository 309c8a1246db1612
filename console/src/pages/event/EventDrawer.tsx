// One event beside the rows: its sentence, whether it is proved, and all it says, in four parts.
//
// It is not modal: the rows stay in reach, and j and k go on. Printed, it is a sheet of evidence.

import { Tabs } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconLink, IconPrinter, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { serverUrl } from "../../api/base";
import { useCatalogue } from "../../api/catalogue";
import { type AuditEvent, eventAt } from "../../api/events";
import { outcomeOf } from "../../events/outcome";
import { useLocale, useT } from "../../i18n/locale";
import { logPath } from "../../paths";
import { ErrorState } from "../../shell/ErrorState";
import button from "../../ui/button.module.css";
import { CopyButton } from "../../ui/CopyButton";
import { OutcomeMark } from "../../ui/OutcomeMark";
import { Waiting } from "../../ui/Waiting";
import { Sentence } from "../log/Sentence";
import { Details } from "./Details";
import classes from "./drawer.module.css";
import { PrintFoot } from "./PrintFoot";
import { ProofPart } from "./ProofPart";
import { Related } from "./Related";
import { useVerification } from "./useVerification";
import { VerdictStrip } from "./VerdictStrip";

export interface EventDrawerProps {
  index: number;
  /** The event, where the rows already have it. */
  known: AuditEvent | undefined;
  tab: string;
  onTab: (tab: string) => void;
  onClose: () => void;
  onStep: (by: 1 | -1) => void;
  /** Asks the log something else. */
  onFilter: (filter: string) => void;
}

export function EventDrawer(props: EventDrawerProps) {
  const { index, known, onClose, onStep } = props;
  const t = useT("drawer");
  const { format } = useLocale();
  const { data, error, refetch } = useQuery({
    queryKey: ["event", index],
    queryFn: () => eventAt(index),
    ...(known ? { initialData: known } : {}),
    staleTime: 60_000,
  });
  return (
    <aside className={classes.drawer} aria-label={t.title} data-sheet>
      <header className={`${classes.head} no-print`}>
        <Tool label={t.previous} onClick={() => onStep(-1)}>
          <IconChevronUp size={17} aria-hidden />
        </Tool>
        <Tool label={t.next} onClick={() => onStep(1)}>
          <IconChevronDown size={17} aria-hidden />
        </Tool>
        <span className={`${classes.position} figures`}>{t.position(format.number(index))}</span>
        <CopyButton
          text={() => serverUrl + logPath({ event: index, range: "all" })}
          label={t.copyLink}
          doneLabel={t.copied}
        />
        <Tool label={t.print} onClick={() => window.print()}>
          <IconPrinter size={16} stroke={1.7} aria-hidden />
        </Tool>
        <Tool label={t.close} onClick={onClose}>
          <IconX size={17} aria-hidden />
        </Tool>
      </header>
      {error && !data ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <Body {...props} event={data} />
      ) : (
        <Waiting />
      )}
    </aside>
  );
}

interface ToolProps {
  label: string;
  onClick: () => void;
  /** An icon. */
  children: ReactNode;
}

function Tool({ label, onClick, children }: ToolProps) {
  return (
    <button
      type="button"
      className={`${button.icon} ${classes.tool}`}
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

function Body({ event, tab, onTab, onFilter, index }: EventDrawerProps & { event: AuditEvent }) {
  const t = useT("drawer");
  const { format } = useLocale();
  const catalogue = useCatalogue();
  const verification = useVerification(index, event);
  const outcome = outcomeOf(event);
  const json = JSON.stringify(event, null, 2);
  return (
    <>
      <div className={classes.summary}>
        <h2 className={classes.sentence}>
          <Sentence event={event} />
        </h2>
        <p className={classes.facts}>
          <OutcomeMark outcome={outcome} label={catalogue.value("outcome", outcome)} />
          <time className="figures" dateTime={event.time} title={format.full(event.time)}>
            {format.stamp(event.time)}
          </time>
          <span className="quiet">{format.relative(event.time)}</span>
        </p>
        <VerdictStrip verification={verification} onOpen={() => onTab("proof")} />
      </div>
      <Tabs
        value={tab}
        onChange={(next) => onTab(next ?? "details")}
        keepMounted={false}
        className={classes.tabs}
      >
        <Tabs.List className="no-print">
          <Tabs.Tab value="details">{t.details}</Tabs.Tab>
          <Tabs.Tab value="related">{t.related}</Tabs.Tab>
          <Tabs.Tab value="proof">{t.proof}</Tabs.Tab>
          <Tabs.Tab value="json">{t.json}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="details" className={classes.panel}>
          <Details key={index} event={event} onFilter={onFilter} />
        </Tabs.Panel>
        <Tabs.Panel value="related" className={classes.panel}>
          <Related event={event} />
        </Tabs.Panel>
        <Tabs.Panel value="proof" className={classes.panel}>
          <ProofPart index={index} verification={verification} />
        </Tabs.Panel>
        <Tabs.Panel value="json" className={classes.panel}>
          <div className={classes.jsonTools}>
            <CopyButton text={json} label={t.copy} doneLabel={t.copied} isNamed />
            <span className="quiet">
              <IconLink size={13} aria-hidden />{" "}
              <span className="mono">{`/v1/events/index/${index}`}</span>
            </span>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled by keys */}
          <pre className={classes.json} tabIndex={0}>
            {json}
          </pre>
        </Tabs.Panel>
      </Tabs>
      <PrintFoot event={event} verification={verification} />
    </>
  );
}
