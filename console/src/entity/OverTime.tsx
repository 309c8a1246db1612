// Events of a question over time, by how they ended; dragging or clicking picks a range.

import { absolute } from "../ask/range";
import { useT } from "../i18n/locale";
import { Histogram, useHistogram } from "../pages/log/Histogram";
import type { Asked } from "../pages/log/question";
import { Panel } from "./Panel";

export interface OverTimeProps {
  asked: Asked;
  onRange: (range: string) => void;
  more?: { to: string; label: string };
  title?: string;
  /** Columns of twelve. */
  width?: 6 | 8 | 12;
  /** Pixels. */
  height?: number;
}

export function OverTime({ asked, onRange, more, title, width = 12, height = 120 }: OverTimeProps) {
  const t = useT("entity");
  const histogram = useHistogram({ asked, by: "outcome", isReady: true, isComparing: false });
  return (
    <Panel
      title={title ?? t.overTime}
      span={width}
      note={t.dragHint}
      more={more}
      asking={{
        isPending: histogram.isCounting && histogram.buckets.length === 0,
        error: histogram.error,
        refetch: asked.again,
      }}
      empty={histogram.total === 0 ? t.storyNone : null}
    >
      <Histogram
        asked={asked}
        by="outcome"
        histogram={histogram}
        height={height}
        onZoom={(from, to) => onRange(absolute(from, to))}
      />
    </Panel>
  );
}
