// The range of time: typed, picked from the usual ones, or by two calendars; and the zone it is read in.

import { Button, Popover, SegmentedControl } from "@mantine/core";
import { IconCalendarTime, IconChevronDown } from "@tabler/icons-react";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { RANGE_PRESETS, type Span, spanOf, zoneless } from "../../ask/range";
import { browserZone, useLocale, useT } from "../../i18n/locale";
import button from "../../ui/button.module.css";
import fields from "../../ui/field.module.css";
import type { Asked } from "./question";
import classes from "./range.module.css";
import { rangeLabel } from "./rangeLabel";

export interface RangePickerProps {
  range: string;
  asked: Asked;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  onRange: (range: string) => void;
}

export function RangePicker({ range, asked, isOpen, onOpen, onRange }: RangePickerProps) {
  const t = useT("log");
  const { format, zone } = useLocale();
  const { span, isRangeGood: isGood } = asked;
  const pick = (text: string) => {
    onRange(zoneless(text, { now: Date.now(), zone }));
    onOpen(false);
  };
  return (
    <Popover
      opened={isOpen}
      onChange={onOpen}
      position="bottom-end"
      width={340}
      shadow="md"
      trapFocus
    >
      <Popover.Target>
        <button
          type="button"
          className={`${button.framed} ${classes.button}`}
          aria-label={`${t.range}: ${rangeLabel(range, span, format, t)}`}
          aria-expanded={isOpen}
          data-error={!isGood || undefined}
          onClick={() => onOpen(!isOpen)}
        >
          <IconCalendarTime size={16} stroke={1.7} aria-hidden />
          <span className="figures">{isGood ? rangeLabel(range, span, format, t) : range}</span>
          <IconChevronDown size={14} stroke={1.8} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes.panel}>
        <Entry range={range} onRange={pick} />
        <div className={classes.presets}>
          {RANGE_PRESETS.map((preset) => (
            <button
              key={preset}
              type="button"
              aria-pressed={preset === range}
              className={`${button.row} ${classes.preset}`}
              onClick={() => pick(preset)}
            >
              {t.rangePreset(preset)}
            </button>
          ))}
        </div>
        <Calendars span={span} onRange={pick} />
        <Zone />
      </Popover.Dropdown>
    </Popover>
  );
}

function Entry({ range, onRange }: { range: string; onRange: (range: string) => void }) {
  const t = useT("log");
  const { zone, format } = useLocale();
  const [text, setText] = useState("");
  const hint = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const span = text.trim() ? spanOf(text, { now: Date.now(), zone }) : null;
  const isBad = text.trim() !== "" && span === null;
  const edge = (instant: number | null, open: string) =>
    instant === null ? open : format.stamp(instant).slice(0, 16);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (span) onRange(text.trim());
      }}
    >
      <input
        ref={input}
        className={`${fields.field} ${classes.entry}`}
        aria-label={t.rangeEntry}
        aria-describedby={hint}
        aria-invalid={isBad}
        placeholder={range}
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <p id={hint} className={classes.hint} data-error={isBad || undefined}>
        {isBad
          ? t.rangeBad
          : span
            ? `${edge(span.from, "…")} – ${edge(span.to, "…")}`
            : t.rangeHint}
      </p>
    </form>
  );
}

function Calendars({ span, onRange }: { span: Span; onRange: (range: string) => void }) {
  const t = useT("log");
  const { format } = useLocale();
  const written = (instant: number | null) =>
    instant === null ? "" : format.stamp(instant).slice(0, 16).replace(" ", "T");
  const [from, setFrom] = useState(written(span.from));
  const [to, setTo] = useState(written(span.to));
  return (
    <div className={classes.calendars}>
      <Labelled label={t.rangeFrom}>
        {(id) => (
          <input
            id={id}
            className={fields.field}
            type="datetime-local"
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
        )}
      </Labelled>
      <Labelled label={t.rangeTo}>
        {(id) => (
          <input
            id={id}
            className={fields.field}
            type="datetime-local"
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
        )}
      </Labelled>
      <Button
        variant="default"
        disabled={(!from && !to) || (from !== "" && to !== "" && from >= to)}
        onClick={() => onRange(`${from}..${to}`)}
      >
        {t.rangeApply}
      </Button>
    </div>
  );
}

function Labelled({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className={classes.labelled}>
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}

function Zone() {
  const t = useT("log");
  const { zoneChoice, setZone } = useLocale();
  const id = useId();
  const isNamed = zoneChoice !== "browser" && zoneChoice !== "UTC";
  const names = useRef<string[]>(null);
  names.current ??= Intl.supportedValuesOf("timeZone");
  return (
    <div className={classes.zone}>
      <span className={classes.zoneLabel}>{t.zone}</span>
      <SegmentedControl
        fullWidth
        value={isNamed ? "" : zoneChoice}
        onChange={setZone}
        data={[
          { value: "browser", label: `${t.zoneBrowser} (${browserZone()})` },
          { value: "UTC", label: "UTC" },
        ]}
      />
      <input
        className={`${fields.field} ${classes.entry}`}
        list={id}
        aria-label={t.zoneNamed}
        placeholder={t.zoneNamed}
        defaultValue={isNamed ? zoneChoice : ""}
        onChange={(event) => {
          if (names.current?.includes(event.currentTarget.value))
            setZone(event.currentTarget.value);
        }}
      />
      <datalist id={id}>
        {names.current.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </div>
  );
}
