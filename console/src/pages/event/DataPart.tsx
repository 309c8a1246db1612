// JSON of an event as a tree with a search of its own; one click copies all of it.

import { useState } from "react";
import { useT } from "../../i18n/locale";
import { CopyButton } from "../../ui/CopyButton";
import { DataTree } from "../../ui/DataTree";
import classes from "./event.module.css";

const SEARCH_CHARS_MIN = 200;

export interface DataPartProps {
  title: string;
  value: unknown;
  none: string;
}

export function DataPart({ title, value, none }: DataPartProps) {
  const t = useT("drawer");
  const [search, setSearch] = useState("");
  const isThere = value !== undefined && value !== null;
  const json = isThere ? JSON.stringify(value, null, 2) : "";
  return (
    <section className={classes.section}>
      <h3>
        {title}
        {isThere ? (
          <CopyButton text={json} label={`${t.copy} ${title}`} doneLabel={t.copied} />
        ) : null}
      </h3>
      {json.length > SEARCH_CHARS_MIN ? (
        <input
          className={`${classes.searchData} no-print`}
          aria-label={t.searchData}
          placeholder={t.searchData}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      ) : null}
      {isThere ? (
        <DataTree
          value={value}
          search={search}
          labels={{ copy: t.copy, copied: t.copied, unfold: t.unfold, fold: t.fold }}
        />
      ) : (
        <p className="quiet">{none}</p>
      )}
    </section>
  );
}
