// What a case is about and what is left of it, and the policy under which it was decided.

import { useCatalogue } from "../../api/catalogue";
import { Panel } from "../../entity/Panel";
import { useLocale, useT } from "../../i18n/locale";
import { paths } from "../../paths";
import { GoLink } from "../../shell/GoLink";
import { CopyButton } from "../../ui/CopyButton";
import { DataTree } from "../../ui/DataTree";
import links from "../../ui/link.module.css";
import { sizeOf } from "./ApprovalTable";
import type { Dossier } from "./cases";
import type { Open } from "./DossierPage";
import classes from "./data.module.css";
import { EventButtons } from "./EventButtons";

const OBJECTS_SHOWN = 20;

export function DataPanel({ of: { data }, onOpen }: { of: Dossier; onOpen: Open }) {
  const t = useT("approvals");
  const drawer = useT("drawer");
  const catalogue = useCatalogue();
  const { format } = useLocale();
  const events = (list: number[]) =>
    list.length === 0 ? t.never : <EventButtons events={list} onOpen={onOpen} />;
  return (
    <Panel title={t.data}>
      <dl className={classes.facts}>
        <dt>{t.data}</dt>
        <dd>{sizeOf(data, t, format) || t.notSaid}</dd>
        <dt>{t.manifest}</dt>
        <dd>
          {data.manifest_sha256 ? (
            <>
              <span className={`${classes.digest} mono`}>{data.manifest_sha256}</span>{" "}
              <CopyButton
                text={data.manifest_sha256}
                label={drawer.copy}
                doneLabel={drawer.copied}
              />
            </>
          ) : (
            t.notSaid
          )}
        </dd>
        <dt>{t.left}</dt>
        <dd>
          <b>{t.leftOf(data.left)}</b>
        </dd>
        <dt>{t.downloads}</dt>
        <dd>{events(data.downloads)}</dd>
        <dt>{t.deletions}</dt>
        <dd>{events(data.deletions)}</dd>
        {data.objects.length > 0 ? (
          <>
            <dt>{t.objects}</dt>
            <dd>
              <ul className={classes.objects}>
                {data.objects.slice(0, OBJECTS_SHOWN).map((one) => (
                  <li key={`${one.type} ${one.id}`}>
                    {one.type && one.id ? (
                      <GoLink to={paths.object(one.type, one.id)} className={links.link}>
                        {one.name || one.id}
                      </GoLink>
                    ) : (
                      one.name
                    )}{" "}
                    <span className="quiet">{catalogue.value("object.type", one.type ?? "")}</span>
                  </li>
                ))}
              </ul>
              {data.objects.length > OBJECTS_SHOWN
                ? `+${format.number(data.objects.length - OBJECTS_SHOWN)}`
                : null}
            </dd>
          </>
        ) : null}
      </dl>
    </Panel>
  );
}

export function PolicyPanel({ of: { policy }, onOpen }: { of: Dossier; onOpen: Open }) {
  const t = useT("approvals");
  const { format } = useLocale();
  return (
    <Panel title={t.policy} empty={policy ? null : t.policyNone}>
      {policy ? (
        <>
          <p className={classes.policy}>
            {policy.levels === null ? null : (
              <b>{t.policyLevels(format.number(policy.levels), policy.levels)}</b>
            )}
            <span className="figures">{t.since(format.stamp(policy.time).slice(0, 16))}</span>
            <EventButtons events={[policy.index]} onOpen={onOpen} />
          </p>
          <PolicyData data={policy.event.request_data} />
        </>
      ) : null}
    </Panel>
  );
}

function PolicyData({ data }: { data: unknown }) {
  const { copy, copied, unfold, fold } = useT("drawer");
  if (data === undefined || data === null) return null;
  return <DataTree value={data} labels={{ copy, copied, unfold, fold }} />;
}
