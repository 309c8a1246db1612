// How large the ledger is and whether it can be believed: checkpoint, signature, last full check.

import { IconAlertTriangle, IconCircleCheck, IconHelpCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { answer, api } from "../../api/client";
import { useRight } from "../../api/session";
import { Panel } from "../../entity/Panel";
import { useLocale, useT } from "../../i18n/locale";
import { logPath } from "../../paths";
import { GoLink } from "../../shell/GoLink";
import { type LedgerState, useLastCheck, useLedger } from "./ledger";
import classes from "./overview.module.css";

const ROOT_SHOWN_CHARS = 16;

type Tone = "good" | "bad" | "open";

export function LedgerPanel({ every }: { every: number }) {
  const t = useT("overview");
  const { format } = useLocale();
  const ledger = useLedger(every);
  const check = useLastCheck(every);
  const { data } = ledger;
  return (
    <Panel title={t.ledger} span={4} asking={ledger}>
      {data ? (
        <dl className={classes.ledger}>
          <div className={classes.size}>
            <dt>{t.size}</dt>
            <dd className="figures">{format.number(data.size)}</dd>
          </div>
          <div>
            <dt>{t.checkpoint}</dt>
            <dd>
              <span className="mono" title={data.root}>
                {data.root.slice(0, ROOT_SHOWN_CHARS)}…
              </span>
              <Verdict {...signatureOf(data)} />
            </dd>
          </div>
          <div>
            <dt>{t.fullCheck}</dt>
            <dd>
              {check.data ? (
                <>
                  <Verdict tone={check.data.verdict === "OK" ? "good" : "bad"}>
                    <GoLink to={logPath({ q: "operation:verify.run", range: "all" })}>
                      {check.data.verdict === "OK"
                        ? t.fullCheckOk(format.relative(check.data.time))
                        : t.fullCheckBad(check.data.verdict, format.relative(check.data.time))}
                    </GoLink>
                  </Verdict>
                  {check.data.size === null ? null : (
                    <span className="quiet figures">
                      {t.covers(format.number(check.data.size))}
                    </span>
                  )}
                </>
              ) : (
                <Verdict tone="open">{t.fullCheckNone}</Verdict>
              )}
            </dd>
          </div>
          <Operating every={every} />
        </dl>
      ) : null}
    </Panel>
  );

  function signatureOf({ signature, key }: LedgerState): { tone: Tone; children: string } {
    if (signature === "bad") return { tone: "bad", children: t.bad };
    if (signature === "unchecked") return { tone: "open", children: t.unchecked };
    return key === "changed"
      ? { tone: "bad", children: t.signedKeyChanged }
      : { tone: "good", children: t.signed };
  }
}

function Verdict({ tone, children }: { tone: Tone; children: ReactNode }) {
  const Icon =
    tone === "good" ? IconCircleCheck : tone === "bad" ? IconAlertTriangle : IconHelpCircle;
  return (
    <span className={classes.verdict} data-tone={tone}>
      <Icon size={15} stroke={1.9} aria-hidden />
      <span>{children}</span>
    </span>
  );
}

/** What only operators may see: whether it takes events, and what waits. */
function Operating({ every }: { every: number }) {
  const may = useRight("read-status");
  const t = useT("overview");
  const { format } = useLocale();
  const { data } = useQuery({
    queryKey: ["status"],
    enabled: may,
    refetchInterval: every,
    queryFn: ({ signal }) => answer(api.GET("/v1/status", { signal })),
  });
  if (!data) return null;
  const behind = Math.max(0, ...data.followers.map((follower) => follower.lag));
  return (
    <>
      {data.fault ? (
        <div>
          <dt>{t.fault}</dt>
          <dd>
            <Verdict tone="bad">{data.fault}</Verdict>
          </dd>
        </div>
      ) : null}
      <div>
        <dt>{t.behind}</dt>
        <dd className="figures">{t.covers(format.number(behind))}</dd>
      </div>
      <div>
        <dt>{t.quarantine}</dt>
        <dd className="figures">{format.number(data.quarantine.open)}</dd>
      </div>
    </>
  );
}
