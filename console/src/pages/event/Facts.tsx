// Names and values under a heading; a value can be searched for and copied.

import { IconSearch } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useT } from "../../i18n/locale";
import { GoLink } from "../../shell/GoLink";
import button from "../../ui/button.module.css";
import { CopyButton } from "../../ui/CopyButton";
import classes from "./facts.module.css";
import section from "./section.module.css";

export function Facts({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.facts}>
      <h3 className={section.heading}>{title}</h3>
      <dl>{children}</dl>
    </section>
  );
}

export interface FactProps {
  name: string;
  /** The value as the event has it; nothing is shown without one. */
  value: unknown;
  /** As the reader sees it. */
  shown?: string | undefined;
  /** The code behind a name, shown small. */
  code?: string;
  filter?: string | undefined;
  onFilter?: (filter: string) => void;
  isStrong?: boolean;
  isMono?: boolean;
  /** Beside the value; instead of it where there is neither `shown` nor a filter. */
  children?: ReactNode;
}

export function Fact(props: FactProps) {
  const t = useT("drawer");
  const { name, value, shown, code, filter, onFilter, children } = props;
  if (value === undefined || value === null || value === "") return null;
  const text = String(value);
  const isOwn = children !== undefined && shown === undefined && filter === undefined;
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>
        {isOwn ? null : (
          <span
            className={props.isMono ? "mono" : undefined}
            data-strong={props.isStrong || undefined}
          >
            {shown ?? text}
          </span>
        )}
        {code ? <span className={`${classes.code} mono`}>{code}</span> : null}
        {children}
        <span className={`${classes.tools} no-print`}>
          {filter && onFilter ? (
            <button
              type="button"
              className={`${button.icon} ${classes.go}`}
              aria-label={t.filterFor(text)}
              title={t.filterFor(text)}
              onClick={() => onFilter(filter)}
            >
              <IconSearch size={13} stroke={1.9} aria-hidden />
            </button>
          ) : null}
          <CopyButton text={text} label={`${t.copy} ${name}`} doneLabel={t.copied} />
        </span>
      </dd>
    </div>
  );
}

export interface FactLinkProps {
  to: string;
  label: string;
  /** An icon. */
  children: ReactNode;
}

/** Beside a value: the way to the page about it. */
export function FactLink({ to, label, children }: FactLinkProps) {
  return (
    <GoLink to={to} className={`${button.icon} ${classes.go}`} aria-label={label} title={label}>
      {children}
    </GoLink>
  );
}
