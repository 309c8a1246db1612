// Whether the log can be trusted, and how to find out without trusting this page.
//
// Checkpoint and keys are open to everyone; growth is for who reads events, the state of the
// server's own check for who may have it begun.

import { useSuspenseQuery } from "@tanstack/react-query";
import { headQuery, verifierKeysQuery } from "../../api/log";
import { useRight } from "../../api/session";
import { useLocale, useT } from "../../i18n/locale";
import { Copy } from "../../shell/Copy";
import { Fact, Facts, Page, Section } from "../../ui/Page";
import { Growth } from "./Growth";
import { KeepCheckpoint } from "./KeepCheckpoint";
import { ServerCheck } from "./ServerCheck";
import { SignatureMark } from "./SignatureMark";

export function IntegrityPage() {
  const t = useT("integrity");
  const { format } = useLocale();
  const { data: head } = useSuspenseQuery(headQuery);
  const { data: keys } = useSuspenseQuery(verifierKeysQuery);
  const readsEvents = useRight("read-events");
  const verifies = useRight("verify-ledger");
  const [current = "", ...former] = keys;
  const witnesses = head.signers.filter((name) => name !== head.origin);
  return (
    <Page title={t.title} intro={t.intro}>
      <Section
        title={t.checkpoint}
        intro={t.checkpointText}
        actions={<KeepCheckpoint head={head} />}
      >
        <Facts>
          <Fact name={t.log}>
            <span className="mono">{head.origin}</span>
          </Fact>
          <Fact name={t.size}>
            <strong className="figures">{format.number(head.size)}</strong>
          </Fact>
          <Fact name={t.root}>
            <span className="mono">{head.root}</span>
          </Fact>
          <Fact name={t.signature}>
            <SignatureMark head={head} vkey={current} />
          </Fact>
          <Fact name={t.witnesses}>
            {witnesses.length > 0 ? format.list(witnesses) : t.noWitness}
          </Fact>
        </Facts>
        <Copy name={t.checkpoint} text={head.note} />
      </Section>
      {verifies ? <ServerCheck /> : null}
      {readsEvents ? <Growth /> : null}
      <Section title={t.keys} intro={t.keysText}>
        <Copy name={t.currentKey} text={current} />
        {former.map((key) => (
          <div key={key}>
            <p className="quiet">{t.formerKey}</p>
            <Copy name={t.formerKey} text={key} />
          </div>
        ))}
      </Section>
      <Section title={t.offline} intro={t.offlineText}>
        <p className="quiet">{t.proofCommand}</p>
        <Copy name={t.proofCommand} text={`annals verify event.tlog-proof --key '${current}'`} />
        <p className="quiet">{t.folderCommand}</p>
        <Copy
          name={t.folderCommand}
          text={`annals verify --data /var/lib/annals --key '${current}' --checkpoint checkpoint.txt`}
        />
      </Section>
    </Page>
  );
}
