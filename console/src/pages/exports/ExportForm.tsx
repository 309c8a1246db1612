// A new export: the same filter and range as on the audit page, the form of the file, its language.

import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { components } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { RANGE_DEFAULT, spanOf } from "../../ask/range";
import { useLocale, useT } from "../../i18n/locale";
import { Refusal } from "../../shell/Refusal";
import classes from "./exports.module.css";

type Format = components["schemas"]["ExportFormat"];
const FORMATS: Format[] = ["csv", "ndjson", "parquet"];

interface ExportFormProps {
  q: string;
  range: string | undefined;
  onBegun: () => void;
}

/** Pause in the typing before events are counted, milliseconds. */
const COUNT_PAUSE_MS = 400;

const instant = (time: number | null) => (time === null ? undefined : new Date(time).toISOString());

export function ExportForm({ q, range, onBegun }: ExportFormProps) {
  const t = useT("exports");
  const { language, zone, format: written } = useLocale();
  const [filter, setFilter] = useState(q);
  const [span, setSpan] = useState(range ?? RANGE_DEFAULT);
  const [format, setFormat] = useState<Format>("csv");
  const times = spanOf(span, { now: Date.now(), zone });

  const [asked] = useDebouncedValue({ q: filter.trim(), span, zone }, COUNT_PAUSE_MS);
  const count = useCount(asked);

  const begin = useMutation({
    mutationFn: () => {
      const from = instant(times?.from ?? null);
      const to = instant(times?.to ?? null);
      // Lines of JSON keep the codes that programs read.
      const lang = format === "ndjson" ? {} : { lang: language };
      const body = { q: filter.trim(), from, to, tz: zone, format, columns: [], ...lang };
      return answer(api.POST("/v1/exports", { body }));
    },
    onSuccess: onBegun,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (times) begin.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <TextInput
        className={classes.filter}
        label={t.filter}
        placeholder={t.everything}
        spellCheck={false}
        value={filter}
        onChange={(event) => setFilter(event.currentTarget.value)}
      />
      <TextInput
        label={t.range}
        placeholder="7d, 2026-11-01..2026-11-07"
        error={times ? undefined : t.badRange}
        value={span}
        onChange={(event) => setSpan(event.currentTarget.value)}
      />
      <NativeSelect
        size="xs"
        label={t.format}
        value={format}
        onChange={(event) => setFormat(event.currentTarget.value as Format)}
        data={FORMATS.map((value) => ({ value, label: t.formats(value) }))}
      />
      <Button type="submit" loading={begin.isPending} disabled={!times}>
        {t.begin}
      </Button>
      <p className={classes.count} role="status">
        {count === null
          ? ""
          : t.rows(written.number(count.count), count.count, count.partial === true)}
      </p>
      {begin.error ? (
        <div className={classes.refusal}>
          <Refusal error={begin.error} />
        </div>
      ) : null}
    </form>
  );
}

/** How many events the export would have; null where that cannot be said (yet). */
function useCount({ q, span, zone }: { q: string; span: string; zone: string }) {
  const { data, isError } = useQuery({
    queryKey: ["count", "export", q, span, zone],
    enabled: spanOf(span, { now: Date.now(), zone }) !== null,
    placeholderData: keepPreviousData,
    staleTime: 0,
    retry: false,
    queryFn: ({ signal }) => {
      const times = spanOf(span, { now: Date.now(), zone });
      const from = instant(times?.from ?? null);
      const to = instant(times?.to ?? null);
      const query = {
        ...(q ? { q } : {}),
        ...(from ? { from } : {}),
        ...(to ? { to } : {}),
        tz: zone,
      };
      return answer(api.GET("/v1/count", { params: { query }, signal }));
    },
  });
  return isError ? null : (data ?? null);
}
