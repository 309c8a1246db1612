// The parts of the user page that come from the profile: figures, the unusual, hours, and rankings.

import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { Fragment, type ReactNode } from "react";
import { useCatalogue } from "../../api/catalogue";
import { comparison } from "../../ask/edit";
import { change, Figures } from "../../entity/Figures";
import { all, ofAddress, ofObject, ofUser, REFUSED } from "../../entity/filter";
import { Hours } from "../../entity/Hours";
import { Panel } from "../../entity/Panel";
import panel from "../../entity/panel.module.css";
import { Ranking } from "../../entity/Ranking";
import table from "../../entity/table.module.css";
import { useLocale, useT } from "../../i18n/locale";
import { logPath, paths } from "../../paths";
import { GoLink } from "../../shell/GoLink";
import { markedHours, toldAll } from "./finding";
import type { Profile } from "./profile";
import classes from "./user.module.css";

const OPERATIONS_SHOWN = 10;
const ADDRESSES_SHOWN = 8;
const REFUSALS_SHOWN = 8;
/** With fewer events before, the server's rules are silent. */
const BASELINE_EVENTS_FEW = 50;

export interface ProfilePartsProps {
  name: string;
  /** undefined while it is on its way, null where it is not to be had. */
  profile: Profile | undefined | null;
  range: string;
  /** Stands between figures and findings. */
  children: ReactNode;
}

export function ProfileParts({ name, profile, range, children }: ProfilePartsProps) {
  if (profile === null) return children;
  const waiting = { isPending: profile === undefined, error: null, refetch: () => undefined };
  const parts = { name, range, profile, asking: waiting };
  return (
    <>
      <Numbers {...parts} />
      {children}
      <Unusual {...parts} />
      <Hours week={profile?.week} marked={markedHours(profile?.findings ?? [])} asking={waiting} />
      <Addresses {...parts} />
      <Operations {...parts} />
      <Objects {...parts} />
      <Refusals {...parts} />
    </>
  );
}

interface PartProps {
  name: string;
  range: string;
  profile: Profile | undefined;
  asking: { isPending: boolean; error: null; refetch: () => undefined };
}

function Numbers({ name, range, profile }: PartProps) {
  const t = useT("user");
  const { format } = useLocale();
  const words = useT("entity");
  const q = ofUser(name);
  const of = (outcome: string) =>
    profile?.outcomes.find((one) => one.value === outcome)?.events ?? 0;
  const refused = profile ? of("failure") + of("denied") : null;
  const against = profile
    ? change(profile.events, profile.events_before, (share) => format.percent(share, 0))
    : "";
  const number = (value: number | undefined | null) =>
    value == null ? null : format.number(value);
  return (
    <div className={classes.numbers}>
      <Figures
        label={words.figures}
        figures={[
          {
            label: t.figureEvents,
            value: number(profile?.events),
            note: against ? t.against(against) : null,
            to: logPath({ q, range }),
          },
          {
            label: t.figureRefused,
            value: number(refused),
            note:
              profile && refused !== null && profile.events > 0
                ? format.percent(refused / profile.events)
                : null,
            to: logPath({ q: all(q, REFUSED), range }),
          },
          { label: t.figureActive, value: number(profile?.active_days) },
          { label: t.figureSessions, value: number(profile?.sessions) },
          { label: t.figureAddresses, value: number(profile?.address_count) },
        ]}
      />
    </div>
  );
}

