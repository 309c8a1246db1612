// A filter's terms as chips, in the reader's words. A click turns a chip round or takes it away.

import { IconX } from "@tabler/icons-react";
import { useCatalogue } from "../../api/catalogue";
import { fieldNamed } from "../../ask/complete";
import { inverted, withoutTerm } from "../../ask/edit";
import { type Term, terms } from "../../ask/terms";
import { useT } from "../../i18n/locale";
import classes from "./filter.module.css";

export interface ChipsProps {
  filter: string;
  onFilter: (filter: string) => void;
  /** Begins to write, at a place of the text. */
  onEdit: (at?: number) => void;
}

export function Chips({ filter, onFilter, onEdit }: ChipsProps) {
  const t = useT("log");
  const list = terms(filter);
  return (
    <div className={classes.chips}>
      {list.map((term, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a term is known by its place
        <span key={place} className={classes.chip} data-negated={term.isNegated || undefined}>
          <button
            type="button"
            className={classes.chipText}
            title={t.invertTerm(term.text)}
            onClick={() => onFilter(inverted(filter, place))}
            onDoubleClick={() => onEdit(term.end)}
          >
            <Reading term={term} />
          </button>
          <button
            type="button"
            className={classes.chipClose}
            aria-label={t.removeTerm(term.text)}
            onClick={() => onFilter(withoutTerm(filter, place))}
          >
            <IconX size={12} stroke={2} aria-hidden />
          </button>
        </span>
      ))}
      <button
        type="button"
        className={classes.more}
        onClick={() => onEdit()}
        aria-label={filter === "" ? undefined : t.filter}
      >
        {filter === "" ? t.filterHint : ""}
      </button>
    </div>
  );
}

/** `Operator: zhang3`, with names for codes where there are any. */
function Reading({ term }: { term: Term }) {
  const catalogue = useCatalogue();
  if (term.field === null) {
    return <b>{term.isGroup ? term.value : `“${term.value}”`}</b>;
  }
  const field = fieldNamed(term.field, catalogue.answer.fields);
  const name = field ? catalogue.field(field.name) : term.field;
  const value = (text: string) =>
    field ? catalogue.value(field.name, catalogue.words.value(field.name, text)) : text;
  const shown = term.value.startsWith("(")
    ? term.value.replace(/[^\s()"]+|"[^"]*"/g, (word) => (word === "OR" ? "OR" : value(word)))
    : term.value === "*"
      ? "∗"
      : value(term.value);
  const sign = term.sign === ":" ? (term.isNegated ? " ≠" : ":") : ` ${term.sign}`;
  return (
    <>
      <span>
        {term.isNegated && term.sign !== ":" ? "¬ " : ""}
        {name}
        {sign}
      </span>{" "}
      <b>{shown}</b>
    </>
  );
}
