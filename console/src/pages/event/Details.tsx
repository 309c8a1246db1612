// What an event says, ordered by the questions people have: who, what, where, when, how it ended.

import { IconTimeline, IconUserSearch, IconWorldSearch } from "@tabler/icons-react";
import { useCatalogue } from "../../api/catalogue";
import type { AuditEvent } from "../../api/events";
import { comparison } from "../../ask/edit";
import { differencesOf } from "../../events/difference";
import { outcomeOf } from "../../events/outcome";
import { useLocale, useT } from "../../i18n/locale";
import { paths } from "../../paths";
import { DifferenceTable } from "../../ui/DifferenceTable";
import { OutcomeMark } from "../../ui/OutcomeMark";
import { DataPart } from "./DataPart";
import { Fact, FactLink, Facts } from "./Facts";
import { Masked } from "./Masked";
import { Objects } from "./Objects";
import { Section } from "./Section";
import classes from "./section.module.css";

export interface DetailsProps {
  event: AuditEvent;
  onFilter: (filter: string) => void;
}

export function Details({ event, onFilter }: DetailsProps) {
  const t = useT("drawer");
  const { format } = useLocale();
  const catalogue = useCatalogue();
  const outcome = outcomeOf(event);
  const fact = (field: string, value: unknown, shown?: string) => (
    <Fact
      name={catalogue.field(field)}
      value={value}
      shown={shown}
      filter={typeof value === "string" ? comparison(field, value) : undefined}
      onFilter={onFilter}
    />
  );
  return (
    <>
      <Masked event={event} />
      <Facts title={t.who}>
        <Fact
          name={catalogue.field("operator")}
          value={event.operator}
          shown={
            event.operator_name ? `${event.operator} (${event.operator_name})` : event.operator
          }
          filter={comparison("operator", event.operator)}
          onFilter={onFilter}
          isStrong
        >
          <FactLink to={paths.user(event.operator)} label={t.toUser(event.operator)}>
            <IconUserSearch size={15} stroke={1.7} aria-hidden />
          </FactLink>
        </Fact>
        {event.username !== event.operator ? fact("username", event.username) : null}
        {fact("user_type", event.user_type, catalogue.value("user_type", event.user_type ?? ""))}
        <Fact
          name={catalogue.field("source_ip")}
          value={event.source_ip}
          shown={event.source_port ? `${event.source_ip} : ${event.source_port}` : undefined}
          filter={event.source_ip ? comparison("source_ip", event.source_ip) : undefined}
          onFilter={onFilter}
          isMono
        >
          {event.source_ip ? (
            <FactLink to={paths.ip(event.source_ip)} label={t.toIp(event.source_ip)}>
              <IconWorldSearch size={15} stroke={1.7} aria-hidden />
            </FactLink>
          ) : null}
        </Fact>
        {fact("auth_method", event.auth_method)}
        <Fact name={catalogue.field("user_agent")} value={event.user_agent} />
      </Facts>
      <Facts title={t.what}>
        <Fact
          name={catalogue.field("operation")}
          value={event.operation}
          shown={catalogue.operation(event.operation)}
          code={event.operation}
          filter={comparison("operation", event.operation)}
          onFilter={onFilter}
          isStrong
        />
        {fact("service", event.service, catalogue.service(event.service ?? ""))}
        <Objects
          event={event}
          onFilter={onFilter}
          icon={<IconTimeline size={15} stroke={1.7} aria-hidden />}
        />
      </Facts>
      <Facts title={t.how}>
        <Fact name={t.outcome} value={outcome}>
          <OutcomeMark outcome={outcome} label={catalogue.value("outcome", outcome)} />
        </Fact>
        <Fact name={catalogue.field("reason")} value={event.reason} />
        <Fact
          name={t.duration}
          value={event.duration_ms}
          shown={event.duration_ms == null ? undefined : format.duration(event.duration_ms)}
        />
      </Facts>
      <Facts title={t.where}>
        {fact("region", event.region)}
        {fact(
          "stack_id",
          event.stack_id,
          stackName(event.stack_id ?? "", catalogue.stack(event.stack_id ?? "")),
        )}
      </Facts>
      <Facts title={t.when}>
        <Fact
          name={catalogue.field("time")}
          value={event.time}
          shown={precise(event.time, format)}
        />
        <Fact
          name={t.received}
          value={event.received_time}
          shown={event.received_time ? precise(event.received_time, format) : undefined}
        />
        {event.clock_skew ? <p className={classes.note}>{t.skewed}</p> : null}
      </Facts>
      <Changes event={event} />
      <DataPart title={t.request} value={event.request_data} none={t.requestNone} />
      <Facts title={t.names}>
        {fact("id", event.id)}
        {fact("request_id", event.request_id)}
        {fact("session_id", event.session_id)}
        {fact("cause_id", event.cause_id)}
        {fact("operator_id", event.operator_id)}
        {fact("emitter", event.emitter)}
      </Facts>
      {event.origin ? <DataPart title={t.origin} value={event.origin} none="" /> : null}
      {event.cuts?.length ? <p className={classes.note}>{t.cut(event.cuts.join(", "))}</p> : null}
      {event.erased?.length ? (
        <p className={classes.note}>{t.erased(event.erased.join(", "))}</p>
      ) : null}
    </>
  );
}

function stackName(id: string, name: string): string {
  return name === id ? id : `${name} (${id})`;
}

/** The stamp with the fraction of a second that the event has. */
function precise(time: string, format: ReturnType<typeof useLocale>["format"]): string {
  const fraction = /\.(\d{3})/.exec(time)?.[1];
  return format.stamp(time) + (fraction && fraction !== "000" ? `.${fraction}` : "");
}

function Changes({ event }: { event: AuditEvent }) {
  const t = useT("drawer");
  if (!event.changes) return null;
  const rows = differencesOf(event.changes.before, event.changes.after);
  return (
    <Section title={t.changes}>
      <DifferenceTable
        rows={rows}
        labels={{ field: t.field, before: t.before, after: t.after, none: t.none }}
      />
    </Section>
  );
}
