// The rows and every state they can be in: on the way, none, refused, partial, at the end; new ones.

import { Button, Skeleton } from "@mantine/core";
import { IconArrowUp, IconFilterQuestion, IconInfoCircle } from "@tabler/icons-react";
import { type MouseEvent, useCallback, useMemo } from "react";
import type { AuditEvent } from "../../api/events";
import { outcomeOf } from "../../events/outcome";
import { useLocale, useT } from "../../i18n/locale";
import { ErrorState } from "../../shell/ErrorState";
import { type Column, VirtualTable } from "../../table/VirtualTable";
import { OutcomeMark } from "../../ui/OutcomeMark";
import { StateBlock } from "../../ui/StateBlock";
import { type CellContext, tableColumns } from "./columns";
import classes from "./log.module.css";
import { Nothing } from "./Nothing";
import { movedBefore } from "./order";
import type { Live, useRows } from "./rows";
import { Sentence } from "./Sentence";

const DENSE_PX = 28;
const ROOMY_PX = 36;
const LIST_PX = 58;
/** On narrow screens a sentence takes two lines. */
const NARROW_PX = 78;
const SKELETON_ROWS = 14;

export interface EventRowsProps {
  rows: AuditEvent[];
  walk: ReturnType<typeof useRows>;
  live: Live;
  isList: boolean;
  isNarrow: boolean;
  isDense: boolean;
  columns: string[];
  widths: Record<string, number>;
  context: CellContext;
  cursor: number;
  filter: string;
  range: string;
  now: number;
  isRefused: boolean;
  onOpen: (place: number) => void;
  onContext: (event: AuditEvent, column: string | null, at: MouseEvent) => void;
  onTop: (isAtTop: boolean) => void;
  onColumns: (columns: string[]) => void;
  onWidths: (widths: Record<string, number>) => void;
  onFilter: (filter: string) => void;
  onRange: (range: string) => void;
}

export function EventRows(props: EventRowsProps) {
  const t = useT("log");
  const { rows, walk, live, isList, columns, widths, context } = props;
  const table = useMemo(
    () => (isList ? listColumns(context, t.sentence) : tableColumns(columns, widths, context)),
    [isList, columns, widths, context, t],
  );
  const { hasNextPage, isFetchingNextPage, fetchNextPage, isFetchNextPageError } = walk;
  const onNearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);

  if (walk.isPending) return <Waiting isList={isList} />;
  if (props.isRefused) return <Refused />;
  if (walk.error && rows.length === 0) {
    return <ErrorState error={walk.error} onRetry={() => void walk.refetch()} />;
  }
  if (rows.length === 0) {
    return (
      <div className={classes.rows}>
        <Partial walk={walk} />
        <Nothing
          filter={props.filter}
          range={props.range}
          now={props.now}
          onFilter={props.onFilter}
          onRange={props.onRange}
        />
      </div>
    );
  }
  return (
    <div className={classes.rows}>
      <NewRows live={live} />
      {live.damaged ? (
        <p className={classes.partial} role="alert">
          <IconInfoCircle size={16} aria-hidden />
          {t.liveDamaged(String(live.damaged.from), String(live.damaged.end - 1))}
        </p>
      ) : null}
      <Partial walk={walk} />
      <VirtualTable
        label={t.title}
        columns={table}
        rows={rows}
        rowHeight={rowHeight(props)}
        cursor={props.cursor}
        onOpen={props.onOpen}
        onContext={props.onContext}
        onNearEnd={onNearEnd}
        onTop={props.onTop}
        texts={{ resize: t.columnResize }}
        isHeadless={isList}
        {...(isList
          ? {}
          : {
              onMove: (key: string, before: string) =>
                props.onColumns(movedBefore(columns, key, before)),
              onWidth: (key: string, width: number | null) =>
                props.onWidths(withWidth(widths, key, width)),
            })}
        foot={<Foot walk={walk} />}
      />
    </div>
  );
}

function rowHeight({ isList, isNarrow, isDense }: EventRowsProps): number {
  if (isList) return isNarrow ? NARROW_PX : LIST_PX;
  return isDense ? DENSE_PX : ROOMY_PX;
}

function withWidth(widths: Record<string, number>, key: string, width: number | null) {
  const { [key]: _, ...rest } = widths;
  return width === null ? rest : { ...rest, [key]: width };
}

/** One wide column: time, outcome and the sentence, in two lines. */
function listColumns(context: CellContext, label: string): Column<AuditEvent>[] {
  return [
    {
      key: "sentence",
      label,
      width: 200,
      isFlexible: true,
      cell: (event) => <ListItem event={event} context={context} />,
    },
  ];
}

function ListItem({ event, context }: { event: AuditEvent; context: CellContext }) {
  const outcome = outcomeOf(event);
  return (
    <div className={classes.item}>
      <OutcomeMark
        outcome={outcome}
        label={context.catalogue.value("outcome", outcome)}
        isIconOnly
        size={17}
      />
      <div className={classes.itemText}>
        <Sentence event={event} />
        <div className={classes.itemNote}>
          <time className="figures" dateTime={event.time}>
            {context.format.stamp(event.time)}
          </time>
          <span>{context.catalogue.service(event.service ?? "")}</span>
          <span>{context.catalogue.stack(event.stack_id ?? "")}</span>
        </div>
      </div>
    </div>
  );
}

function Waiting({ isList }: { isList: boolean }) {
  return (
    <div className={classes.rows} role="status" aria-busy>
      {Array.from({ length: SKELETON_ROWS }, (_, place) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no other name
          key={place}
          className={classes.skeleton}
          style={{ height: isList ? LIST_PX : ROOMY_PX }}
        >
          <Skeleton height={10} width={120} />
          <Skeleton height={10} width={`${28 + ((place * 17) % 40)}%`} />
        </div>
      ))}
    </div>
  );
}

function Refused() {
  const t = useT("log");
  return (
    <div className={classes.rows}>
      <StateBlock icon={<IconFilterQuestion />} title={t.refusedTitle}>
        <p>{t.refusedText}</p>
      </StateBlock>
    </div>
  );
}

function NewRows({ live }: { live: Live }) {
  const t = useT("log");
  const { format } = useLocale();
  if (live.error) return <ErrorState error={live.error} />;
  if (live.waiting === 0) return null;
  return (
    <button type="button" className={classes.newRows} onClick={live.release}>
      <IconArrowUp size={14} aria-hidden />
      {t.liveNew(format.number(live.waiting), live.waiting)} · {t.liveShow}
    </button>
  );
}

function Partial({ walk }: { walk: EventRowsProps["walk"] }) {
  const t = useT("log");
  const { format } = useLocale();
  const page = walk.last;
  if (!page?.partial) return null;
  return (
    <p className={classes.partial} role="status">
      <IconInfoCircle size={16} aria-hidden />
      <span>
        {t.partial(format.number(page.scanned_to ?? 0))} {page.reason}
      </span>
      {walk.hasNextPage ? (
        <Button variant="default" onClick={() => void walk.fetchNextPage()}>
          {t.partialGoOn}
        </Button>
      ) : null}
    </p>
  );
}

function Foot({ walk }: { walk: EventRowsProps["walk"] }) {
  const t = useT("log");
  if (walk.isFetchNextPageError) {
    return <ErrorState error={walk.error} onRetry={() => void walk.fetchNextPage()} />;
  }
  return <div className={classes.foot}>{walk.hasNextPage ? t.loadingMore : t.theEnd}</div>;
}
