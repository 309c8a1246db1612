// A column's head: its name, its edge to widen it by, and a grip to drag it elsewhere.

import { type DragEvent, type KeyboardEvent, type PointerEvent, useState } from "react";
import classes from "./table.module.css";
import type { Column } from "./VirtualTable";

const WIDTH_PX_MIN = 48;
const WIDTH_PX_MAX = 1_200;
const WIDTH_PX_STEP = 16;
const DRAG_TYPE = "application/x-annals-column";

export interface HeadCellProps {
  column: Pick<Column<never>, "key" | "label" | "width" | "isFlexible">;
  place: number;
  resizeLabel: string;
  onWidth: ((column: string, width: number | null) => void) | undefined;
  onMove: ((column: string, before: string) => void) | undefined;
}

export function HeadCell({ column, place, resizeLabel, onWidth, onMove }: HeadCellProps) {
  const [isTarget, setIsTarget] = useState(false);
  const carried = (event: DragEvent) => event.dataTransfer.types.includes(DRAG_TYPE);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <th> needs a <table>
    // biome-ignore lint/a11y/useFocusableInteractive: its controls are focusable
    <div
      role="columnheader"
      className={classes.headCell}
      aria-colindex={place + 1}
      data-target={isTarget || undefined}
      draggable={onMove !== undefined}
      onDragStart={(event) => event.dataTransfer.setData(DRAG_TYPE, column.key)}
      onDragOver={(event) => {
        if (!carried(event)) return;
        event.preventDefault();
        setIsTarget(true);
      }}
      onDragLeave={() => setIsTarget(false)}
      onDrop={(event) => {
        setIsTarget(false);
        const moved = event.dataTransfer.getData(DRAG_TYPE);
        if (moved && moved !== column.key) onMove?.(moved, column.key);
      }}
    >
      <span className={classes.headLabel} title={column.label}>
        {column.label}
      </span>
      {onWidth ? <Edge column={column} label={resizeLabel} onWidth={onWidth} /> : null}
    </div>
  );
}

interface EdgeProps {
  column: HeadCellProps["column"];
  label: string;
  onWidth: (column: string, width: number | null) => void;
}

function Edge({ column, label, onWidth }: EdgeProps) {
  const clamp = (width: number) =>
    Math.min(WIDTH_PX_MAX, Math.max(WIDTH_PX_MIN, Math.round(width)));
  const begin = (event: PointerEvent<HTMLElement>) => {
    event.preventDefault();
    event.stopPropagation();
    const edge = event.currentTarget;
    const head = edge.parentElement;
    const left = head?.getBoundingClientRect().left ?? 0;
    edge.setPointerCapture(event.pointerId);
    const move = (moved: globalThis.PointerEvent) =>
      onWidth(column.key, clamp(moved.clientX - left));
    const end = () => {
      edge.removeEventListener("pointermove", move);
      edge.removeEventListener("pointerup", end);
      edge.removeEventListener("pointercancel", end);
    };
    edge.addEventListener("pointermove", move);
    edge.addEventListener("pointerup", end);
    edge.addEventListener("pointercancel", end);
  };
  const byKey = (event: KeyboardEvent) => {
    const step =
      event.key === "ArrowRight" ? WIDTH_PX_STEP : event.key === "ArrowLeft" ? -WIDTH_PX_STEP : 0;
    if (step === 0) return;
    event.preventDefault();
    onWidth(column.key, clamp(column.width + step));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: an <hr> has no value to change
    <span
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={column.width}
      aria-valuemin={WIDTH_PX_MIN}
      aria-valuemax={WIDTH_PX_MAX}
      tabIndex={0}
      className={classes.edge}
      draggable
      onDragStart={(event) => {
        event.preventDefault();
        event.stopPropagation();
      }}
      onPointerDown={begin}
      onDoubleClick={() => onWidth(column.key, null)}
      onKeyDown={byKey}
    />
  );
}
