// One field's values with counts. More of them, and a search among them, on demand.

import { Skeleton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconChevronDown, IconMinus, IconPin, IconPinFilled } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useCatalogue } from "../../api/catalogue";
import { answer, api } from "../../api/client";
import type { Question } from "../../api/events";
import { excluded, included, only, shutOut, toggled, withoutField } from "../../ask/edit";
import { OUTCOMES, type Outcome } from "../../events/outcome";
import { useLocale, useT } from "../../i18n/locale";
import button from "../../ui/button.module.css";
import fields from "../../ui/field.module.css";
import { OutcomeMark } from "../../ui/OutcomeMark";
import classes from "./facets.module.css";

const VALUES_MORE = 50;
const TYPING_MS = 150;

export interface FacetData {
  values: { value: string; count: number }[];
  other: number;
  distinct: number;
}

export interface FacetProps {
  field: string;
  data: FacetData | undefined;
  filter: string;
  question: Question;
  isPinned: boolean;
  onPin: () => void;
  onFilter: (filter: string) => void;
}

export function Facet({ field, data, filter, question, isPinned, onPin, onFilter }: FacetProps) {
  const t = useT("log");
  const { format } = useLocale();
  const catalogue = useCatalogue();
  const [isOpen, setIsOpen] = useState(true);
  const [isLong, setIsLong] = useState(false);
  const [search, setSearch] = useState("");
  // What was searched for last, without what an input method still composes.
  const [composed, setComposed] = useState("");
  const [prefix] = useDebouncedValue(composed, TYPING_MS);
  const more = useMore(field, prefix, filter, question, isLong);

  const wanted = composed.toLowerCase();
  const list = isLong ? (more ?? data?.values ?? []) : (data?.values ?? []);
  const values = list.filter(({ value }) =>
    `${value}\n${catalogue.value(field, value)}`.toLowerCase().includes(wanted),
  );
  const chosen = included(filter, field, catalogue.words);
  const shut = excluded(filter, field, catalogue.words);
  const missing = [...chosen, ...shut].filter(
    (value) => !values.some((one) => one.value === value),
  );
  const rows = [...values, ...missing.map((value) => ({ value, count: 0 }))];
  const most = Math.max(1, ...rows.map((one) => one.count));
  const name = catalogue.field(field);
  return (
    <section className={classes.facet}>
      <div className={classes.head}>
        <h3>
          <button type="button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
            <IconChevronDown size={14} aria-hidden data-turned={!isOpen || undefined} />
            <span>{name}</span>
          </button>
        </h3>
        <button
          type="button"
          className={`${button.icon} ${classes.pin}`}
          aria-pressed={isPinned}
          aria-label={t.facetPin(name)}
          title={t.facetPin(name)}
          onClick={onPin}
        >
          {isPinned ? (
            <IconPinFilled size={13} aria-hidden />
          ) : (
            <IconPin size={13} stroke={1.8} aria-hidden />
          )}
        </button>
      </div>
      {isOpen ? (
        <>
          {isLong ? (
            <input
              className={`${fields.search} ${classes.search}`}
              aria-label={t.facetSearch(name)}
              placeholder={t.facetSearch(name)}
              value={search}
              onChange={(event) => {
                setSearch(event.currentTarget.value);
                const { isComposing } = event.nativeEvent as InputEvent;
                if (!isComposing) setComposed(event.currentTarget.value);
              }}
              onCompositionEnd={(event) => setComposed(event.currentTarget.value)}
            />
          ) : null}
          {data === undefined ? <Skeleton height={58} mt={4} /> : null}
          <ul>
            {rows.map(({ value, count }) => (
              <Value
                key={value}
                field={field}
                value={value}
                count={format.compact(count)}
                share={count / most}
                label={catalogue.value(field, value)}
                state={chosen.includes(value) ? "in" : shut.includes(value) ? "out" : "none"}
                filter={filter}
                onFilter={onFilter}
              />
            ))}
          </ul>
          {data && rows.length === 0 ? <p className={classes.none}>{t.facetEmpty}</p> : null}
          {data && (data.other > 0 || isLong) ? (
            <button
              type="button"
              className={classes.more}
              onClick={() => {
                setIsLong(!isLong);
                setSearch("");
                setComposed("");
              }}
            >
              <span>{isLong ? t.facetLess : t.facetMore}</span>
              {isLong ? null : <span>{t.facetOther(format.compact(data.other))}</span>}
            </button>
          ) : null}
        </>
      ) : null}
    </section>
  );
}

function useMore(
  field: string,
  prefix: string,
  filter: string,
  { from, to, tz }: Question,
  isOn: boolean,
) {
  const { words } = useCatalogue();
  const q = withoutField(filter, field, words);
  const { data } = useQuery({
    queryKey: ["complete", field, prefix, from, to, q, VALUES_MORE],
    enabled: isOn,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => {
      const query = { field, prefix, limit: VALUES_MORE, from, to, tz, ...(q ? { q } : {}) };
      return answer(api.GET("/v1/complete", { params: { query }, signal }));
    },
  });
  return data?.values;
}

interface ValueProps {
  field: string;
  value: string;
  label: string;
  count: string;
  share: number;
  state: "in" | "out" | "none";
  filter: string;
  onFilter: (filter: string) => void;
}

function Value({ field, value, label, count, share, state, filter, onFilter }: ValueProps) {
  const t = useT("log");
  const { words } = useCatalogue();
  const isOutcome = field === "outcome" && (OUTCOMES as readonly string[]).includes(value);
  return (
    <li className={classes.value} data-state={state}>
      <button
        type="button"
        className={`${button.row} ${classes.include}`}
        aria-pressed={state === "in"}
        title={t.facetInclude(label)}
        onClick={() => onFilter(toggled(filter, field, value, words))}
      >
        <span className={classes.fill} style={{ width: `${share * 100}%` }} />
        {isOutcome ? (
          <OutcomeMark outcome={value as Outcome} label={label} size={14} />
        ) : (
          <span className={classes.label}>{label}</span>
        )}
        <span className={`${classes.count} figures`}>{count}</span>
      </button>
      <span className={classes.tools}>
        <button
          type="button"
          className={button.small}
          aria-label={t.facetOnly(label)}
          onClick={() => onFilter(only(filter, field, value, words))}
        >
          {t.onlyShort}
        </button>
        <button
          type="button"
          className={button.small}
          aria-label={t.facetExclude(label)}
          aria-pressed={state === "out"}
          title={t.facetExclude(label)}
          onClick={() => onFilter(shutOut(filter, field, value, words))}
        >
          <IconMinus size={13} stroke={2} aria-hidden />
        </button>
      </span>
    </li>
  );
}
