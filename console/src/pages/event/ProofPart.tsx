// The proof, step by step: what was checked here, by which key, and how to check it without this page.

import { Button } from "@mantine/core";
import { IconCheck, IconDownload, IconMinus, IconX } from "@tabler/icons-react";
import { useCatalogue } from "../../api/catalogue";
import { useLocale, useT } from "../../i18n/locale";
import { toBase64 } from "../../proof/bytes";
import type { SealedField } from "../../proof/leaf";
import { canVerify, type Step, type StepVerdict } from "../../proof/verify";
import { ErrorState } from "../../shell/ErrorState";
import { CopyButton } from "../../ui/CopyButton";
import { Waiting } from "../../ui/Waiting";
import classes from "./proof.module.css";
import { Section } from "./Section";
import section from "./section.module.css";
import type { EventVerification } from "./useVerification";

const STEPS: Step[] = ["file", "values", "tree", "signature", "shown"];
const ICONS: Record<StepVerdict, typeof IconCheck> = {
  passed: IconCheck,
  failed: IconX,
  unchecked: IconMinus,
};

export interface ProofPartProps {
  index: number;
  verification: EventVerification;
}

export function ProofPart({ index, verification }: ProofPartProps) {
  const t = useT("drawer");
  const { result, error } = verification;
  if (error) return <ErrorState error={error} />;
  if (!result) return <Waiting />;
  const names: Record<Step, string> = {
    file: t.stepFile,
    values: t.stepValues,
    tree: t.stepTree,
    signature: t.stepSignature,
    shown: t.stepShown,
  };
  const words = { passed: t.stepPassed, failed: t.stepFailed, unchecked: t.stepUnchecked };
  return (
    <>
      <ol className={classes.steps}>
        {STEPS.map((step) => {
          const verdict =
            result.steps.find((one) => one.step === step)?.verdict ?? ("unchecked" as const);
          const Icon = ICONS[verdict];
          return (
            <li key={step} data-verdict={verdict}>
              <Icon size={15} stroke={2.2} role="img" aria-label={words[verdict]} />
              <span>{names[step]}</span>
            </li>
          );
        })}
      </ol>
      {result.differences.length > 0 ? (
        <p className={classes.alarm}>{t.shownOtherwise(result.differences.join(", "))}</p>
      ) : result.fault ? (
        <p className={classes.alarm}>{result.fault}</p>
      ) : null}
      {result.verdict === "unchecked" ? (
        <p className={section.note}>{canVerify() ? t.uncheckedEd25519 : t.uncheckedSubtle}</p>
      ) : null}
      <Checkpoint verification={verification} />
      <Key verification={verification} />
      {result.fields.length > 0 ? <Sealed fields={result.fields} /> : null}
      <Offline index={index} verification={verification} />
    </>
  );
}

function Checkpoint({ verification: { result } }: { verification: EventVerification }) {
  const t = useT("drawer");
  const { format } = useLocale();
  if (!result?.checkpoint) return null;
  const { origin, size, root } = result.checkpoint;
  return (
    <Section title={t.checkpoint}>
      <p className={classes.breaking}>
        <span className="mono">{origin}</span> · {t.checkpointSay(format.number(Number(size)))}{" "}
        <span className="mono">{toBase64(root)}</span>
      </p>
    </Section>
  );
}

function Key({ verification: { key, vkeys, accept } }: { verification: EventVerification }) {
  const t = useT("drawer");
  const { format } = useLocale();
  const vkey = key?.vkey ?? vkeys[0];
  if (!vkey) return null;
  const own = key?.known.find((one) => one.vkey === vkey);
  const others = key?.known.filter((one) => one.vkey !== vkey) ?? [];
  return (
    <Section title={t.key}>
      <p className={`${classes.breaking} mono`}>
        {vkey} <CopyButton text={vkey} label={t.copy} doneLabel={t.copied} />
      </p>
      {key?.verdict === "known" && own ? (
        <p className="quiet">{t.keyKnown(format.dateTime(own.seen))}</p>
      ) : null}
      {key?.verdict === "first" ? <p className="quiet">{t.keyFirst}</p> : null}
      {key?.verdict === "changed" ? (
        <div className={classes.alarm}>
          <p>{t.keyChanged}</p>
          <p>{t.keyKept}:</p>
          {others.map((one) => (
            <p key={one.vkey} className={`${classes.breaking} mono`}>
              {one.vkey}
            </p>
          ))}
          <Button variant="default" onClick={accept}>
            {t.keyAccept}
          </Button>
        </div>
      ) : null}
    </Section>
  );
}

function Sealed({ fields }: { fields: SealedField[] }) {
  const t = useT("drawer");
  const catalogue = useCatalogue();
  const words = {
    disclosed: t.sealedDisclosed,
    withheld: t.sealedWithheld,
    mismatch: t.sealedMismatch,
  };
  return (
    <Section title={t.sealed}>
      <ul className={classes.sealed}>
        {fields.map((field, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an operation in two phases has a tag twice
          <li key={place} data-verdict={field.verdict}>
            {catalogue.field(field.name)} <span>{words[field.verdict]}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Offline({ index, verification }: ProofPartProps) {
  const t = useT("drawer");
  const { proof, vkeys, key } = verification;
  const file = `event-${index}.tlog-proof`;
  const command = `annals verify ${file} --key '${key?.vkey ?? vkeys[0] ?? "VKEY"}'`;
  const download = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([proof ?? ""], { type: "text/plain" }));
    link.download = file;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <Section title={t.offline}>
      <p className="quiet">{t.offlineSay}</p>
      <p className={classes.proofTools}>
        <Button
          variant="default"
          leftSection={<IconDownload size={15} aria-hidden />}
          disabled={proof === null}
          onClick={download}
        >
          {t.download}
        </Button>
      </p>
      <p className={`${classes.command} mono`}>
        <span>{command}</span>
        <CopyButton text={command} label={t.copyCommand} doneLabel={t.copied} />
      </p>
    </Section>
  );
}
