// Rejected input: what came, why it was refused, and sending it again once the cause is mended.

import { Button, SegmentedControl } from "@mantine/core";
import { IconMailCheck } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { components } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { queryClient } from "../../api/queries";
import { useRight } from "../../api/session";
import { useLocale, useT } from "../../i18n/locale";
import { logPath } from "../../paths";
import { ErrorState } from "../../shell/ErrorState";
import { GoLink } from "../../shell/GoLink";
import { Refusal } from "../../shell/Refusal";
import { DataTable, Page } from "../../ui/Page";
import { StateBlock } from "../../ui/StateBlock";
import { Tag } from "../../ui/Tag";
import { Waiting } from "../../ui/Waiting";
import { type QuarantineState, readState, STATES } from "./search";

const route = getRouteApi("/shell/ui/quarantine");
const KEY = "quarantine";

const replayLine = (index: number) =>
  answer(api.POST("/v1/quarantine/{index}/replay", { params: { path: { index } } }));

export function QuarantinePage() {
  const t = useT("quarantine");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const state = readState(search.state);
  const mayReplay = useRight("replay-quarantine");
  const lines = useInfiniteQuery({
    queryKey: [KEY, state],
    queryFn: ({ pageParam }) =>
      answer(api.GET("/v1/quarantine", { params: { query: { state, after_index: pageParam } } })),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const replay = useMutation({
    mutationFn: replayLine,
    onSettled: () => queryClient.invalidateQueries({ queryKey: [KEY] }),
  });
  const items = lines.data?.pages.flatMap((page) => page.items) ?? [];

  return (
    <Page
      title={t.title}
      intro={t.intro}
      actions={
        <SegmentedControl
          aria-label={t.shown}
          value={state}
          onChange={(value) => void navigate({ search: { state: value as QuarantineState } })}
          data={STATES.map((value) => ({ value, label: t.states(value) }))}
        />
      }
    >
      <Refusal error={replay.error} />
      {lines.isPending ? <Waiting /> : null}
      {lines.error ? <ErrorState error={lines.error} onRetry={() => void lines.refetch()} /> : null}
      {lines.isSuccess && items.length === 0 ? (
        <StateBlock icon={<IconMailCheck />} title={t.emptyTitle(state)}>
          {t.emptyText}
        </StateBlock>
      ) : null}
      {items.length > 0 ? (
        <Lines
          items={items}
          onReplay={mayReplay ? (index) => replay.mutate(index) : null}
          busy={replay.isPending ? replay.variables : null}
        />
      ) : null}
      {lines.hasNextPage ? (
        <div>
          <Button
            variant="default"
            loading={lines.isFetchingNextPage}
            onClick={() => void lines.fetchNextPage()}
          >
            {t.more}
          </Button>
        </div>
      ) : null}
    </Page>
  );
}

type Item = components["schemas"]["QuarantineItem"];

interface LinesProps {
  items: Item[];
  onReplay: ((index: number) => void) | null;
  busy: number | null;
}

function Lines({ items, onReplay, busy }: LinesProps) {
  const t = useT("quarantine");
  const { format } = useLocale();
  const head = [t.received, t.emitter, t.place, t.reason, t.size, t.line];
  return (
    <DataTable name={t.title} head={onReplay ? [...head, t.act] : head}>
      {items.map((item) => (
        <tr key={item.index}>
          <td data-short>{format.stamp(item.received_time)}</td>
          <td data-short className="mono">
            {item.emitter}
          </td>
          <td data-short>{t.placeOf(format.number(item.line))}</td>
          <td>
            <Tag kind="bad">{item.code}</Tag>{" "}
            {item.field ? <code className="mono">{item.field}</code> : null}
            <div className="quiet">{item.message}</div>
          </td>
          <td data-short>{format.bytes(item.bytes)}</td>
          <td data-short>
            <GoLink to={logPath({ event: item.index })}>{t.show}</GoLink>
          </td>
          {onReplay ? (
            <td data-short>
              <Replay item={item} isBusy={busy === item.index} onReplay={onReplay} />
            </td>
          ) : null}
        </tr>
      ))}
    </DataTable>
  );
}

interface ReplayProps {
  item: Item;
  isBusy: boolean;
  onReplay: (index: number) => void;
}

function Replay({ item, isBusy, onReplay }: ReplayProps) {
  const t = useT("quarantine");
  if (item.replayed !== null) return <span className="quiet">{t.replayed}</span>;
  if (!item.replayable) return <span className="quiet">{t.notReplayable}</span>;
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={isBusy}
      aria-label={t.replayOf(item.index)}
      onClick={() => onReplay(item.index)}
    >
      {t.replay}
    </Button>
  );
}
