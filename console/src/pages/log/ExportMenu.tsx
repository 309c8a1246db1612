// Has what the page shows written to a file by the server, beside its other work.

import { Menu } from "@mantine/core";
import { IconCheck, IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import type { Question } from "../../api/events";
import { useRight } from "../../api/session";
import { useLocale, useT } from "../../i18n/locale";
import { paths } from "../../paths";
import { GoLink } from "../../shell/GoLink";
import { COLUMNS } from "./columns";
import classes from "./toolbar.module.css";

const FORMATS = ["csv", "ndjson", "parquet"] as const;
type ExportFormat = (typeof FORMATS)[number];

const RIGHT = "export-events";
const NAMES: Record<ExportFormat, string> = { csv: "CSV", ndjson: "NDJSON", parquet: "Parquet" };

export function ExportMenu({ question, columns }: { question: Question; columns: string[] }) {
  const t = useT("log");
  const { language } = useLocale();
  const mayExport = useRight(RIGHT);
  const begin = useMutation({
    mutationFn: (format: ExportFormat) => {
      const { q = "", from, to, tz } = question;
      const known = new Set(COLUMNS.map((column) => column.key));
      const own = columns.filter((column) => known.has(column) && column !== "sentence");
      const body = { q, from, to, tz, format, columns: own, lang: language };
      return answer(api.POST("/v1/exports", { body }));
    },
  });
  if (!mayExport) return null;
  return (
    <Menu
      position="bottom-end"
      width={230}
      shadow="md"
      closeOnItemClick={false}
      onClose={begin.reset}
    >
      <Menu.Target>
        <button
          type="button"
          className={classes.tool}
          aria-label={t.exportEvents}
          title={t.exportEvents}
        >
          <IconDownload size={16} stroke={1.7} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.exportEvents}</Menu.Label>
        {begin.isSuccess ? (
          <>
            <p className={classes.said} role="status">
              <IconCheck size={15} aria-hidden /> {t.exportStarted}
            </p>
            <Menu.Item component={GoLink} to={paths.exports}>
              {t.exportGo}
            </Menu.Item>
          </>
        ) : (
          FORMATS.map((format) => (
            <Menu.Item key={format} disabled={begin.isPending} onClick={() => begin.mutate(format)}>
              {NAMES[format]}
            </Menu.Item>
          ))
        )}
        {begin.error ? (
          <p className={classes.said} role="alert">
            {begin.error.message}
          </p>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
