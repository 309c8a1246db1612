// Which columns the table has, and in which order; and how dense it is.

import { Checkbox, Popover, SegmentedControl } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconColumns3 } from "@tabler/icons-react";
import { useT } from "../../i18n/locale";
import button from "../../ui/button.module.css";
import { COLUMNS } from "./columns";
import { moved } from "./order";
import classes from "./toolbar.module.css";

export interface ColumnPickerProps {
  chosen: string[];
  nameOf: (key: string) => string;
  isDense: boolean;
  onColumns: (columns: string[] | null) => void;
  onDense: (isDense: boolean) => void;
}

export function ColumnPicker({ chosen, nameOf, isDense, onColumns, onDense }: ColumnPickerProps) {
  const t = useT("log");
  const others = COLUMNS.map((column) => column.key).filter((key) => !chosen.includes(key));
  return (
    <Popover position="bottom-end" width={280} shadow="md">
      <Popover.Target>
        <button type="button" className={classes.tool} aria-label={t.columns} title={t.columns}>
          <IconColumns3 size={16} stroke={1.7} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes.picker}>
        <SegmentedControl
          fullWidth
          aria-label={t.density}
          value={isDense ? "dense" : "roomy"}
          onChange={(value) => onDense(value === "dense")}
          data={[
            { value: "dense", label: t.densityDense },
            { value: "roomy", label: t.densityRoomy },
          ]}
        />
        <ul>
          {[...chosen, ...others].map((key) => {
            const isChosen = chosen.includes(key);
            return (
              <li key={key}>
                <Checkbox
                  label={nameOf(key)}
                  checked={isChosen}
                  disabled={isChosen && chosen.length === 1}
                  onChange={() =>
                    onColumns(isChosen ? chosen.filter((one) => one !== key) : [...chosen, key])
                  }
                />
                {isChosen ? (
                  <span className={classes.moves}>
                    <button
                      type="button"
                      className={`${button.icon} ${classes.small}`}
                      aria-label={t.columnUp(nameOf(key))}
                      disabled={key === chosen[0]}
                      onClick={() => onColumns(moved(chosen, key, -1))}
                    >
                      <IconArrowUp size={13} aria-hidden />
                    </button>
                    <button
                      type="button"
                      className={`${button.icon} ${classes.small}`}
                      aria-label={t.columnDown(nameOf(key))}
                      disabled={key === chosen.at(-1)}
                      onClick={() => onColumns(moved(chosen, key, 1))}
                    >
                      <IconArrowDown size={13} aria-hidden />
                    </button>
                  </span>
                ) : null}
              </li>
            );
          })}
        </ul>
        <button type="button" className={classes.plain} onClick={() => onColumns(null)}>
          {t.columnsReset}
        </button>
      </Popover.Dropdown>
    </Popover>
  );
}
