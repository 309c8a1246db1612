// What the filter bar offers, under it: names, counts, and the keys that take one over.

import { useCatalogue } from "../../api/catalogue";
import { useLocale, useT } from "../../i18n/locale";
import classes from "./filter.module.css";
import type { Suggestion, Suggestions } from "./useSuggestions";

export interface SuggestionListProps {
  offers: Suggestions;
  active: number;
  hasPrefix: boolean;
  onTake: (suggestion: Suggestion) => void;
}

export function SuggestionList({ offers, active, hasPrefix, onTake }: SuggestionListProps) {
  const t = useT("log");
  const { format } = useLocale();
  const catalogue = useCatalogue();
  const isEmpty = offers.list.length === 0;
  if (isEmpty && (offers.kind !== "values" || offers.isLoading)) return null;
  const title =
    offers.kind === "recent"
      ? t.suggestRecent
      : offers.kind === "fields"
        ? t.suggestFields
        : t.suggestValues(catalogue.field(offers.field ?? ""));
  return (
    <div className={classes.suggestions}>
      <div className={classes.suggestTitle}>{title}</div>
      {isEmpty ? <div className={classes.suggestNone}>{t.suggestNone}</div> : null}
      <div id="filter-suggestions" role="listbox" aria-label={title}>
        {offers.list.map((one, place) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the combobox keeps the focus
          // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox takes the keys
          <div
            key={one.key}
            id={`suggestion-${place}`}
            role="option"
            aria-selected={place === active}
            className={classes.suggestion}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onTake(one)}
          >
            <span className={classes.suggestLabel}>{one.label}</span>
            {one.note ? <span className={`${classes.note} mono`}>{one.note}</span> : null}
            {one.count === null ? null : (
              <span className={`${classes.count} figures`}>{format.number(one.count)}</span>
            )}
          </div>
        ))}
      </div>
      <div className={classes.suggestHelp} data-quiet={hasPrefix || undefined}>
        {t.suggestHelp}
      </div>
    </div>
  );
}
