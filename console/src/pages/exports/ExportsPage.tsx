// Exports: a question whose whole answer is written to a file, with progress, an end, and the file.

import { Button, Progress } from "@mantine/core";
import { IconDownload, IconFileExport } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { components } from "../../api/__generated__/schema";
import { serverUrl } from "../../api/base";
import { answer, api } from "../../api/client";
import { queryClient } from "../../api/queries";
import { useLocale, useT } from "../../i18n/locale";
import { ErrorState } from "../../shell/ErrorState";
import { Refusal } from "../../shell/Refusal";
import { DataTable, Page, Section } from "../../ui/Page";
import { StateBlock } from "../../ui/StateBlock";
import { Tag } from "../../ui/Tag";
import { Waiting } from "../../ui/Waiting";
import { ExportForm } from "./ExportForm";

const route = getRouteApi("/shell/ui/exports");
const KEY = ["exports"];
const BUSY_MS = 1_000;
const IDLE_MS = 30_000;

type Job = components["schemas"]["Export"];

const isAtWork = (job: Job) => job.state === "queued" || job.state === "running";

export function ExportsPage() {
  const t = useT("exports");
  const { q = "", range } = route.useSearch();
  const jobs = useQuery({
    queryKey: KEY,
    queryFn: () => answer(api.GET("/v1/exports", {})),
    refetchInterval: (query) => (query.state.data?.exports.some(isAtWork) ? BUSY_MS : IDLE_MS),
  });
  const refresh = () => queryClient.invalidateQueries({ queryKey: KEY });
  const end = useMutation({
    mutationFn: (id: string) =>
      answer(api.DELETE("/v1/exports/{id}", { params: { path: { id } } })),
    onSettled: refresh,
  });
  return (
    <Page title={t.title} intro={t.intro}>
      <Section title={t.fresh}>
        <ExportForm key={`${q} ${range}`} q={q} range={range} onBegun={() => void refresh()} />
      </Section>
      <Refusal error={end.error} />
      {jobs.isPending ? <Waiting /> : null}
      {jobs.error ? <ErrorState error={jobs.error} onRetry={() => void jobs.refetch()} /> : null}
      {jobs.data?.exports.length === 0 ? (
        <StateBlock icon={<IconFileExport />} title={t.emptyTitle}>
          {t.emptyText}
        </StateBlock>
      ) : null}
      {jobs.data && jobs.data.exports.length > 0 ? (
        <DataTable name={t.title} head={[t.begun, t.filter, t.format, t.state, t.act]}>
          {jobs.data.exports.map((job) => (
            <Row key={job.id} job={job} onEnd={() => end.mutate(job.id)} />
          ))}
        </DataTable>
      ) : null}
    </Page>
  );
}

function Row({ job, onEnd }: { job: Job; onEnd: () => void }) {
  const t = useT("exports");
  const { format } = useLocale();
  const { from, to, q } = job.request;
  const open = (time: string | null | undefined) => (time ? format.stamp(time) : "…");
  return (
    <tr>
      <td data-short>{format.stamp(job.created)}</td>
      <td>
        {q ? <code className="mono">{q}</code> : t.everything}
        <div className="quiet">{from || to ? `${open(from)} – ${open(to)}` : t.allTime}</div>
      </td>
      <td>{t.formats(job.request.format ?? "ndjson")}</td>
      <td>
        <Progressing job={job} />
      </td>
      <td data-short>
        {job.state === "done" ? (
          <Button
            component="a"
            size="compact-xs"
            leftSection={<IconDownload size={13} />}
            href={`${serverUrl}/v1/exports/${encodeURIComponent(job.id)}/file`}
            download
          >
            {t.download}
          </Button>
        ) : null}{" "}
        <Button size="compact-xs" variant="default" onClick={onEnd}>
          {isAtWork(job) ? t.cancel : t.remove}
        </Button>
      </td>
    </tr>
  );
}

function Progressing({ job }: { job: Job }) {
  const t = useT("exports");
  const { format } = useLocale();
  if (isAtWork(job)) {
    const total = job.rows_total ?? 0;
    const share = total > 0 ? (job.rows / total) * 100 : 0;
    return (
      <>
        <Progress value={share} aria-label={t.title} />
        <span className="quiet">
          {total > 0 ? t.rowsOf(format.number(job.rows), format.number(total)) : t.counting}
        </span>
      </>
    );
  }
  return (
    <>
      <Tag kind={job.state === "done" ? "good" : "quiet"}>{t.states(job.state)}</Tag>
      <div className="quiet">
        {job.error ?? t.size(format.number(job.rows), format.bytes(job.bytes))}
      </div>
      {job.sha256 ? (
        <div className="quiet">
          SHA-256 <code className="mono">{job.sha256}</code>
        </div>
      ) : null}
    </>
  );
}
