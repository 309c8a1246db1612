// The way of a case from top to bottom: request, each level with who decided and from where, what
// was done with the data, and the levels that are still to come.

import {
  IconArrowDown,
  IconCheck,
  IconClock,
  IconDownload,
  IconPencil,
  IconPoint,
  IconSend,
  IconShieldCheck,
  IconTrash,
  IconX,
} from "@tabler/icons-react";
import { useCatalogue } from "../../api/catalogue";
import type { AuditEvent } from "../../api/events";
import { outcomeOf } from "../../events/outcome";
import { useLocale, useT } from "../../i18n/locale";
import { paths } from "../../paths";
import { GoLink } from "../../shell/GoLink";
import button from "../../ui/button.module.css";
import links from "../../ui/link.module.css";
import { OutcomeMark } from "../../ui/OutcomeMark";
import { Tag } from "../../ui/Tag";
import { Sentence } from "../log/Sentence";
import type { Decision, Dossier } from "./cases";
import type { Open } from "./DossierPage";
import { EventButtons } from "./EventButtons";
import events from "./events.module.css";
import { PersonOf } from "./PersonOf";
import { type Step, stepsOf } from "./steps";
import classes from "./way.module.css";

const ICONS = {
  request: IconSend,
  waiting: IconClock,
  flow_edit: IconPencil,
  download: IconDownload,
  deletion: IconTrash,
  other: IconPoint,
} as const;

export interface WayProps {
  of: Dossier;
  /** Position of the event in the drawer. */
  opened: string | undefined;
  onOpen: Open;
}

export function Way({ of, opened, onOpen }: WayProps) {
  const t = useT("approvals");
  const { format } = useLocale();
  const causes = new Map(of.events.map((one) => [one.event.index, one.cause]));
  return (
    <ol className={classes.way} aria-label={t.life}>
      {stepsOf(of).map((step) => (
        <li
          key={step.key}
          className={classes.step}
          data-tone={step.tone}
          data-waiting={step.kind === "waiting" || undefined}
        >
          <span className={classes.mark} aria-hidden>
            <MarkOf step={step} />
          </span>
          {step.event ? (
            <Happened
              step={step}
              event={step.event}
              cause={causes.get(step.event.index) ?? null}
              opened={opened}
              onOpen={onOpen}
            />
          ) : (
            <p className={classes.stepTitle}>{t.waiting(format.number(step.level ?? 0))}</p>
          )}
        </li>
      ))}
    </ol>
  );
}

function MarkOf({ step: { kind, decision } }: { step: Step }) {
  const size = 15;
  if (kind !== "decision") {
    const Icon = ICONS[kind];
    return <Icon size={size} stroke={1.9} />;
  }
  if (!decision?.effective) return <IconArrowDown size={size} stroke={1.9} />;
  const Icon = decision.verdict === "approved" ? IconCheck : IconX;
  return <Icon size={size} stroke={2.2} />;
}

interface HappenedProps extends Omit<WayProps, "of"> {
  step: Step;
  event: AuditEvent;
  cause: number | null;
}

function Happened({ step, event, cause, opened, onOpen }: HappenedProps) {
  const t = useT("approvals");
  const { format } = useLocale();
  const catalogue = useCatalogue();
  const { decision } = step;
  const index = event.index ?? 0;
  const outcome = outcomeOf(event);
  const title = decision
    ? t.decision(format.number(decision.level), decision.verdict, decision.effective)
    : (t.step(step.kind) ?? catalogue.operation(event.operation));
  return (
    <div className={classes.happened}>
      <div className={classes.stepHead}>
        <button
          type="button"
          className={classes.stepTitle}
          aria-pressed={opened === String(index)}
          onClick={() => onOpen(index)}
        >
          {title}
        </button>
        {outcome === "success" ? null : (
          <OutcomeMark outcome={outcome} label={catalogue.value("outcome", outcome)} />
        )}
        <time className="figures quiet" dateTime={event.time} title={format.full(event.time)}>
          {format.stamp(event.time)}
        </time>
        <span className={classes.stepTools}>
          <EventButtons events={[index]} onOpen={onOpen} />
          <button
            type="button"
            className={`${button.small} ${events.event} no-print`}
            aria-label={t.proof(format.number(index))}
            title={t.proof(format.number(index))}
            onClick={() => onOpen(index, "proof")}
          >
            <IconShieldCheck size={14} stroke={1.8} aria-hidden />
          </button>
        </span>
      </div>
      {decision ? <Decided decision={decision} /> : <Told event={event} />}
      {cause === null ? null : (
        <p className="quiet">
          {t.cause} <EventButtons events={[cause]} onOpen={onOpen} />
        </p>
      )}
    </div>
  );
}

/** Who decided, from where, what was written, and whether it was the requester. */
function Decided({ decision }: { decision: Decision }) {
  const t = useT("approvals");
  const { by_requester: isOwn } = decision;
  const isBad = isOwn === true && decision.effective && decision.verdict === "approved";
  return (
    <>
      <p className={classes.who}>
        <PersonOf person={decision.by} />
        {decision.source_ip ? (
          <GoLink to={paths.ip(decision.source_ip)} className={`${links.link} figures`}>
            {decision.source_ip}
          </GoLink>
        ) : null}
        <Tag
          kind={isBad ? "bad" : isOwn === false ? "good" : "quiet"}
          icon={isOwn === false ? <IconCheck size={12} stroke={2.2} aria-hidden /> : undefined}
        >
          {isOwn === null ? t.otherUnknown : isOwn ? t.own : t.other}
        </Tag>
      </p>
      {decision.comment ? (
        <blockquote className={classes.comment}>{decision.comment}</blockquote>
      ) : null}
      {decision.level_inferred ? <p className="quiet">{t.levelInferred}</p> : null}
    </>
  );
}

function Told({ event }: { event: AuditEvent }) {
  return (
    <>
      <p className={classes.who}>
        <Sentence event={event} />
      </p>
      {event.reason ? <blockquote className={classes.comment}>{event.reason}</blockquote> : null}
    </>
  );
}
