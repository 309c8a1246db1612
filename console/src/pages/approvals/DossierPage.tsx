// One approval from its request to the deletion of its data: the levels and who decided, what was
// checked, what is left on the platform. Printed, it is a sheet of evidence.

import { IconChecklist, IconPrinter, IconQuestionMark } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import type { AuditEvent } from "../../api/events";
import { EntityHead, EntityPage, Limit, NameAndId, Partial } from "../../entity/EntityPage";
import { Figures } from "../../entity/Figures";
import { ofObject } from "../../entity/filter";
import { InLog } from "../../entity/InLog";
import { Panel, Panels } from "../../entity/Panel";
import { useLocale, useT } from "../../i18n/locale";
import { logPath } from "../../paths";
import { ErrorState } from "../../shell/ErrorState";
import button from "../../ui/button.module.css";
import { StateBlock } from "../../ui/StateBlock";
import sheet from "../../ui/sheet.module.css";
import { Waiting } from "../../ui/Waiting";
import { sizeOf, stateOf } from "./ApprovalTable";
import { Checks } from "./Checks";
import { type Dossier, useDossier } from "./cases";
import { DataPanel, PolicyPanel } from "./DataPanel";
import classes from "./dossier.module.css";
import { PersonOf } from "./PersonOf";
import type { DossierSearch } from "./search";
import { Way } from "./Way";

const route = getRouteApi("/shell/ui/approvals/$id");

/** Opens an event beside the page; of its proof if `tab` says so. */
export type Open = (index: number, tab?: string) => void;

export function DossierPage() {
  const { id } = route.useParams();
  const { stack } = route.useSearch();
  const t = useT("approvals");
  const asking = useDossier(id, stack);
  if (asking.error) {
    return <ErrorState error={asking.error} onRetry={() => void asking.refetch()} />;
  }
  if (asking.isPending) return <Waiting />;
  if (!asking.data) {
    return (
      <StateBlock icon={<IconQuestionMark />} title={t.unknownTitle}>
        <p className="mono">{id}</p>
        <p>{t.unknownText}</p>
      </StateBlock>
    );
  }
  return <Case of={asking.data} />;
}

function Case({ of }: { of: Dossier }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const t = useT("approvals");
  const { format } = useLocale();
  const go = useCallback(
    (change: Partial<DossierSearch>, replace = false) =>
      void navigate({ search: (before: DossierSearch) => ({ ...before, ...change }), replace }),
    [navigate],
  );
  const open: Open = (index, tab) => go({ event: String(index), tab }, search.event !== undefined);
  const events = useMemo(() => of.events.map((one) => one.event as AuditEvent), [of.events]);
  const { approval } = of;
  return (
    <EntityPage
      search={search}
      go={go}
      events={events}
      head={
        <EntityHead
          icon={<IconChecklist size={14} stroke={1.8} aria-hidden />}
          kind={t.kind(stateOf(approval, t))}
          title={<NameAndId name={approval.name} id={approval.id} />}
          facts={
            <span>
              {t.requester}:{" "}
              {approval.requester ? <PersonOf person={approval.requester} /> : t.notSaid}
            </span>
          }
          tools={
            <>
              <button type="button" className={button.tool} onClick={() => window.print()}>
                <IconPrinter size={15} stroke={1.7} aria-hidden />
                {t.print}
              </button>
              <InLog to={logPath({ q: ofObject(approval.id), range: "all" })} />
            </>
          }
        />
      }
    >
      <Partial is={of.partial} />
      {of.limited ? <Limit>{t.limited}</Limit> : null}
      {of.cut ? <Limit>{t.cut}</Limit> : null}
      <Numbers of={of} />
      <Panels>
        <div className={classes.main}>
          <Panel title={t.life}>
            <Way of={of} opened={search.event} onOpen={open} />
          </Panel>
        </div>
        <div className={classes.side}>
          <Checks of={of} onOpen={open} />
          <DataPanel of={of} onOpen={open} />
          <PolicyPanel of={of} onOpen={open} />
        </div>
      </Panels>
      <footer className={`${sheet.foot} mono`}>
        {t.printFoot(format.number(of.as_of), format.full(Date.now()))}
      </footer>
    </EntityPage>
  );
}

function Numbers({ of: { approval, data, findings } }: { of: Dossier }) {
  const t = useT("approvals");
  const words = useT("entity");
  const { format } = useLocale();
  const { submitted, decided, level, levels, decision } = approval;
  const took = submitted && decided ? Date.parse(decided) - Date.parse(submitted) : null;
  const small = (text: string) => <span className={classes.small}>{text}</span>;
  const bad = findings.length > 0;
  return (
    <Figures
      label={words.figures}
      figures={[
        {
          label: t.submitted,
          value: small(submitted ? format.stamp(submitted).slice(0, 16) : t.never),
        },
        {
          label: t.decided,
          value: small(decided ? format.stamp(decided).slice(0, 16) : t.undecided),
          note: decision
            ? `${t.state(decision)}${took === null ? "" : `, ${t.after(format.duration(took))}`}`
            : null,
          tone: decision === "approved" ? "success" : decision === null ? undefined : "failure",
        },
        {
          label: t.level,
          value: t.levelOf(format.number(level), levels === null ? "?" : format.number(levels)),
        },
        { label: t.data, value: small(sizeOf(approval, t, format) || t.notSaid) },
        { label: t.left, value: small(t.leftOf(data.left)) },
        {
          label: t.findings,
          value: bad ? format.number(findings.length) : t.findingsNone,
          tone: bad ? "failure" : undefined,
        },
      ]}
    />
  );
}
