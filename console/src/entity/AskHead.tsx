// The head of a page of many things: its name for screen readers, the filter, and the range of time.

import type { Ref } from "react";
import type { ApiError } from "../api/error";
import { FilterBar, type FilterBarHandle } from "../pages/log/FilterBar";
import hidden from "../ui/hidden.module.css";
import classes from "./page.module.css";
import { RangeTools, type RangeToolsProps } from "./RangeTools";

export interface AskHeadProps extends RangeToolsProps {
  title: string;
  filter: string;
  /** The server's refusal of this filter, if it refused it. */
  refused: ApiError | null;
  onFilter: (filter: string) => void;
  /** Of the filter. */
  ref: Ref<FilterBarHandle>;
}

export function AskHead({ title, filter, refused, onFilter, ref, ...tools }: AskHeadProps) {
  return (
    <>
      <h1 className={hidden.visually}>{title}</h1>
      <div className={`${classes.ask} no-print`}>
        <FilterBar
          ref={ref}
          filter={filter}
          question={tools.asked.question}
          error={refused}
          onFilter={onFilter}
        />
        <RangeTools {...tools} />
      </div>
    </>
  );
}
