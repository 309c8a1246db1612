// An endless table: only the rows in sight are in the page, however many are loaded.
//
// A row that leaves the sight is given to one that comes in, so that scrolling changes texts and makes
// no elements. All rows are of one height; nothing is ever measured.
//
// Columns are dragged to another place by their heads and made wider at their edges, by pointer or
// arrow keys. It is a grid to screen readers; the row that keys act on is its active descendant. It
// knows nothing of events: the caller gives cells.

import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type ReactNode,
  useEffect,
  useRef,
} from "react";
import hidden from "../ui/hidden.module.css";
import { HeadCell } from "./HeadCell";
import classes from "./table.module.css";

const OVERSCAN_ROWS = 5;
/** More than a large screen shows; a row stands in the slot of its place by this number. */
const SLOTS = 128;
/** Rows before the end at which more is asked for. */
const NEAR_END_ROWS = 60;

export interface Column<Row> {
  key: string;
  label: string;
  width: number;
  /** Takes the room that is left. */
  isFlexible?: boolean;
  cell: (row: Row) => ReactNode;
}

export interface VirtualTableProps<Row> {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowHeight: number;
  /** Place of the row that keys act on; -1 for none. */
  cursor: number;
  onOpen: (place: number) => void;
  onContext?: (row: Row, column: string | null, event: MouseEvent) => void;
  onNearEnd: () => void;
  onTop?: (isAtTop: boolean) => void;
  onWidth?: (column: string, width: number | null) => void;
  onMove?: (column: string, before: string) => void;
  /** Head texts for assistive technology. */
  texts: { resize: (column: string) => string };
  isHeadless?: boolean;
  foot?: ReactNode;
}

export function VirtualTable<Row>(props: VirtualTableProps<Row>) {
  const { columns, rows, rowHeight, cursor, onNearEnd, onTop, isHeadless = false } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN_ROWS,
  });
  const items = virtual.getVirtualItems();
  const slots = Math.max(SLOTS, items.length);
  const last = items.at(-1)?.index ?? -1;

  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - NEAR_END_ROWS) onNearEnd();
  }, [last, rows.length, onNearEnd]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height is measured anew
  useEffect(() => {
    virtual.measure();
  }, [virtual, rowHeight]);
  useEffect(() => {
    if (cursor < 0) return;
    virtual.scrollToIndex(cursor, { align: "auto" });
    // With the focus nowhere, screen readers would not hear which row is active.
    if (document.activeElement === document.body) scroller.current?.focus({ preventScroll: true });
  }, [virtual, cursor]);

  const template = columns
    .map(({ width, isFlexible }) => (isFlexible ? `minmax(${width}px, 1fr)` : `${width}px`))
    .join(" ");
  const least = columns.reduce((sum, { width }) => sum + width, 0);
  const openByKey = (event: KeyboardEvent) => {
    if (event.target === event.currentTarget && event.key === "Enter" && cursor >= 0) {
      event.preventDefault();
      props.onOpen(cursor);
    }
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <table> cannot leave out the rows out of sight
    <div
      ref={scroller}
      className={classes.scroller}
      role="grid"
      aria-label={props.label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      aria-activedescendant={cursor >= 0 ? `row-${cursor}` : undefined}
      tabIndex={0}
      style={{ "--columns": template, "--least": `${least}px` } as CSSProperties}
      onKeyDown={openByKey}
      onScroll={(event) => onTop?.(event.currentTarget.scrollTop < rowHeight)}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a <thead> needs a <table> */}
      <div className={isHeadless ? hidden.visually : classes.head} role="rowgroup">
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: its cells have the controls */}
        <div className={classes.headRow} role="row" aria-rowindex={1}>
          {columns.map((column, place) => (
            <HeadCell
              key={column.key}
              column={column}
              place={place}
              resizeLabel={props.texts.resize(column.label)}
              onWidth={props.onWidth}
              onMove={props.onMove}
            />
          ))}
        </div>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a <tbody> needs a <table> */}
      <div className={classes.body} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <RowOf
              key={item.index % slots}
              row={row}
              place={item.index}
              start={item.start}
              height={rowHeight}
              columns={columns as Column<unknown>[]}
              isActive={item.index === cursor}
              onOpen={props.onOpen}
              onContext={props.onContext as VirtualTableProps<unknown>["onContext"]}
            />
          );
        })}
      </div>
      {props.foot}
    </div>
  );
}

interface RowProps {
  row: unknown;
  place: number;
  start: number;
  height: number;
  columns: Column<unknown>[];
  isActive: boolean;
  onOpen: (place: number) => void;
  onContext: VirtualTableProps<unknown>["onContext"];
}

const RowOf = memo(function RowOf(props: RowProps) {
  const { row, place, start, height, columns, isActive, onOpen, onContext } = props;
  const context = (event: MouseEvent<HTMLElement>) => {
    if (!onContext) return;
    event.preventDefault();
    const cell = (event.target as HTMLElement).closest<HTMLElement>("[data-column]");
    onContext(row, cell?.dataset.column ?? null, event);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <tr> needs a <table>
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys for its active row
    <div
      id={`row-${place}`}
      role="row"
      tabIndex={-1}
      aria-rowindex={place + 2}
      aria-selected={isActive}
      className={classes.row}
      data-active={isActive || undefined}
      style={{ height, transform: `translateY(${start}px)` }}
      onClick={() => {
        if (!window.getSelection()?.toString()) onOpen(place);
      }}
      onContextMenu={context}
    >
      {columns.map((column) => (
        // biome-ignore lint/a11y/useSemanticElements: a <td> needs a <table>
        // biome-ignore lint/a11y/useFocusableInteractive: the row is what keys act on
        <div key={column.key} role="gridcell" className={classes.cell} data-column={column.key}>
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
});
