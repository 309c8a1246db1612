// On paper only: what a reader of the sheet needs to find and check the event again.

import type { AuditEvent } from "../../api/events";
import { useLocale, useT } from "../../i18n/locale";
import { toBase64 } from "../../proof/bytes";
import sheet from "../../ui/sheet.module.css";
import classes from "./drawer.module.css";
import type { EventVerification } from "./useVerification";

export function PrintFoot(props: { event: AuditEvent; verification: EventVerification }) {
  const t = useT("drawer");
  const { format } = useLocale();
  const { event, verification } = props;
  const { result, key } = verification;
  return (
    <footer className={`${sheet.foot} ${classes.printFoot} mono`}>
      <p>
        {t.position(format.number(event.index ?? 0))} · {event.id}
      </p>
      {result?.checkpoint ? (
        <p>
          {t.checkpoint}: {result.checkpoint.origin} ·{" "}
          {t.checkpointSay(format.number(Number(result.checkpoint.size)))}{" "}
          {toBase64(result.checkpoint.root)}
        </p>
      ) : null}
      {key ? (
        <p>
          {t.key}: {key.vkey}
        </p>
      ) : null}
      <p>{format.full(Date.now())}</p>
    </footer>
  );
}
