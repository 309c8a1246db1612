// What the log shows to everyone, without an account: its name, size, checkpoint and keys.

import { useQuery } from "@tanstack/react-query";
import { headQuery, verifierKeysQuery } from "../../api/log";
import { useLocale, useT } from "../../i18n/locale";
import { Copy } from "../../shell/Copy";
import classes from "./sign-in.module.css";

export function OpenLog() {
  const t = useT("signIn");
  const { format } = useLocale();
  const head = useQuery(headQuery);
  const keys = useQuery(verifierKeysQuery);
  if (!head.data || !keys.data) return null;
  const { origin, size, note } = head.data;
  return (
    <details className={classes.open}>
      <summary>{t.openLog(origin, format.number(size))}</summary>
      <p className="quiet">{t.openLogText}</p>
      <Copy name={t.checkpoint} text={note} />
      <p className="quiet">{t.keysText}</p>
      <Copy name={t.keys} text={keys.data.join("\n")} />
    </details>
  );
}
