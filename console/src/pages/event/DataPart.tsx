// JSON of an event as a tree with a search of its own; one click copies all of it.

import { useState } from "react";
import { useT } from "../../i18n/locale";
import { CopyButton } from "../../ui/CopyButton";
import { DataTree } from "../../ui/DataTree";
import fields from "../../ui/field.module.css";
import { Section } from "./Section";
import classes from "./section.module.css";

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
    <Section
      title={title}
      tools={
        isThere ? (
          <CopyButton text={json} label={`${t.copy} ${title}`} doneLabel={t.copied} />
        ) : null
      }
    >
      {json.length > SEARCH_CHARS_MIN ? (
        <input
          className={`${fields.search} ${classes.search} no-print`}
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
    </Section>
  );
}
