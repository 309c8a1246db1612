// A part of a page: its heading, a way on at the right, and its body or the body's state.

import { Skeleton } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ErrorState } from "../shell/ErrorState";
import { GoLink } from "../shell/GoLink";
import classes from "./panel.module.css";

/** As much of a query's result as a panel needs. */
export interface Asking {
  isPending: boolean;
  error: unknown;
  refetch: () => unknown;
}

export interface PanelProps {
  title: string;
  /** Beside the heading: a count, a hint. */
  note?: ReactNode;
  /** Where "all of it" leads: an address of src/paths.ts and its text. */
  more?: { to: string; label: string } | undefined;
  tools?: ReactNode;
  asking?: Asking;
  /** Why there is nothing; shown instead of the body. */
  empty?: string | null | undefined;
  /** Columns of twelve. */
  span?: 4 | 6 | 8 | 12;
  /** Lines of the skeleton. */
  lines?: number;
  children?: ReactNode;
}

const LINES = 4;

export function Panel(props: PanelProps) {
  const { title, note, more, tools, asking, empty, span = 12, lines = LINES, children } = props;
  return (
    <section className={classes.panel} data-span={span} aria-label={title}>
      <header className={classes.head}>
        <h2>{title}</h2>
        {note ? <span className={`${classes.note} figures`}>{note}</span> : null}
        {tools}
        {more ? (
          <GoLink to={more.to} className={`${classes.more} no-print`}>
            {more.label}
            <IconArrowRight size={13} stroke={1.8} aria-hidden />
          </GoLink>
        ) : null}
      </header>
      {asking?.error ? (
        <ErrorState error={asking.error} onRetry={() => void asking.refetch()} />
      ) : asking?.isPending ? (
        <div className={classes.lines} aria-hidden>
          {Array.from({ length: lines }, (_, line) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines never move
            <Skeleton key={line} height={12} radius="sm" width={`${92 - ((line * 17) % 40)}%`} />
          ))}
        </div>
      ) : empty ? (
        <p className={classes.empty}>{empty}</p>
      ) : (
        children
      )}
    </section>
  );
}

export function Panels({ children }: { children: ReactNode }) {
  return <div className={classes.panels}>{children}</div>;
}