function Unusual({ name, range, profile, asking }: PartProps) {
  const t = useT("user");
  const { format } = useLocale();
  const catalogue = useCatalogue();
  const findings = toldAll(profile?.findings ?? [], t, catalogue, format);
  const base = profile?.baseline;
  const isFew = base !== undefined && base.events < BASELINE_EVENTS_FEW;
  return (
    <Panel
      title={t.unusual}
      span={6}
      asking={asking}
      note={
        base && !isFew
          ? t.unusualBase(
              format.dayStamp(base.from),
              format.dayStamp(base.to),
              format.number(base.events),
            )
          : null
      }
    >
      {findings.length === 0 ? (
        <p className={panel.empty}>
          {isFew ? (
            t.unusualFew(format.number(base.events))
          ) : (
            <span className={classes.calm}>
              <IconCircleCheck size={15} stroke={1.8} aria-hidden /> {t.unusualNone}
            </span>
          )}
        </p>
      ) : (
        <ul className={classes.findings}>
          {findings.map((finding) => (
            <li key={finding.key}>
              <IconAlertTriangle size={15} stroke={1.8} aria-hidden />
              {finding.each ? (
                <span>
                  {finding.title}:{" "}
                  {finding.each.map((one, place) => (
                    <Fragment key={one.term}>
                      {place > 0 ? " · " : ""}
                      <GoLink to={logPath({ q: all(ofUser(name), one.term), range })}>
                        {one.name}
                      </GoLink>
                    </Fragment>
                  ))}
                </span>
              ) : (
                <GoLink
                  to={logPath({
                    q: all(ofUser(name), finding.term),
                    range: finding.range ?? range,
                  })}
                >
                  {finding.title}
                </GoLink>
              )}
              <span className={classes.why}>{finding.reason}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Addresses({ name, range, profile, asking }: PartProps) {
  const t = useT("user");
  const words = useT("entity");
  const { format } = useLocale();
  const fresh = new Set(
    profile?.findings.flatMap((it) => (it.rule === "new_address" ? it.address : [])),
  );
  const rest = (profile?.address_count ?? 0) - ADDRESSES_SHOWN;
  return (
    <Panel
      title={words.addresses}
      span={6}
      asking={asking}
      empty={profile?.addresses.length === 0 ? words.storyNone : null}
      note={rest > 0 ? t.moreAddresses(format.number(rest)) : null}
    >
      <div className={table.wide}>
        <table className={`${table.short} figures`}>
          <thead>
            <tr>
              <th scope="col">{words.address}</th>
              <th scope="col">{t.first}</th>
              <th scope="col">{t.last}</th>
              <th scope="col" className={table.number}>
                {t.inRange}
              </th>
            </tr>
          </thead>
          <tbody>
            {profile?.addresses.slice(0, ADDRESSES_SHOWN).map((one) => (
              <tr key={one.address}>
                <td>
                  <GoLink to={paths.ip(one.address)}>{one.address}</GoLink>
                  {fresh.has(one.address) ? (
                    <span className={classes.fresh}>{t.newHere}</span>
                  ) : null}
                </td>
                <td title={one.first_seen ? format.full(one.first_seen) : ""}>
                  {one.first_seen ? format.dayStamp(one.first_seen) : words.never}
                </td>
                <td title={one.last_seen ? format.full(one.last_seen) : ""}>
                  {one.last_seen ? format.stamp(one.last_seen).slice(0, 16) : words.never}
                </td>
                <td className={table.number}>
                  <GoLink to={logPath({ q: all(ofUser(name), ofAddress(one.address)), range })}>
                    {format.number(one.events)}
                  </GoLink>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Operations({ name, range, profile, asking }: PartProps) {
  const words = useT("entity");
  const catalogue = useCatalogue();
  return (
    <Panel title={words.operations} span={6} asking={asking}>
      <Ranking
        label={words.operations}
        sayCount={words.eventsCount}
        rows={(profile?.operations ?? []).slice(0, OPERATIONS_SHOWN).map((one) => ({
          key: one.value,
          label: catalogue.operation(one.value),
          count: one.events,
          to: logPath({ q: all(ofUser(name), comparison("operation", one.value)), range }),
        }))}
      />
    </Panel>
  );
}

function Objects({ name, range, profile, asking }: PartProps) {
  const words = useT("entity");
  const catalogue = useCatalogue();
  const names = (profile?.objects ?? []).map(({ object }) => object.name);
  return (
    <Panel
      title={words.objects}
      span={6}
      asking={asking}
      empty={profile?.objects.length === 0 ? words.storyNone : null}
    >
      <Ranking
        label={words.objects}
        sayCount={words.eventsCount}
        rows={(profile?.objects ?? []).map(({ object, events }) => {
          const id = object.id ?? object.name ?? "";
          return {
            key: `${object.type} ${id}`,
            label: object.name || id,
            // Several files of one name are told apart by where they are.
            sub:
              names.indexOf(object.name) === names.lastIndexOf(object.name)
                ? catalogue.value("object.type", object.type ?? "")
                : id,
            count: events,
            to: logPath({ q: all(ofUser(name), ofObject(id)), range }),
            page: object.type && object.id ? paths.object(object.type, object.id) : undefined,
          };
        })}
      />
    </Panel>
  );
}

function Refusals({ name, range, profile, asking }: PartProps) {
  const words = useT("entity");
  const catalogue = useCatalogue();
  return (
    <Panel
      title={words.refusals}
      span={6}
      asking={asking}
      empty={profile?.refusals.length === 0 ? words.refusalsNone : null}
    >
      <Ranking
        label={words.refusals}
        sayCount={words.eventsCount}
        rows={(profile?.refusals ?? []).slice(0, REFUSALS_SHOWN).map((one) => ({
          key: `${one.operation} ${one.outcome}`,
          label: catalogue.operation(one.operation),
          sub: catalogue.value("outcome", one.outcome),
          count: one.events,
          tone: one.outcome === "denied" ? "denied" : "failure",
          to: logPath({
            q: all(
              ofUser(name),
              comparison("operation", one.operation),
              comparison("outcome", one.outcome),
            ),
            range,
          }),
        }))}
      />
    </Panel>
  );
}
