// The line between bars and rows: how many, in which order and shape, live or not, and what to do.

import {
  IconArrowDown,
  IconArrowUp,
  IconFilter,
  IconListDetails,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconRefresh,
  IconTable,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useLocale, useT } from "../../i18n/locale";
import classes from "./log.module.css";
import tools from "./toolbar.module.css";

export interface ToolbarProps {
  total: number | null;
  /** At least so many: not everything was counted. */
  isPartial: boolean;
  isCounting: boolean;
  order: "-time" | "time";
  onOrder: () => void;
  /** Leaves out what has no room on narrow screens. */
  isNarrow: boolean;
  isList: boolean;
  onList: (isList: boolean) => void;
  live: {
    isOn: boolean;
    isPossible: boolean;
    rate: number;
    isConnected: boolean;
    onToggle: () => void;
  };
  by: "outcome" | "service";
  onBy: (by: "outcome" | "service") => void;
  compare: { isOn: boolean; isPossible: boolean; onToggle: () => void };
  hasFacets: boolean;
  onFacets: () => void;
  onAgain: () => void;
  children: ReactNode;
}

export function Toolbar(props: ToolbarProps) {
  const t = useT("log");
  const { format, messages } = useLocale();
  const { total, order, live, by } = props;
  return (
    <div className={`${classes.toolbar} no-print`}>
      <button
        type="button"
        className={tools.tool}
        aria-pressed={props.hasFacets}
        aria-label={props.hasFacets ? t.facetsHide : t.facetsShow}
        title={props.hasFacets ? t.facetsHide : t.facetsShow}
        onClick={props.onFacets}
      >
        <IconFilter size={16} stroke={1.7} aria-hidden />
      </button>
      <strong className={`${classes.total} figures`} aria-live="polite">
        {total === null
          ? props.isCounting
            ? t.counting
            : ""
          : t.events((props.isPartial ? "≥ " : "") + format.number(total), total)}
      </strong>
      <button type="button" className={tools.tool} title={t.turnOrder} onClick={props.onOrder}>
        {order === "-time" ? (
          <IconArrowDown size={15} stroke={1.8} aria-hidden />
        ) : (
          <IconArrowUp size={15} stroke={1.8} aria-hidden />
        )}
        <span>{order === "-time" ? t.newestFirst : t.oldestFirst}</span>
      </button>
      <span className={classes.by}>
        <span className="quiet">{t.chartBy}</span>
        {(["outcome", "service"] as const).map((one) => (
          <button
            key={one}
            type="button"
            className={tools.tool}
            aria-pressed={by === one}
            onClick={() => props.onBy(one)}
          >
            {one === "outcome" ? messages.drawer.outcome : messages.drawer.service}
          </button>
        ))}
        <button
          type="button"
          className={tools.tool}
          aria-pressed={props.compare.isOn}
          disabled={!props.compare.isPossible}
          title={t.chartCompareHint}
          onClick={props.compare.onToggle}
        >
          {t.chartCompare}
        </button>
      </span>
      <span className={classes.right}>
        <LiveButton {...live} />
        <button
          type="button"
          className={tools.tool}
          aria-label={t.refresh}
          title={t.refresh}
          onClick={props.onAgain}
        >
          <IconRefresh size={16} stroke={1.7} aria-hidden />
        </button>
        {props.isNarrow ? null : (
          <>
            <span className={classes.gap} />
            <button
              type="button"
              className={tools.tool}
              aria-pressed={!props.isList}
              aria-label={t.asTable}
              title={t.asTable}
              onClick={() => props.onList(false)}
            >
              <IconTable size={16} stroke={1.7} aria-hidden />
            </button>
            <button
              type="button"
              className={tools.tool}
              aria-pressed={props.isList}
              aria-label={t.asList}
              title={t.asList}
              onClick={() => props.onList(true)}
            >
              <IconListDetails size={16} stroke={1.7} aria-hidden />
            </button>
          </>
        )}
        {props.children}
      </span>
    </div>
  );
}

function LiveButton({ isOn, isPossible, rate, isConnected, onToggle }: ToolbarProps["live"]) {
  const t = useT("log");
  const { format } = useLocale();
  const title = isOn ? t.liveOff : isPossible ? t.liveOn : t.liveNeedsNow;
  return (
    <button
      type="button"
      className={`${tools.tool} ${classes.live}`}
      aria-pressed={isOn}
      disabled={!isOn && !isPossible}
      title={title}
      onClick={onToggle}
    >
      {isOn ? (
        <IconPlayerPauseFilled size={13} aria-hidden />
      ) : (
        <IconPlayerPlayFilled size={13} aria-hidden />
      )}
      <span>{t.live}</span>
      {isOn ? (
        <span className="quiet figures">
          {isConnected ? t.liveRate(format.number(Math.round(rate * 10) / 10)) : t.liveBroken}
        </span>
      ) : null}
    </button>
  );
}
