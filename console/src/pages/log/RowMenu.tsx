// What can be done with a row, at the pointer: filter by a cell, copy in several forms, open.

import { Menu } from "@mantine/core";
import { serverUrl } from "../../api/base";
import { useCatalogue } from "../../api/catalogue";
import type { AuditEvent } from "../../api/events";
import { only, shutOut } from "../../ask/edit";
import { sentenceText } from "../../events/sentence";
import { useLocale, useT } from "../../i18n/locale";
import { logPath } from "../../paths";
import { copyText } from "../../ui/clipboard";
import { cellText, columnOf, isFilterable } from "./columns";
import classes from "./toolbar.module.css";

export interface RowMenuAt {
  event: AuditEvent;
  column: string | null;
  x: number;
  y: number;
}

export interface RowMenuProps {
  at: RowMenuAt | null;
  filter: string;
  nameOf: (column: string) => string;
  onFilter: (filter: string) => void;
  onOpen: (event: AuditEvent) => void;
  onClose: () => void;
}

/** The command that fetches an event; the token comes from the environment, never from here. */
export function curlOf(index: number): string {
  return `curl -sH "authorization: Bearer $ANNALS_TOKEN" '${serverUrl}/v1/events/index/${index}'`;
}

export function RowMenu({ at, filter, nameOf, onFilter, onOpen, onClose }: RowMenuProps) {
  const t = useT("log");
  const { format } = useLocale();
  const catalogue = useCatalogue();
  const event = at?.event;
  const column = at?.column ?? null;
  const value = event && column ? (columnOf(column)?.value(event) ?? "") : "";
  const canFilter =
    column !== null && isFilterable(column) && value !== "" && !value.includes(", ");
  const index = event?.index ?? 0;
  if (!at) return null;
  return (
    <Menu opened onClose={onClose} position="bottom-start" width={240} shadow="md" offset={2}>
      <Menu.Target>
        <button
          type="button"
          tabIndex={-1}
          aria-label={t.rowMenu}
          className={classes.anchor}
          style={{ left: at.x, top: at.y }}
        />
      </Menu.Target>
      {event ? (
        <Menu.Dropdown>
          {canFilter && column ? (
            <>
              <Menu.Label>
                {nameOf(column)}: {cellText(column, event, { catalogue, format, nameOf })}
              </Menu.Label>
              <Menu.Item onClick={() => onFilter(only(filter, column, value, catalogue.words))}>
                {t.filterFor}
              </Menu.Item>
              <Menu.Item onClick={() => onFilter(shutOut(filter, column, value, catalogue.words))}>
                {t.filterOut}
              </Menu.Item>
              <Menu.Divider />
            </>
          ) : null}
          {value !== "" ? (
            <Menu.Item onClick={() => copyText(value)}>{t.copyCell}</Menu.Item>
          ) : null}
          <Menu.Item
            onClick={() =>
              copyText(`${format.stamp(event.time)} ${sentenceText(event, catalogue)}`)
            }
          >
            {t.copySentence}
          </Menu.Item>
          <Menu.Item onClick={() => copyText(JSON.stringify(event, null, 2))}>
            {t.copyJson}
          </Menu.Item>
          <Menu.Item onClick={() => copyText(curlOf(index))}>{t.copyCurl}</Menu.Item>
          <Menu.Item onClick={() => copyText(serverUrl + logPath({ event: index, range: "all" }))}>
            {t.copyEventLink}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item onClick={() => onOpen(event)}>{t.openEvent}</Menu.Item>
        </Menu.Dropdown>
      ) : null}
    </Menu>
  );
}
