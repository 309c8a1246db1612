// The columns of the table: what each shows, how wide it is at first, and its value as text.
//
// The twelve columns an audit log of the platform has always had, the outcome, and the fields that
// explain more. `field` is the filter's name for what stands in the cell.

import { IconFlag3Filled } from "@tabler/icons-react";
import type { Catalogue } from "../../api/catalogue";
import type { AuditEvent } from "../../api/events";
import { objectsOf } from "../../events/object";
import { outcomeOf } from "../../events/outcome";
import { sentenceText } from "../../events/sentence";
import type { Format } from "../../i18n/format";
import type { Column } from "../../table/VirtualTable";
import { OutcomeMark } from "../../ui/OutcomeMark";
import classes from "./log.module.css";
import { Sentence } from "./Sentence";

export interface ColumnKind {
  key: string;
  width: number;
  /** The value as the event has it; empty for none. */
  value: (event: AuditEvent) => string;
}

const text = (value: unknown) => (value === undefined || value === null ? "" : String(value));
const compact = (value: unknown) => (value == null ? "" : JSON.stringify(value));
const all = (event: AuditEvent, key: "id" | "name" | "type") =>
  objectsOf(event)
    .map((object) => object[key])
    .filter((one) => one !== "")
    .join(", ");

export const COLUMNS: ColumnKind[] = [
  { key: "time", width: 176, value: (event) => event.time },
  { key: "outcome", width: 112, value: (event) => outcomeOf(event) },
  { key: "operator", width: 128, value: (event) => event.operator },
  { key: "operation", width: 196, value: (event) => event.operation },
  { key: "object.name", width: 168, value: (event) => all(event, "name") },
  { key: "object.id", width: 132, value: (event) => all(event, "id") },
  { key: "source_ip", width: 122, value: (event) => text(event.source_ip) },
  { key: "service", width: 132, value: (event) => text(event.service) },
  { key: "region", width: 112, value: (event) => text(event.region) },
  { key: "stack_id", width: 108, value: (event) => text(event.stack_id) },
  { key: "username", width: 128, value: (event) => text(event.username) },
  { key: "user_type", width: 92, value: (event) => text(event.user_type) },
  { key: "request_data", width: 320, value: (event) => compact(event.request_data) },
  { key: "sentence", width: 420, value: () => "" },
  { key: "reason", width: 200, value: (event) => text(event.reason) },
  { key: "object.type", width: 110, value: (event) => all(event, "type") },
  { key: "operator_name", width: 128, value: (event) => text(event.operator_name) },
  { key: "auth_method", width: 100, value: (event) => text(event.auth_method) },
  { key: "duration_ms", width: 96, value: (event) => text(event.duration_ms) },
  { key: "session_id", width: 170, value: (event) => text(event.session_id) },
  { key: "request_id", width: 170, value: (event) => text(event.request_id) },
  { key: "received_time", width: 176, value: (event) => text(event.received_time) },
  { key: "emitter", width: 90, value: (event) => text(event.emitter) },
  { key: "user_agent", width: 240, value: (event) => text(event.user_agent) },
  { key: "index", width: 90, value: (event) => text(event.index) },
  { key: "id", width: 290, value: (event) => text(event.id) },
];

export const COLUMNS_DEFAULT = COLUMNS.slice(0, 13).map((column) => column.key);

const BY_KEY = new Map(COLUMNS.map((column) => [column.key, column]));
const MONO = new Set([
  "object.id",
  "source_ip",
  "session_id",
  "request_id",
  "emitter",
  "id",
  "request_data",
]);
const NAMED = new Set(["service", "stack_id", "user_type", "object.type"]);

/** The column of a key, if there is one. */
export function columnOf(key: string): ColumnKind | undefined {
  return BY_KEY.get(key);
}

function isTime(key: string): boolean {
  return key === "time" || key === "received_time";
}

/** Whether a cell's value can be put into a filter as it stands. */
export function isFilterable(key: string): boolean {
  return !["time", "received_time", "sentence", "request_data", "user_agent", "reason"].includes(
    key,
  );
}

export interface CellContext {
  catalogue: Catalogue;
  format: Format;
  /** Name of a column in the reader's language. */
  nameOf: (key: string) => string;
}

/** The text of a cell as the reader sees it; what is copied. */
export function cellText(key: string, event: AuditEvent, context: CellContext): string {
  if (key === "sentence") return sentenceText(event, context.catalogue);
  const value = columnOf(key)?.value(event) ?? "";
  if (value === "") return "";
  if (isTime(key)) return context.format.stamp(value);
  if (key === "operation" || key === "outcome" || NAMED.has(key)) {
    return context.catalogue.value(key, value);
  }
  if (key === "duration_ms") return context.format.duration(Number(value));
  return value;
}

function Cell({ name, event, context }: { name: string; event: AuditEvent; context: CellContext }) {
  if (name === "sentence") return <Sentence event={event} />;
  const shown = cellText(name, event, context);
  if (shown === "") return <span className={classes.none}>—</span>;
  if (name === "outcome") return <OutcomeMark outcome={outcomeOf(event)} label={shown} />;
  if (isTime(name)) {
    return (
      <time className="figures" dateTime={columnOf(name)?.value(event)}>
        {shown}
      </time>
    );
  }
  if (name === "operation")
    return <Operation event={event} label={shown} catalogue={context.catalogue} />;
  const isMono = MONO.has(name);
  return (
    <span className={isMono ? "mono" : undefined} title={shown.length > 14 ? shown : undefined}>
      {shown}
    </span>
  );
}

function Operation(props: { event: AuditEvent; label: string; catalogue: Catalogue }) {
  const severity = props.catalogue.about(props.event.operation)?.severity;
  const isHigh = severity === "high" || severity === "critical";
  const name = isHigh ? props.catalogue.value("severity", severity) : "";
  return (
    <span className={classes.operation} title={props.label}>
      <span className={classes.cutText}>{props.label}</span>
      {isHigh ? (
        <IconFlag3Filled
          className={classes.flag}
          size={12}
          role="img"
          aria-label={`${props.catalogue.field("severity")}: ${name}`}
        />
      ) : null}
    </span>
  );
}

/** Columns for the table from their keys; unknown keys are left out. */
export function tableColumns(
  keys: string[],
  widths: Record<string, number>,
  context: CellContext,
): Column<AuditEvent>[] {
  return keys.flatMap((key) => {
    const kind = columnOf(key);
    if (!kind) return [];
    return [
      {
        key,
        label: isTime(key)
          ? `${context.nameOf(key)} (${context.format.zone})`
          : context.nameOf(key),
        width: widths[key] ?? kind.width,
        isFlexible: key === keys.at(-1) || key === "sentence",
        cell: (event: AuditEvent) => <Cell name={key} event={event} context={context} />,
      },
    ];
  });
}
