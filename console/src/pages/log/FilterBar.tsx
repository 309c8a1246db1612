// The filter: chips while it is read, text while it is written. Both are the same filter.
//
// A fault is underlined at the place the server names, with the nearest known word to put there.
// While an input method composes, nothing is asked, offered or taken over.

import { IconPencil, IconSearch, IconX } from "@tabler/icons-react";
import type { Ref } from "react";
import { type KeyboardEvent, useEffect, useImperativeHandle, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useCatalogue } from "../../api/catalogue";
import type { ApiError } from "../../api/error";
import type { Question } from "../../api/events";
import { completed, typedAt } from "../../ask/complete";
import { useT } from "../../i18n/locale";
import { Chips } from "./Chips";
import { FilterFault, placeOf } from "./FilterFault";
import classes from "./filter.module.css";
import { rememberFilter } from "./recent";
import { SuggestionList } from "./SuggestionList";
import { type Suggestion, useSuggestions } from "./useSuggestions";

export interface FilterBarHandle {
  focus: () => void;
}

export interface FilterBarProps {
  filter: string;
  question: Question;
  /** The server's refusal of this filter, if it refused it. */
  error: ApiError | null;
  onFilter: (filter: string) => void;
  ref: Ref<FilterBarHandle>;
}

export function FilterBar({ filter, question, error, onFilter, ref }: FilterBarProps) {
  const t = useT("log");
  const catalogue = useCatalogue();
  const [isEditing, setIsEditing] = useState(false);
  const [isOpen, setIsOpen] = useState(false);
  const [isComposing, setIsComposing] = useState(false);
  const [draft, setDraft] = useState(filter);
  const [caret, setCaret] = useState(0);
  const [active, setActive] = useState(-1);
  const [scroll, setScroll] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const isText = isEditing || error !== null;

  useEffect(() => setDraft(filter), [filter]);
  useImperativeHandle(ref, () => ({ focus: () => edit() }));

  const typed = typedAt(draft, caret, catalogue.answer.fields);
  const offers = useSuggestions(typed, draft, question, isOpen && !isComposing);
  const isShown = isOpen && isEditing && !isComposing;

  const edit = (at?: number) => {
    const text = filter && !filter.endsWith(" ") ? `${filter} ` : filter;
    const place = at ?? text.length;
    // At once: what is typed right behind `/` belongs here.
    flushSync(() => {
      setDraft(text);
      setIsEditing(true);
      setIsOpen(true);
      setActive(-1);
      setCaret(place);
    });
    input.current?.focus();
    input.current?.setSelectionRange(place, place);
  };
  const ask = (text: string) => {
    const trimmed = text.trim();
    rememberFilter(trimmed);
    setIsOpen(false);
    setIsEditing(false);
    setDraft(trimmed);
    input.current?.blur();
    onFilter(trimmed);
  };
  const take = (suggestion: Suggestion) => {
    if (suggestion.isWhole) return ask(suggestion.insert);
    if (!typed) return;
    const { text, caret: place } = completed(draft, typed, suggestion.insert);
    setDraft(text);
    setCaret(place);
    setActive(-1);
    requestAnimationFrame(() => input.current?.setSelectionRange(place, place));
  };
  const leave = () => {
    setIsEditing(false);
    setIsOpen(false);
    setDraft(filter);
    input.current?.blur();
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing || event.nativeEvent.keyCode === 229) return;
    const { list } = offers;
    const chosen = isShown ? list[active] : undefined;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) return setIsOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive(
        list.length === 0
          ? -1
          : (active + step + list.length + (active < 0 && step < 0 ? 1 : 0)) % list.length,
      );
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (chosen) take(chosen);
      else ask(draft);
    } else if (event.key === "Tab" && isShown && !event.shiftKey) {
      const first = chosen ?? (typed?.prefix ? list[0] : undefined);
      if (!first) return;
      event.preventDefault();
      take(first);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (isOpen && offers.list.length > 0 && draft.trim() !== filter) setIsOpen(false);
      else leave();
    }
  };

  const fault = error && draft.trim() === filter ? placeOf(error, filter) : null;
  return (
    <search className={classes.search}>
      <div className={classes.bar} data-error={error !== null || undefined}>
        <IconSearch className={classes.icon} size={16} stroke={1.8} aria-hidden />
        {isText ? (
          <div className={classes.field}>
            {fault ? (
              <div className={classes.mirror} aria-hidden>
                <span style={{ marginLeft: -scroll }}>
                  {filter.slice(0, fault.start)}
                  <mark>{filter.slice(fault.start, fault.end) || " "}</mark>
                </span>
              </div>
            ) : null}
            <input
              ref={input}
              className={classes.input}
              role="combobox"
              aria-label={t.filter}
              aria-expanded={isShown}
              aria-controls="filter-suggestions"
              aria-autocomplete="list"
              aria-activedescendant={isShown && active >= 0 ? `suggestion-${active}` : undefined}
              aria-invalid={error !== null}
              aria-describedby={error ? "filter-fault" : undefined}
              placeholder={t.filterHint}
              spellCheck={false}
              autoComplete="off"
              autoCapitalize="off"
              value={draft}
              onChange={(event) => {
                setDraft(event.currentTarget.value);
                setCaret(event.currentTarget.selectionStart ?? 0);
                setIsEditing(true);
                setIsOpen(true);
                setActive(-1);
              }}
              onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
              onScroll={(event) => setScroll(event.currentTarget.scrollLeft)}
              onFocus={() => setIsEditing(true)}
              onClick={() => setIsOpen(true)}
              onKeyDown={press}
              onCompositionStart={() => setIsComposing(true)}
              onCompositionEnd={() => setIsComposing(false)}
              onBlur={() => {
                setIsOpen(false);
                if (draft.trim() === filter) setIsEditing(false);
              }}
            />
          </div>
        ) : (
          <Chips filter={filter} onFilter={onFilter} onEdit={edit} />
        )}
        {isText || filter === "" ? null : (
          <button
            type="button"
            className={classes.tool}
            aria-label={t.editAsText}
            title={t.editAsText}
            onClick={() => edit()}
          >
            <IconPencil size={15} stroke={1.8} aria-hidden />
          </button>
        )}
        {draft === "" ? null : (
          <button
            type="button"
            className={classes.tool}
            aria-label={t.clear}
            title={t.clear}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => ask("")}
          >
            <IconX size={15} stroke={1.8} aria-hidden />
          </button>
        )}
      </div>
      {isShown ? (
        <SuggestionList offers={offers} active={active} hasPrefix={!!typed?.prefix} onTake={take} />
      ) : null}
      {error ? <FilterFault error={error} filter={filter} onFilter={ask} /> : null}
    </search>
  );
}
