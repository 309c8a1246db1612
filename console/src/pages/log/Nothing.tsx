// No rows: why that may be, and the ways to more.

import { Button } from "@mantine/core";
import { IconZoomCancel } from "@tabler/icons-react";
import { wider } from "../../ask/range";
import { useLocale, useT } from "../../i18n/locale";
import { StateBlock } from "../../ui/StateBlock";
import { rangeLabel } from "./rangeLabel";

export interface NothingProps {
  filter: string;
  range: string;
  now: number;
  onFilter: (filter: string) => void;
  onRange: (range: string) => void;
}

export function Nothing({ filter, range, now, onFilter, onRange }: NothingProps) {
  const t = useT("log");
  const { zone, format } = useLocale();
  const wide = wider(range, { now, zone });
  const why = wide ? t.emptyRange : filter ? t.emptyAll : t.emptyLog;
  return (
    <StateBlock
      icon={<IconZoomCancel />}
      title={t.emptyTitle}
      actions={
        <>
          {wide ? (
            <Button variant="default" onClick={() => onRange(wide)}>
              {t.emptyWiden(rangeLabel(wide, { from: null, to: null }, format, t))}
            </Button>
          ) : null}
          {filter ? (
            <Button variant="default" onClick={() => onFilter("")}>
              {t.emptyClear}
            </Button>
          ) : null}
        </>
      }
    >
      <p>{why}</p>
    </StateBlock>
  );
}
