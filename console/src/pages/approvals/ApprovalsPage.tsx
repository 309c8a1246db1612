// Approvals, each as one case: who asked, how far it came, and what was found.

import { Button, NativeSelect } from "@mantine/core";
import { IconChecklist } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useRef, useState } from "react";
import { refusalOf } from "../../api/error";
import { AskHead } from "../../entity/AskHead";
import { Frame, Limit, Partial } from "../../entity/EntityPage";
import { useLocale, useT } from "../../i18n/locale";
import { paths } from "../../paths";
import { ErrorState } from "../../shell/ErrorState";
import { useShortcuts } from "../../shell/shortcuts";
import { useGoTo } from "../../shell/useGoTo";
import { Chip, Chips } from "../../ui/Chips";
import { StateBlock } from "../../ui/StateBlock";
import { Waiting } from "../../ui/Waiting";
import type { FilterBarHandle } from "../log/FilterBar";
import { useAsked } from "../log/question";
import { ApprovalTable } from "./ApprovalTable";
import classes from "./approvals.module.css";
import { type Approval, useCases } from "./cases";
import { APPROVALS_RANGE_DEFAULT, type ApprovalsSearch } from "./search";
import { KINDS, STATES } from "./tones";

const route = getRouteApi("/shell/ui/approvals");
const EVER = "all";

export function ApprovalsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const t = useT("approvals");
  const { format } = useLocale();
  const go = useCallback(
    (change: Partial<ApprovalsSearch>) =>
      void navigate({ search: (before: ApprovalsSearch) => ({ ...before, ...change }) }),
    [navigate],
  );
  const range = search.range ?? APPROVALS_RANGE_DEFAULT;
  const onRange = (next: string) =>
    go({ range: next === APPROVALS_RANGE_DEFAULT ? undefined : next });
  const asked = useAsked({ q: search.q ?? "", range });
  const { walk, cases } = useCases(asked.question, search);
  const bar = useRef<FilterBarHandle>(null);
  const { cursor, open } = useCursor(cases, () => bar.current?.focus());
  const refused = refusalOf(walk.error);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = walk;
  const onMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const count = format.number(cases.length) + (hasNextPage ? "+" : "");
  const flagged = cases.filter((one) => one.flags.length > 0).length;

  return (
    <Frame isFilled>
      <AskHead
        ref={bar}
        title={t.title}
        filter={search.q ?? ""}
        refused={refused}
        range={range}
        asked={asked}
        onFilter={(q) => go({ q: q || undefined })}
        onRange={onRange}
      />
      <div className={classes.controls}>
        <Chips label={t.states}>
          {STATES.map((state) => (
            <Chip
              key={state}
              isOn={search.state === state}
              onToggle={() => go({ state: search.state === state ? undefined : state })}
            >
              {t.state(state)}
            </Chip>
          ))}
        </Chips>
        <NativeSelect
          aria-label={t.finding}
          value={search.finding ?? ""}
          onChange={(event) => go({ finding: event.currentTarget.value || undefined })}
          data={[
            { value: "", label: t.findingAll },
            { value: "any", label: t.findingAny },
            ...KINDS.map((kind) => ({ value: kind, label: t.flag(kind) })),
          ]}
        />
        <span className={`${classes.summary} figures`}>
          <b>{t.count(count, cases.length)}</b>
          {flagged > 0 ? ` · ${t.flagged(format.number(flagged))}` : ""}
        </span>
      </div>
      <Partial is={walk.data?.pages.at(-1)?.partial} />
      {walk.data?.pages.some((page) => page.limited) ? <Limit>{t.limited}</Limit> : null}
      {walk.isPending ? (
        <Waiting />
      ) : walk.error && !refused ? (
        <ErrorState error={walk.error} onRetry={() => void walk.refetch()} />
      ) : cases.length === 0 && !hasNextPage ? (
        <StateBlock
          icon={<IconChecklist />}
          title={t.emptyTitle}
          actions={
            range === EVER ? null : (
              <Button variant="default" onClick={() => onRange(EVER)}>
                {t.emptyWiden}
              </Button>
            )
          }
        >
          <p>{t.emptyText}</p>
        </StateBlock>
      ) : (
        <ApprovalTable cases={cases} cursor={cursor} onOpen={open} onNearEnd={onMore} />
      )}
      {hasNextPage ? (
        <footer className={`${classes.foot} no-print`}>
          <Button variant="default" loading={isFetchingNextPage} onClick={onMore}>
            {t.loadMore(format.stamp(cases.at(-1)?.began ?? "").slice(0, 16))}
          </Button>
        </footer>
      ) : null}
    </Frame>
  );
}

/** The row that keys act on. */
function useCursor(cases: Approval[], focusFilter: () => void) {
  const goTo = useGoTo();
  const [cursor, setCursor] = useState(-1);
  const step = (by: 1 | -1) => setCursor((at) => Math.min(Math.max(at + by, 0), cases.length - 1));
  const open = (place: number) => {
    const one = cases[place];
    if (one) goTo(paths.approval(one.id, one.stack_id));
  };
  useShortcuts("approvals", [
    { keys: "j", label: (messages) => messages.log.keyNext, run: () => step(1) },
    { keys: "k", label: (messages) => messages.log.keyPrevious, run: () => step(-1) },
    { keys: "Enter", label: (messages) => messages.log.keyOpen, run: () => open(cursor) },
    { keys: "/", label: (messages) => messages.log.keySearch, run: focusFilter },
  ]);
  return { cursor, open };
}
