// What was found and what is in order, each with its evidence; first of all whether the approver is
// somebody else than the requester, with the people that were compared.

import { IconAlertTriangle, IconCircleCheck, IconHelpCircle, IconMinus } from "@tabler/icons-react";
import { Panel } from "../../entity/Panel";
import { useLocale, useT } from "../../i18n/locale";
import { Tag } from "../../ui/Tag";
import type { Check, Dossier } from "./cases";
import classes from "./checks.module.css";
import type { Open } from "./DossierPage";
import { EventButtons } from "./EventButtons";
import { PersonOf } from "./PersonOf";
import { KINDS, type Tone, toneOfFinding } from "./tones";

/** The check that the page shows first. */
const SEPARATION = "self_approval";

const ICONS = {
  good: IconCircleCheck,
  bad: IconAlertTriangle,
  doubtful: IconAlertTriangle,
  quiet: IconHelpCircle,
} as const;

export function Checks({ of, onOpen }: { of: Dossier; onOpen: Open }) {
  const t = useT("approvals");
  const { format } = useLocale();
  const all = [...of.findings, ...of.checks].toSorted(
    (one, other) => placeOf(one.kind) - placeOf(other.kind),
  );
  const separation = all.find((one) => one.kind === SEPARATION);
  const others = all.filter((one) => one !== separation && one.result !== "nothing");
  const nothing = all.filter((one) => one !== separation && one.result === "nothing");
  const isFound = (one: Check) => one.result === "found" || one.result === "possible";
  return (
    <Panel title={t.checks}>
      {separation ? <Separation of={of} check={separation} onOpen={onOpen} /> : null}
      <ul className={classes.checks}>
        {[...others.filter(isFound), ...others.filter((one) => !isFound(one))].map((one) => (
          <li key={one.kind} data-tone={toneOf(one)}>
            <Row check={one} onOpen={onOpen} />
          </li>
        ))}
      </ul>
      {nothing.length > 0 ? (
        <p className={classes.nothing}>
          <IconMinus size={13} aria-hidden />
          {t.nothing(format.list(nothing.map((one) => t.flag(one.kind))))}
        </p>
      ) : null}
    </Panel>
  );
}

function placeOf(kind: string): number {
  const place = (KINDS as readonly string[]).indexOf(kind);
  return place < 0 ? KINDS.length : place;
}

function toneOf({ kind, result }: Check): Tone {
  if (result === "found") return toneOfFinding(kind);
  if (result === "possible") return "doubtful";
  return result === "held" ? "good" : "quiet";
}

/** The people that were compared, level by level. */
function Separation({ of, check, onOpen }: { of: Dossier; check: Check; onOpen: Open }) {
  const t = useT("approvals");
  const { format } = useLocale();
  const approvals = of.decisions.filter((one) => one.effective && one.verdict === "approved");
  const { requester } = of.approval;
  return (
    <section className={classes.separation} data-tone={toneOf(check)} aria-label={t.separation}>
      <h3>{t.separation}</h3>
      <Row check={check} onOpen={onOpen} />
      {check.result === "nothing" ? null : (
        <>
          <dl>
            <div>
              <dt>{t.requester}</dt>
              <dd>{requester ? <PersonOf person={requester} /> : t.notSaid}</dd>
            </div>
            {approvals.map((one) => (
              <div key={one.index} data-own={one.by_requester || undefined}>
                <dt>{t.approver(format.number(one.level))}</dt>
                <dd>
                  <PersonOf person={one.by} />
                </dd>
              </div>
            ))}
          </dl>
          <p className="quiet">{t.compared}</p>
        </>
      )}
    </section>
  );
}

function Row({ check, onOpen }: { check: Check; onOpen: Open }) {
  const t = useT("approvals");
  const tone = toneOf(check);
  const Icon = ICONS[tone];
  const isFound = check.result === "found" || check.result === "possible";
  return (
    <div className={classes.check} data-tone={tone}>
      <Icon size={16} stroke={1.9} aria-hidden />
      <div>
        <Tag kind={tone}>{t.result(check.result)}</Tag>{" "}
        <span>{isFound ? t.found(check.kind) : t.held(check.kind)}</span>
        {check.result === "possible" ? <span className="quiet"> {t.possibleWhy}</span> : null}{" "}
        <EventButtons events={check.events} onOpen={onOpen} />
      </div>
    </div>
  );
}
